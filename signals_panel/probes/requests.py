"""The probe on the beginning and end of a request.

``request_started`` is sent before any middleware, so one hook has to stand ready: ``send``
and ``asend`` of that one signal object. Whether the toolbar will show is known only later;
what was begun for a request that it doesn't show is dropped when the response is closed.
``request_finished`` is hooked like any other seam, while something is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter_ns
from typing import Any

from django.core.signals import request_finished, request_started
from django.dispatch import Signal

from signals_panel.probes.patches import Method
from signals_panel.recording.adding import live
from signals_panel.recording.current import current
from signals_panel.recording.lifecycle import begin, end
from signals_panel.recording.nodes import Node
from signals_panel.recording.recording import Recording, logger
from signals_panel.recording.toolbar_time import credit

BEFORE_VIEW = "before the view"
VIEW = "view"
RESPONSE_BODY = "response body"
AFTER_RESPONSE = "after the response"

# By its name: importing it would import all of django.test.
_TEMPLATE_RENDERED = "django.test.signals.template_rendered"

request_recording: ContextVar[RequestRecording | None] = ContextVar(
    "signals_panel_request_recording", default=None
)


class RequestRecording(Recording):
    """The recording of one request, from ``request_started`` to ``request_finished``.

    The panel pauses it while the toolbar itself works, and is called when it has ended.
    """

    def __init__(self, outer: Node | None) -> None:
        super().__init__(outer)
        # Both hold again afterwards: a view may make a request itself, with the test client.
        self._before = current.get()
        self._previous = request_recording.get()
        self._on_end: Callable[[], None] | None = None
        # While the toolbar works: since when, and where the user's work will go on.
        self._paused_at: int | None = None
        self._paused_in: Node | None = None

    def pause(self) -> None:
        """What follows in this context is the toolbar's, and so is the time it takes."""
        if self._paused_at is None:
            if self.phase in (BEFORE_VIEW, VIEW):
                # There is a response: what was raised so far, and ended nothing, was caught.
                self.settle_failures()
            here = current.get()
            self._paused_at = perf_counter_ns()
            # A middleware may have opened a block around the toolbar.
            self._paused_in = here if here is not None and self.encloses(here) else self
        current.set(None)

    def resume(self, phase: str) -> None:
        """What follows in this context is the user's again, in another phase of the request."""
        if not self._is_open:
            return
        here = live(self._paused_in) if self._paused_in is not None else None
        if self._paused_at is not None:
            credit(here or self, self._paused_at)
        self._paused_at = self._paused_in = None
        if phase != self.phase:
            self.begin_phase(phase)
        current.set(here or self)

    def end_ns(self) -> int:
        """When it ended, or now; while the toolbar works, when it began to."""
        return self._end or self._paused_at or perf_counter_ns()

    def on_end(self, callback: Callable[[], None]) -> None:
        """Call this once the recording has ended; its errors are kept from the user."""
        self._on_end = callback

    @property
    def unheard(self) -> dict[tuple[str, str | None], int]:
        """As for any recording, without ``template_rendered``.

        Django sends that one under test only, and here because the toolbar's panel of
        templates makes it.
        """
        return {key: n for key, n in super().unheard.items() if key[0] != _TEMPLATE_RENDERED}

    def encloses(self, node: Node) -> bool:
        """Whether a node is in this request, or in a block in it.

        It isn't when a response is never closed, or late: the context has gone on by then.
        """
        found: Node | None = node
        while found is not None and found._root is not self:
            found = found._root._around
        return found is not None

    def begin_end(self) -> None:
        """From now on, what is fired came after the response, unless that was left behind."""
        here = current.get()
        if here is None or self.encloses(here):
            self.resume(AFTER_RESPONSE)
            current.set(self)

    @property
    def is_adopted(self) -> bool:
        """Whether the toolbar shows for this request."""
        return self._on_end is not None


def begin_request() -> RequestRecording:
    """Begin the recording of a request in this context."""
    stale = request_recording.get()
    here = current.get()
    if stale is not None and (here is None or not stale.encloses(here) or stale.phase != VIEW):
        # It never ended, and this thread has gone on to another request. One that a view
        # makes itself, with the test client, is made inside that view's recording.
        end_request(stale)
    outer = current.get()
    # One request is not part of another, but both may be part of one block.
    while outer is not None and isinstance(outer._root, RequestRecording):
        outer = outer._root._around
    if outer is not None:
        outer = live(outer)
    recording = begin(RequestRecording(outer))
    request_recording.set(recording)
    recording.resume(BEFORE_VIEW)
    return recording


def end_request(recording: RequestRecording) -> None:
    """End a request's recording, and restore the context to what it was before."""
    here = current.get()
    end(recording)
    request_recording.set(recording._previous)
    callback, recording._on_end = recording._on_end, None
    if callback is not None:
        current.set(None)
        try:
            callback()
        except Exception:
            logger.exception("django-signals-panel failed to store what came after the response.")
    if here is None or recording.encloses(here):
        # A block around the request may have ended without it.
        here = recording._before and live(recording._before)
    current.set(here)
    # It may be kept for a while, and they needn't.
    # While it is known what is around it.
    recording._budget.toolbar.settle()
    recording._before = recording._previous = recording._paused_in = None


# The hook on request_started ------------------------------------------------------------


def _begin_request_safely() -> None:
    try:
        begin_request()
    except Exception:
        logger.exception("django-signals-panel failed to record this request.")


def _send_started(sender: Any, **named: Any) -> Any:
    __traceback_hide__ = True
    _begin_request_safely()
    # Looked up on the class when it is called: whatever stands there by then.
    return Signal.send(request_started, sender, **named)


async def _asend_started(sender: Any, **named: Any) -> Any:
    __traceback_hide__ = True
    _begin_request_safely()
    return await Signal.asend(request_started, sender, **named)


# The hook on request_finished -----------------------------------------------------------


def _send_finished(sender: Any, **named: Any) -> Any:
    __traceback_hide__ = True
    recording = request_recording.get()
    if recording is None or not recording._is_open:
        return Signal.send(request_finished, sender, **named)
    recording.begin_end()
    try:
        return Signal.send(request_finished, sender, **named)
    finally:
        end_request(recording)


async def _asend_finished(sender: Any, **named: Any) -> Any:
    __traceback_hide__ = True
    recording = request_recording.get()
    if recording is None or not recording._is_open:
        return await Signal.asend(request_finished, sender, **named)
    recording.begin_end()
    try:
        return await Signal.asend(request_finished, sender, **named)
    finally:
        end_request(recording)


class SignalHook:
    """``send`` and ``asend`` of one signal object, replaced on that object alone."""

    def __init__(self, signal: Signal, send: Method, asend: Method) -> None:
        self._signal = signal
        self._hooks = {"send": send, "asend": asend}

    def install(self) -> None:
        """Put the hooks in place; a second time does nothing."""
        for name, hook in self._hooks.items():
            if name not in vars(self._signal):
                setattr(self._signal, name, hook)

    def uninstall(self) -> None:
        """Take away what is still ours."""
        for name, hook in self._hooks.items():
            if vars(self._signal).get(name) is hook:
                delattr(self._signal, name)


start_hook = SignalHook(request_started, _send_started, _asend_started)
"""Begins a recording with every request; the panel installs it once and for all."""

probe = SignalHook(request_finished, _send_finished, _asend_finished)
