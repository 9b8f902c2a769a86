"""Receivers as Django's dispatcher gets them while their send is being recorded."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Iterable
from types import CoroutineType, GeneratorType
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import ReceiverName, receiver_callers, receiver_name
from signals_panel.probes.steps import Stepped
from signals_panel.recording import (
    CallNode,
    DispatchNode,
    current,
    failed,
    fold_call,
    take_fault,
)


class Wrapper:
    """A receiver whose calls are recorded.

    Everything it doesn't have itself comes from the receiver, so that it also lacks what the
    receiver lacks: ``send_robust`` reads ``__qualname__``, which a partial doesn't have.
    """

    __slots__ = (
        "_signals_panel_dispatch",
        "_signals_panel_name",
        "_signals_panel_receiver",
        "_signals_panel_send",
        "_signals_panel_signal",
    )

    def __init__(
        self,
        receiver: Any,
        name: ReceiverName,
        dispatch: DispatchNode | None,
        send: Any = None,
        signal: Any = None,
    ) -> None:
        self._signals_panel_receiver = receiver
        self._signals_panel_name = name
        # None for a call that isn't recorded.
        self._signals_panel_dispatch = dispatch
        # What hears the dispatch when the first receiver is called, where that isn't sure
        # before: ``OwnSend``, or its like.
        self._signals_panel_send = send
        # What the receiver is to be given as ``signal``, where Django gives it something else.
        self._signals_panel_signal = signal

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the receiver, and record the call."""
        __traceback_hide__ = True
        receiver = self._signals_panel_receiver
        dispatch = self._signals_panel_dispatch
        send = self._signals_panel_send
        if self._signals_panel_signal is not None:
            kwargs["signal"] = self._signals_panel_signal
        if dispatch is None:
            # The toolbar's own; or kept by somebody, and called when the send is over.
            return receiver(*args, **kwargs)
        try:
            if send is not None and dispatch.children is None:
                send.hear(dispatch)
            call = _begin_call(dispatch, self._signals_panel_name, False)
        except Exception as error:
            if not take_fault(dispatch.root, "a receiver call", error):
                raise
            return receiver(*args, **kwargs)
        # As in ``Stepped``: known before it is set, and put back twice.
        outside = current.get()
        try:
            try:
                current.set(call)
                call.start = perf_counter_ns()
                response = receiver(*args, **kwargs)
                call.end = perf_counter_ns()
            except BaseException as error:
                failed(call, error)
                if send is not None:
                    send.raised(call)
                raise
            finally:
                current.set(outside)
        except BaseException:
            current.set(outside)
            raise
        return response

    def __getattr__(self, name: str) -> Any:
        __traceback_hide__ = True
        return getattr(self._signals_panel_receiver, name)

    # Python finds these on the class before it asks __getattr__.

    @property  # type: ignore[misc] # of object's, it is read only
    def __class__(self) -> Any:
        # isinstance() is what filters ask, such as those of a signal that sends by itself.
        return type(self._signals_panel_receiver)

    @property
    def __module__(self) -> Any:  # type: ignore[override]
        return self._signals_panel_receiver.__module__

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self._signals_panel_receiver.__doc__

    def __eq__(self, other: object) -> bool:
        return bool(self._signals_panel_receiver == unwrap(other))

    def __hash__(self) -> int:
        return hash(self._signals_panel_receiver)

    def __repr__(self) -> str:
        return repr(self._signals_panel_receiver)


def _same(receiver: Any) -> Any:
    """What a pickled wrapper is loaded as."""
    return receiver


class AsyncWrapper(Wrapper):
    """The same for a receiver that is awaited."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the receiver, and record what is awaited of it."""
        __traceback_hide__ = True
        receiver = self._signals_panel_receiver
        name = self._signals_panel_name
        dispatch = self._signals_panel_dispatch
        send = self._signals_panel_send
        if self._signals_panel_signal is not None:
            kwargs["signal"] = self._signals_panel_signal
        if dispatch is None:
            return receiver(*args, **kwargs)
        try:
            if send is not None and dispatch.children is None:
                send.hear(dispatch)
            call = _begin_call(dispatch, name, True)
        except Exception as error:
            if not take_fault(dispatch.root, "an async receiver call", error):
                raise
            return receiver(*args, **kwargs)
        outside = current.get()
        try:
            if not name.is_async_def:
                # An async def does nothing yet; another callable may well.
                current.set(call)
            awaitable = receiver(*args, **kwargs)
        except BaseException as error:
            call.start = perf_counter_ns()
            failed(call, error)
            raise
        finally:
            if not name.is_async_def:
                current.set(outside)
        # What can't be awaited is for Django to complain about.
        if type(awaitable) is CoroutineType or _is_awaitable(awaitable):
            return Stepped(awaitable, current, call, call)
        return awaitable


def _is_awaitable(value: Any) -> bool:
    # inspect.isawaitable() would ask the object for its class.
    kind = type(value)
    if kind is GeneratorType:
        return bool(value.gi_code.co_flags & inspect.CO_ITERABLE_COROUTINE)
    return issubclass(kind, Awaitable)


class _HandedOut:
    """What a wrapper needs besides, where somebody else than Django gets to see it."""

    __slots__ = ()

    def _signals_panel_let_go(self) -> None:
        """The send is over: if somebody keeps this, it keeps nothing else."""
        object.__setattr__(self, "_signals_panel_dispatch", None)
        object.__setattr__(self, "_signals_panel_send", None)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_signals_panel_"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._signals_panel_receiver, name, value)  # type: ignore[attr-defined]

    def __delattr__(self, name: str) -> None:
        delattr(self._signals_panel_receiver, name)  # type: ignore[attr-defined]

    def __bool__(self) -> bool:
        return bool(self._signals_panel_receiver)  # type: ignore[attr-defined]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _same, (self._signals_panel_receiver,)  # type: ignore[attr-defined]


class OwnWrapper(_HandedOut, Wrapper):
    """A wrapper for a method of a signal's class that calls receivers itself."""

    __slots__ = ("__weakref__",)


class OwnAsyncWrapper(_HandedOut, AsyncWrapper):
    """The same for a receiver that is awaited."""

    __slots__ = ("__weakref__",)


_WRAPPERS = (Wrapper, AsyncWrapper, OwnWrapper, OwnAsyncWrapper)
for _kind in _WRAPPERS[1:]:
    # Each class has these of its own, which would be found before the receiver's.
    for _name in ("__module__", "__doc__"):
        setattr(_kind, _name, vars(Wrapper)[_name])


def wrap(
    kind: type[Wrapper], receivers: Iterable[Any], dispatch: DispatchNode, signal: Any = None
) -> tuple[list[Any], bool]:
    """Wrap receivers for a dispatch; also whether any of them is the user's.

    The calls of the toolbar's own aren't recorded: it connects some while it shows, to
    ``template_rendered`` for one.
    """
    wrapped: list[Any] = []
    is_heard = False
    for receiver in receivers:
        name = receiver_name(receiver)
        if not name.is_toolbars:
            wrapped.append(kind(receiver, name, dispatch, None, signal))
            is_heard = True
        elif signal is not None:
            wrapped.append(kind(receiver, name, None, None, signal))
        else:
            wrapped.append(receiver)
    return wrapped, is_heard


def unwrap_responses(responses: Any) -> Any:
    """Django's list of (receiver, response) with the receivers that were connected."""
    if type(responses) is not list:
        return responses
    return [
        (pair[0]._signals_panel_receiver, pair[1])
        if type(pair) is tuple and type(pair[0]) in _WRAPPERS
        else pair
        for pair in responses
    ]


def _begin_call(dispatch: DispatchNode, name: ReceiverName, is_async: bool) -> CallNode:
    call = CallNode(dispatch, name, is_async)
    dispatch.children.append(call)  # type: ignore[union-attr] # a list once it has receivers
    if dispatch.group is not None:
        fold_call(dispatch.group, call)
    return call


receiver_callers.add(id(Wrapper.__call__.__code__))
receiver_callers.add(id(AsyncWrapper.__call__.__code__))


def unwrap(receiver: Any) -> Any:
    """The receiver itself for a wrapper."""
    return receiver._signals_panel_receiver if type(receiver) in _WRAPPERS else receiver
