"""The hooks on ``request_started`` and ``request_finished``.

The first is sent before any middleware, so one hook has to stand ready: ``send`` and ``asend`` of
that one signal object. Whether the toolbar will show is known only later; what was begun for a
request that it doesn't show is dropped when the response is closed. The second is hooked like any
other seam, while something is recorded.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.signals import request_finished, request_started
from django.dispatch import Signal

from signals_panel.describe import is_own_fault
from signals_panel.probes.patches import Method
from signals_panel.probes.requests.ends import begin_request, end_request, find_closed
from signals_panel.recording import logger

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
    recording = find_closed(sys._getframe(1))
    if recording is None or not recording.is_open:
        return Signal.send(request_finished, sender, **named)
    try:
        recording.begin_end()
        return Signal.send(request_finished, sender, **named)
    finally:
        end_request(recording)


async def _asend_finished(sender: Any, **named: Any) -> Any:
    __traceback_hide__ = True
    recording = find_closed(sys._getframe(1))
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
