"""One call of a method that sends by itself.

A subclass of ``Signal`` may override ``send``, or have methods of its own that ask
``_live_receivers`` and call what they get: all of it, some of it, in an order and with results
of their own. Inside of one, ``_live_receivers`` hands out wrappers; what the method returns has
the real receivers again, wherever in it they are.
"""

from __future__ import annotations

from types import FrameType
from typing import Any

from django.dispatch import Signal

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import came_through, error_text, receiver_name, sender_name
from signals_panel.probes.patches import Method
from signals_panel.probes.signals.beginning import call_site
from signals_panel.probes.signals.escapes import give_back
from signals_panel.probes.signals.wrappers import OwnAsyncWrapper, OwnWrapper, Wrapper
from signals_panel.recording import (
    PASSED_ON,
    SWALLOWED,
    CallNode,
    DispatchNode,
    calls_of,
    count_unrecorded,
    finish,
    heard,
    leave_out,
    lock,
    take_fault,
)

UNKNOWN = object()
"""Stands for the sender until the receivers are asked for."""


class OwnSend:
    """One call of a method that sends by itself, while it runs.

    It stands where a plain send has what it waits for: ``DispatchNode.sending``.
    """

    __slots__ = (
        "dispatches",
        "frame",
        "handed_out",
        "is_delegated",
        "is_looking",
        "is_odd",
        "method",
        "place",
        "sender",
        "signal",
    )

    def __init__(self, signal: Signal, method: str, sender: Any, frame: FrameType | None) -> None:
        self.signal = signal
        self.method = method
        self.sender = sender
        self.frame = frame
        # The call site, once there is no frame to look for it.
        self.place: Any = None
        # One for each sender whose receivers it has asked for.
        self.dispatches: list[DispatchNode] = []
        self.handed_out: list[Any] = []
        # Django's own method was called with super(), and records its send itself.
        self.is_delegated = False
        self.is_looking = False
        # What it was given isn't what a look-up gives, and couldn't be wrapped.
        self.is_odd = False

    def look_up(self, original: Method, sender: Any) -> Any:
        """The receivers, wrapped; what isn't a pair of lists is handed on untouched."""
        if self.is_looking:
            # An override asks the method that it overrides; only what it gives is wrapped.
            return original(self.signal, sender)
        self.is_looking = True
        try:
            found = original(self.signal, sender)
        finally:
            self.is_looking = False
        try:
            if not is_pair(found):
                # A class may have its own idea of a look-up.
                self.is_odd = True
                return found
            sync_receivers, async_receivers = found
            dispatch = self._dispatch_for(sender)
            wrapped = (
                self._wrap(OwnWrapper, sync_receivers, dispatch),
                self._wrap(OwnAsyncWrapper, async_receivers, dispatch),
            )
        except Exception as error:
            if not take_fault(self.dispatches[0].root, "a signal's own receivers", error):
                raise
            return found
        return wrapped

    def _dispatch_for(self, sender: Any) -> DispatchNode:
        dispatch = self.dispatches[-1]
        if self.sender is UNKNOWN or self.sender is sender:
            self.sender = sender
            dispatch.sender = sender_name(sender)
            return dispatch
        # It sends for several senders, one after the other.
        for known in self.dispatches:
            if known.sender == sender_name(sender) and len(self.dispatches) > 1:
                return known
        new = DispatchNode(dispatch.around, dispatch.signal, sender_name(sender), self.method)
        new.start = perf_counter_ns()
        new.sending = self
        self.sender = sender
        self.dispatches.append(new)
        return new

    def _wrap(self, kind: type[Wrapper], receivers: Any, dispatch: DispatchNode) -> Any:
        wrapped: list[Any] = []
        for receiver in receivers:
            name = receiver_name(receiver)
            if name.is_toolbars:
                wrapped.append(receiver)
            else:
                wrapper = kind(receiver, name, dispatch, self)
                self.handed_out.append(wrapper)
                wrapped.append(wrapper)
        return wrapped if type(receivers) is list else tuple(wrapped)

    def hear(self, dispatch: DispatchNode) -> None:
        """The first of a dispatch's receivers is called."""
        with lock:
            # Receivers may be called by several threads.
            if dispatch.children is None:
                heard(dispatch, self.frame, self.place)

    def suspend(self) -> None:
        """Keep no frame while the method waits: look for its call site now.

        A generator whose caller's frame is kept is not closed when its caller lets it go.
        """
        try:
            if self.frame is not None:
                self.place = call_site(self.frame)
        except Exception as error:
            if not take_fault(self.dispatches[0].root, "a call site", error):
                raise
        self.frame = None

    def raised(self, call: CallNode) -> None:
        """A receiver has raised; what the method does about it is seen when it ends."""

    def end(self, error: BaseException | None) -> None:
        """The method has returned, or raised ``error``."""
        self.frame = None
        for dispatch in self.dispatches:
            try:
                self._end(dispatch, error)
            except Exception as fault:
                if not take_fault(dispatch.root, "a signal's own method", fault):
                    raise

    def failed(self, error: BaseException) -> None:
        """The method has raised ``error``, which may hold receivers, too."""
        if type(error) is GeneratorExit:
            self.end(None)
        else:
            self.end(error)
            args = BaseException.args.__get__(error)  # type: ignore[attr-defined] # a slot of C's
            found = self.unwrap(args, is_over=False)
            if found is not args:
                BaseException.args.__set__(error, found)  # type: ignore[attr-defined]
        self.let_go()

    def let_go(self) -> None:
        """The result has been looked through: wrappers that are left keep nothing alive."""
        for wrapper in self.handed_out:
            wrapper._signals_panel_let_go()
        self.handed_out.clear()

    def _end(self, dispatch: DispatchNode, error: BaseException | None) -> None:
        handed_out = [each for each in self.handed_out if each._signals_panel_dispatch is dispatch]
        calls = calls_of(dispatch)
        is_send = self.method.startswith(("send", "asend")) and not self.is_delegated
        if self.is_odd and not calls:
            count_unrecorded(dispatch.root, dispatch.signal, f"by {self.method}")
        if not calls and (self.is_odd or not is_send):
            # It is no send: it only looked, or not even that.
            dispatch.end = perf_counter_ns()
            dispatch.sending = None
            dispatch.root.budget.toolbar.take(dispatch)
            return
        owner = type.__getattribute__(type(self.signal), "__name__")
        dispatch.root.own_methods[dispatch.signal] = f"{owner}.{self.method}"
        for call in calls:
            self._judge(call, error, handed_out)
        finish(dispatch)
        if calls and dispatch is not self.dispatches[-1]:
            # It was over when the last of its receivers was.
            dispatch.end = max(call.end for call in calls) or dispatch.end

    def _judge(self, call: CallNode, error: BaseException | None, handed_out: Any) -> None:
        """What became of what a receiver raised: only the method knows."""
        failure = call.failure
        if failure is None or failure.fate != PASSED_ON:
            return
        if error is None or not failure.is_of(error, error_text(error)):
            failure.fate = SWALLOWED
            return
        called = {id(each.receiver) for each in calls_of(call.around)}
        leave_out(
            call,
            [
                each._signals_panel_receiver
                for each in handed_out
                if id(each._signals_panel_name) not in called
            ],
        )

    def unwrap(self, result: Any, *, is_over: bool = True) -> Any:
        """The method's result, or what it yields, with the very receivers that are connected."""
        if not self.handed_out:
            return result
        try:
            result = give_back(result, self.handed_out)
        except Exception as error:
            # The receivers may have a __hash__ of their own, and this isn't its time to fail.
            is_ours = take_fault(self.dispatches[0].root, "a signal's own result", error)
            if not is_ours and not came_through(error, "__hash__", "__eq__"):
                raise
        if is_over:
            self.let_go()
        return result


def is_pair(found: Any) -> bool:
    """Whether it is what Django's own look-up gives; nothing of it is consumed."""
    return type(found) is tuple and len(found) == 2 and all(type(x) in (list, tuple) for x in found)
