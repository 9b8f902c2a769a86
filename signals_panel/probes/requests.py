"""The probe on the beginning and end of a request.

``request_started`` is sent before any middleware, so one hook has to stand ready: ``send``
and ``asend`` of that one signal object. Whether the toolbar will show is known only later;
what was begun for a request that it doesn't show is dropped when the response is closed.
``request_finished`` is hooked like any other seam, while something is recorded.
"""

from __future__ import annotations

import asyncio
import os
import sys
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from threading import get_ident
from types import FrameType
from typing import Any

from django.core.signals import request_finished, request_started
from django.dispatch import Signal
from django.http.response import HttpResponseBase

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import is_interruption, is_own_fault
from signals_panel.probes.patches import Method
from signals_panel.recording import (
    PHASE,
    REQUEST,
    Node,
    Root,
    Scope,
    begin,
    begin_phase,
    credit,
    current,
    dissolve,
    encloses,
    end,
    live,
    logger,
    settle_failures,
)

BEFORE_VIEW = "before the view"
VIEW = "view"
RESPONSE_BODY = "response body"
AFTER_RESPONSE = "after the response"

# More of one thread's or task's are never left open, one inside another.
_MAX_OPEN = 10

request_root: ContextVar[RequestRoot | None] = ContextVar(
    "signals_panel_request_root", default=None
)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: request_root.set(None))


def _task() -> Any:
    """The task that runs here, if one does, weakly."""
    loop = asyncio._get_running_loop()
    task = asyncio.current_task(loop) if loop is not None else None
    return weakref.ref(task) if task is not None else None


class RequestRoot(Root):
    """The recording of one request, from ``request_started`` to ``request_finished``.

    The panel pauses it while the toolbar itself works, and is called when it has ended.
    """

    def __init__(self, outer: Node | None) -> None:
        super().__init__(REQUEST, outer)
        # Both hold again afterwards: a view may make a request itself, with the test client.
        self.before = current.get()
        self.previous = request_root.get()
        self.place = (get_ident(), _task())
        # Once it has been made, weakly.
        self.response: Callable[[], HttpResponseBase | None] | None = None
        # Called once the recording has ended; its errors are kept from the user.
        self.on_end: Callable[[], None] | None = None
        # While the toolbar works: where the user's work will go on.
        self.paused_in: Node | None = None
        # The phase that it has come to.
        self.phase_name = ""

    def pause(self) -> None:
        """What follows in this context is the toolbar's, and so is the time it takes."""
        if self.paused_at is None:
            if self.phase_name in (BEFORE_VIEW, VIEW):
                # There is a response: what was raised so far, and ended nothing, was caught.
                settle_failures(self)
            here = current.get()
            self.paused_at = perf_counter_ns()
            # A middleware may have opened a block around the toolbar.
            self.paused_in = here if here is not None and encloses(self, here) else self
        current.set(None)

    def resume(self, phase: str) -> None:
        """What follows in this context is the user's again, in another phase of the request."""
        if not self.is_open:
            return
        here = live(self.paused_in) if self.paused_in is not None else None
        if self.paused_at is not None:
            credit(here or self, self.paused_at)
        self.paused_at = self.paused_in = None
        self.phase_name = phase
        place = here or self
        if isinstance(place, Scope):
            # Not in a receiver; a block around the view has the phases in it.
            around = place.around if place.kind == PHASE else place
            if isinstance(around, Scope):
                place = begin_phase(around, phase, perf_counter_ns())
        current.set(place)

    def respond(self, response: HttpResponseBase) -> None:
        """The response has been made, and the user's work goes on around it."""
        if issubclass(type(response), HttpResponseBase):
            # A middleware may have returned anything.
            self.response = weakref.ref(response)
        self.resume(RESPONSE_BODY)

    def begin_end(self) -> None:
        """From now on, what is fired came after the response, unless that was left behind."""
        here = current.get()
        if here is None or encloses(self, here):
            self.resume(AFTER_RESPONSE)


# One inside another --------------------------------------------------------------------
#
# A request that never ended leaves its recording in the context, where the thread goes on to
# the next one. But a view, a middleware or a streamed body may also make requests itself, with
# the test client: those are made inside its recording, which goes on afterwards.


def _is_in_progress(recording: RequestRoot) -> bool:
    """Whether a request that begins now is made by this one."""
    here = current.get()
    if not recording.is_open or (here is not None and not encloses(recording, here)):
        return False
    if recording.place != (get_ident(), _task()):
        # Work that was handed to another thread or task takes the context along; and where a
        # task has ended, asgiref gives it to those who have waited.
        task = recording.place[1] and recording.place[1]()
        if recording.place[1] is None or (task is not None and not task.done()):
            return True
    if recording.response is not None:
        # Its body may be on its way. One that nobody has any more isn't.
        return recording.response() is not None
    return _is_waiting(recording)


def _is_waiting(recording: RequestRoot) -> bool:
    """Whether this thread's stack is in the middle of making the response."""
    waiting = 0
    outer: RequestRoot | None = recording
    while outer is not None:
        waiting += outer.response is None and outer.place == recording.place
        outer = outer.previous
    return _number_served() >= waiting


def _number_served() -> int:
    """How many requests this thread's stack is in the middle of."""
    by_django = by_toolbar = 0
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name in ("get_response", "get_response_async"):
            by_django += frame.f_globals.get("__name__") == "django.core.handlers.base"
        elif code.co_name in ("__call__", "__acall__"):
            # A test may call its middleware without a handler.
            by_toolbar += frame.f_globals.get("__name__") == "debug_toolbar.middleware"
        frame = frame.f_back
    return max(by_django, by_toolbar)


def _drop_oldest() -> None:
    """Responses that are kept, and never closed, leave a recording open each."""
    recordings = [request_root.get()]
    while (last := recordings[-1]) is not None:
        recordings.append(last.previous)
    if len(recordings) > _MAX_OPEN:
        oldest, inner = recordings[-2], recordings[-3]
        if oldest is not None and inner is not None:
            here = current.get()
            try:
                _close(oldest)
            finally:
                current.set(here)
            inner.previous = None


# Beginning and ending ------------------------------------------------------------------


def begin_request() -> RequestRoot:
    """Begin the recording of a request in this context."""
    while (stale := request_root.get()) is not None and not _is_in_progress(stale):
        end_request(stale)
    _drop_oldest()
    before = outer = current.get()
    # One request is not part of another, but both may be part of one block.
    while outer is not None and isinstance(outer.root, RequestRoot):
        outer = outer.root.around
    if outer is not None:
        outer = live(outer)
    recording = RequestRoot(outer)
    try:
        begin(recording)
        request_root.set(recording)
        recording.resume(BEFORE_VIEW)
    except BaseException:
        # Interrupted by a timeout, say.
        end(recording)
        request_root.set(recording.previous)
        current.set(before)
        raise
    return recording


def end_request(recording: RequestRoot) -> None:
    """End a request's recording, and restore the context to what it was before."""
    here = current.get()
    try:
        _close(recording)
    finally:
        previous = recording.previous
        while previous is not None and not previous.is_open:
            previous = previous.previous
        request_root.set(previous)
        if here is None or encloses(recording, here):
            # A block around the request may have ended without it.
            here = recording.before and live(recording.before)
        current.set(here)
        dissolve(recording)
        # While it is known what is around it.
        recording.budget.toolbar.settle()
        # It may be kept for a while, and they needn't.
        recording.before = recording.previous = recording.paused_in = None


def _close(recording: RequestRoot) -> None:
    """End a recording, and tell the panel."""
    end(recording)
    callback, recording.on_end = recording.on_end, None
    if callback is not None:
        current.set(None)
        try:
            callback()
        except Exception as error:
            # The store may be the program's own, and broken.
            if is_interruption(error):
                raise
            logger.exception("django-signals-panel failed to store what came after the response.")


def _find_closed(frame: FrameType) -> RequestRoot | None:
    """The recording that ends with the response that ``frame`` closes."""
    innermost = request_root.get()
    if frame.f_code is not HttpResponseBase.close.__code__:
        return innermost
    response = frame.f_locals.get("self")
    found = innermost
    while found is not None and not (
        found.is_open and found.response is not None and found.response() is response
    ):
        found = found.previous
    if found is None:
        if innermost is not None and innermost.response is None and _is_waiting(innermost):
            # Another response: that of this request is still being made.
            return None
        # A middleware may have put another response in its place.
        return innermost
    while (inner := request_root.get()) is not None and inner is not found:
        # Made inside of it, and never closed.
        end_request(inner)
    return found


# The hook on request_started ------------------------------------------------------------


def _begin_request_safely() -> None:
    try:
        begin_request()
    except Exception as error:
        if not is_own_fault(error):
            raise
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
    recording = _find_closed(sys._getframe(1))
    if recording is None or not recording.is_open:
        return Signal.send(request_finished, sender, **named)
    try:
        recording.begin_end()
        return Signal.send(request_finished, sender, **named)
    finally:
        end_request(recording)


async def _asend_finished(sender: Any, **named: Any) -> Any:
    __traceback_hide__ = True
    recording = _find_closed(sys._getframe(1))
    if recording is None or not recording.is_open:
        return await Signal.asend(request_finished, sender, **named)
    try:
        recording.begin_end()
        return await Signal.asend(request_finished, sender, **named)
    finally:
        end_request(recording)


_NO_HOOK = object()


class SignalHook:
    """``send`` and ``asend`` of one signal object, replaced on that object alone."""

    def __init__(self, signal: Signal, send: Method, asend: Method) -> None:
        self._signal = signal
        # A copy of the signal is another signal, and has no hooks.
        self._hooks = {"send": send, "asend": asend, "__getstate__": self._state}

    def _state(self) -> dict[str, Any]:
        """What a copy of the signal is made of."""
        return {
            name: value
            for name, value in vars(self._signal).items()
            if value is not self._hooks.get(name, _NO_HOOK)
        }

    def install(self) -> None:
        """Put the hooks in place; a second time does nothing."""
        for name, hook in self._hooks.items():
            if name not in vars(self._signal):
                setattr(self._signal, name, hook)

    def refresh(self) -> None:
        """Put them in place again, should somebody have taken them away."""
        self.install()

    def uninstall(self) -> None:
        """Take away what is still ours."""
        for name, hook in self._hooks.items():
            if vars(self._signal).get(name) is hook:
                delattr(self._signal, name)


start_hook = SignalHook(request_started, _send_started, _asend_started)
"""Begins a recording with every request; the panel installs it once and for all."""

probe = SignalHook(request_finished, _send_finished, _asend_finished)
