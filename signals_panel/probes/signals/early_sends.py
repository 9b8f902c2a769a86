"""Sends by a method that was taken before the recording began, and other look-ups of receivers.

``early = signal.send`` is Django's own function, and calls ``_live_receivers`` without a
``Dispatch`` that waits for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextvars import ContextVar
from types import FrameType, FunctionType
from typing import Any

from django.dispatch import Signal

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import receiver_name, signal_name
from signals_panel.probes.patches import Method
from signals_panel.probes.signals.beginning import begin_dispatch
from signals_panel.probes.signals.own_sends import is_pair
from signals_panel.probes.signals.wrappers import Wrapper
from signals_panel.recording import (
    SWALLOWED,
    CallNode,
    DispatchNode,
    Node,
    calls_of,
    count_unrecorded,
    finish,
    heard,
    leave_out,
    live,
    take_fault,
)

# What they are when nobody has replaced them: a method taken early is one of these.
_EARLY = {
    id(vars(Signal)[name].__code__): name
    for name in ("send", "send_robust")
    if isinstance(vars(Signal)[name], FunctionType)
}
_DISPATCHER = Signal.__init__.__code__.co_filename

_looked_up: ContextVar[Signal | None] = ContextVar("signals_panel_looked_up", default=None)


def receivers_of_unknown(
    node: Node, original: Method, signal: Signal, sender: Any, frame: FrameType
) -> Any:
    """The receivers for a look-up by something else than a send that is being recorded.

    Django's own ``send`` and ``send_robust`` are recorded even so, where all receivers are
    sync: their results are put right in the list that they build. Others are counted.
    """
    if _looked_up.get() is signal:
        # By an override, which asks for the one that it overrides.
        return original(signal, sender)
    token = _looked_up.set(signal)
    try:
        found = original(signal, sender)
    finally:
        _looked_up.reset(token)
    outside: FrameType | None = frame
    while outside is not None and outside.f_code.co_name == "_live_receivers":
        outside = outside.f_back
    code = (outside or frame).f_code
    if code.co_name == "has_listeners":
        return found
    try:
        place = live(node)
        if place is None:
            return found
        if not is_pair(found):
            count_unrecorded(place.root, signal_name(signal), f"by {code.co_name}")
            return found
        sync_receivers, async_receivers = found
        names = [receiver_name(each) for each in (*sync_receivers, *async_receivers)]
        if all(name.is_toolbars for name in names):
            # Nobody is among them.
            return found
        method = _EARLY.get(id(code))
        if method is not None and not async_receivers:
            dispatch = begin_dispatch(place, signal, sender, method, {})
            if dispatch is not None:
                dispatch.start = perf_counter_ns()
                return _EarlyReceivers(sync_receivers, names, dispatch), async_receivers
        reason = "async" if code.co_filename == _DISPATCHER else f"by {code.co_name}"
        count_unrecorded(place.root, signal_name(signal), reason)
    except Exception as error:
        if not take_fault(node.root, "a send that began elsewhere", error):
            raise
    return found


class _EarlyReceivers(list[Any]):
    """Receivers for a ``send`` of Django's that was taken before the recording began.

    That goes through them once, and appends each with its response to a list. When it asks for
    one more than there are, that list is at hand, and the dispatch is over.
    """

    def __init__(self, receivers: list[Any], names: list[Any], dispatch: DispatchNode) -> None:
        super().__init__(receivers)
        self._names = names
        self._dispatch = dispatch

    def __iter__(self) -> Iterator[Any]:
        dispatch = self._dispatch
        early = _Early(dispatch)
        receivers = list(super().__iter__())
        wrapped = [
            receiver if name.is_toolbars else Wrapper(receiver, name, dispatch, early)
            for receiver, name in zip(receivers, self._names, strict=True)
        ]
        early.receivers = receivers
        yield from wrapped
        # In the frame of the method that goes through this.
        responses = sys._getframe(1).f_locals.get("responses")
        if type(responses) is list:
            for index, (receiver, (_, response)) in enumerate(
                zip(receivers, list(responses), strict=False)
            ):
                responses[index] = (receiver, response)
        early.end()


class _Early:
    """What the wrappers of such a send ask, as they would ask an ``OwnSend``."""

    def __init__(self, dispatch: DispatchNode) -> None:
        self._dispatch = dispatch
        self.receivers: list[Any] = []

    def hear(self, dispatch: DispatchNode) -> None:
        """The first of the receivers is called, by Django's method, by our wrapper."""
        heard(dispatch, sys._getframe(3))

    def raised(self, call: CallNode) -> None:
        """A receiver has raised: that ends a ``send``."""
        if call.failure is not None and call.failure.fate != SWALLOWED:
            leave_out(call, self.receivers, len(calls_of(self._dispatch)))
            self.end()

    def end(self) -> None:
        """The send is over."""
        if not self._dispatch.end:
            finish(self._dispatch)
