"""The probe on Django's signal dispatcher.

``send`` and its siblings make a ``Dispatch`` the current node and call Django's own method.
That asks ``_live_receivers``, which finds the waiting ``Dispatch`` and hands out wrappers
that record a ``ReceiverCall`` each. What ``send`` returns has the real receivers again.

The frames here carry ``__traceback_hide__`` so that Django's error page leaves them out.
"""

from __future__ import annotations

import functools
import inspect
import sys
import weakref
from time import perf_counter_ns
from typing import Any

from django.dispatch import Signal, dispatcher

from signals_panel.describe import (
    ReceiverName,
    error_text,
    find_place,
    find_stack,
    plain_arguments,
    receiver_name,
    sender_name,
    signal_name,
    traceback_places,
)
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.probes.steps import Stepped, SteppedCall
from signals_panel.recording.current import current, handed_over_from
from signals_panel.recording.nodes import Dispatch, Node, ReceiverCall
from signals_panel.recording.recording import (
    Recording,
    add_child,
    add_collected,
    add_unheard,
    fold_away,
    live,
)

_NO_RECEIVERS = dispatcher.NO_RECEIVERS


class Wrapper:
    """A receiver, as Django's dispatcher gets it while its send is being recorded.

    Everything it doesn't have itself comes from the receiver, so that it also lacks what the
    receiver lacks: ``send_robust`` reads ``__qualname__``, which a partial doesn't have.
    """

    __slots__ = ("_signals_panel_dispatch", "_signals_panel_name", "_signals_panel_receiver")

    def __init__(self, receiver: Any, name: ReceiverName, dispatch: Dispatch) -> None:
        self._signals_panel_receiver = receiver
        self._signals_panel_name = name
        self._signals_panel_dispatch = dispatch

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the receiver, and record the call."""
        __traceback_hide__ = True
        receiver = self._signals_panel_receiver
        try:
            call = _begin_call(self, False)
        except Exception as error:
            self._signals_panel_dispatch._root.add_fault("a receiver call", error)
            return receiver(*args, **kwargs)
        token = current.set(call)
        call._start = perf_counter_ns()
        try:
            return receiver(*args, **kwargs)
        except BaseException as error:
            _failed(call, error)
            raise
        finally:
            call._end = perf_counter_ns()
            current.reset(token)

    def __getattr__(self, name: str) -> Any:
        __traceback_hide__ = True
        return getattr(self._signals_panel_receiver, name)

    # Python finds these on the class before it asks __getattr__.

    @property
    def __module__(self) -> Any:  # type: ignore[override]
        return self._signals_panel_receiver.__module__

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self._signals_panel_receiver.__doc__

    def __eq__(self, other: object) -> bool:
        return bool(self._signals_panel_receiver == _unwrap(other))

    def __hash__(self) -> int:
        return hash(self._signals_panel_receiver)

    def __repr__(self) -> str:
        return repr(self._signals_panel_receiver)


class AsyncWrapper(Wrapper):
    """The same for a receiver that is awaited."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the receiver, and record what is awaited of it."""
        __traceback_hide__ = True
        receiver = self._signals_panel_receiver
        try:
            call = _begin_call(self, True)
        except Exception as error:
            self._signals_panel_dispatch._root.add_fault("an async receiver call", error)
            return receiver(*args, **kwargs)
        token = current.set(call)
        try:
            # An async def does nothing yet; another callable may well, and may raise.
            awaitable = receiver(*args, **kwargs)
        except BaseException as error:
            call._start = call._end = perf_counter_ns()
            _failed(call, error)
            raise
        finally:
            current.reset(token)
        # What can't be awaited is for Django to complain about.
        return SteppedCall(awaitable, call) if inspect.isawaitable(awaitable) else awaitable


_WRAPPERS = (Wrapper, AsyncWrapper)


def _begin_call(wrapper: Wrapper, is_async: bool) -> ReceiverCall:
    dispatch = wrapper._signals_panel_dispatch
    call = ReceiverCall(dispatch._root, wrapper._signals_panel_name, is_async)
    dispatch._children.append(call)  # type: ignore[union-attr]
    return call


def _failed(call: ReceiverCall, error: BaseException) -> None:
    call.error = error_text(error)
    try:
        call._traceback = traceback_places(error)
    except Exception as fault:
        call._root.add_fault("a receiver's traceback", fault)


def _unwrap(receiver: Any) -> Any:
    return receiver._signals_panel_receiver if type(receiver) in _WRAPPERS else receiver


def _unwrap_responses(responses: Any) -> Any:
    """Django's list of (receiver, response) with the receivers that were connected."""
    if type(responses) is not list:
        return responses
    return [
        (pair[0]._signals_panel_receiver, pair[1])
        if type(pair) is tuple and type(pair[0]) in _WRAPPERS
        else pair
        for pair in responses
    ]


# The four sends -------------------------------------------------------------------------


def _begin(
    node: Node, signal: Signal, sender: object, method: str, named: dict[str, Any]
) -> Dispatch | None:
    """A dispatch that waits for its receivers; None when no open recording is left."""
    if not node._root._is_open:
        found = live(node)
        if found is None:
            return None
        node = found
    if isinstance(node, Dispatch):
        # Sent while a dispatch runs, but by none of its receivers.
        node = node._parent
    dispatch = Dispatch(node, signal_name(signal), sender_name(sender), method, signal)
    if node._root._budget.shows_arguments:
        dispatch.arguments = plain_arguments(named)
    return dispatch


def _finish(dispatch: Dispatch) -> None:
    dispatch._end = perf_counter_ns()
    dispatch._sending = None
    try:
        if dispatch._children is None:
            add_unheard(dispatch._root, dispatch._signal, dispatch._sender)
        elif dispatch._is_folded:
            fold_away(dispatch._parent, dispatch)
    except Exception as error:
        dispatch._root.add_fault("a dispatch", error)


def _count_unheard(node: Node, signal: Signal, sender: object) -> None:
    try:
        found: Node | None = node
        if not node._root._is_open:
            found = live(node)
        if found is not None:
            add_unheard(found._root, signal_name(signal), sender_name(sender))
    except Exception as error:
        node._root.add_fault("a dispatch that nobody heard", error)


def _sync_method(name: str, original: Method, layer: Layer) -> Method:
    # Django's own method returns at once when nobody is connected; so may we, without it.
    is_djangos = original.__module__ == dispatcher.__name__

    @functools.wraps(original)
    def send(self: Signal, sender: Any, **named: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(self, sender, **named)
        if is_djangos and (
            not self.receivers or self.sender_receivers_cache.get(sender) is _NO_RECEIVERS
        ):
            _count_unheard(node, self, sender)
            return []
        try:
            dispatch = _begin(node, self, sender, name, named)
        except Exception as error:
            node._root.add_fault("a dispatch", error)
            dispatch = None
        if dispatch is None:
            return original(self, sender, **named)
        token = current.set(dispatch)
        dispatch._start = perf_counter_ns()
        try:
            responses = original(self, sender, **named)
        finally:
            current.reset(token)
            _finish(dispatch)
        return _unwrap_responses(responses)

    return send


def _async_method(name: str, original: Method, layer: Layer) -> Method:
    is_djangos = original.__module__ == dispatcher.__name__

    @functools.wraps(original)
    async def asend(self: Signal, sender: Any, **named: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return await original(self, sender, **named)
        if is_djangos and (
            not self.receivers or self.sender_receivers_cache.get(sender) is _NO_RECEIVERS
        ):
            _count_unheard(node, self, sender)
            return []
        try:
            dispatch = _begin(node, self, sender, name, named)
        except Exception as error:
            node._root.add_fault("a dispatch", error)
            dispatch = None
        if dispatch is None:
            return await original(self, sender, **named)
        dispatch._start = perf_counter_ns()
        try:
            responses = await Stepped(original(self, sender, **named), current, dispatch)
        finally:
            _finish(dispatch)
        return _unwrap_responses(responses)

    return asend


# The receivers --------------------------------------------------------------------------


def _live_receivers_method(original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    def _live_receivers(self: Signal, sender: Any) -> Any:
        __traceback_hide__ = True
        dispatch = current.get()
        if type(dispatch) is not Dispatch or dispatch._sending is not self or not layer.active:
            return original(self, sender)
        dispatch._sending = None
        if self._dead_receivers:  # type: ignore[attr-defined] # not in the stubs
            # Django is about to drop them from its list.
            _note_collected(dispatch, self)
        found = original(self, sender)
        try:
            sync_receivers, async_receivers = found
            if not sync_receivers and not async_receivers:
                return found
            wrapped = (
                [_wrap(Wrapper, receiver, dispatch) for receiver in sync_receivers],
                [_wrap(AsyncWrapper, receiver, dispatch) for receiver in async_receivers],
            )
            if any(type(receiver) in _WRAPPERS for part in wrapped for receiver in part):
                _heard(dispatch)
            else:
                # The toolbar's own: neither heard by the user's program nor unheard.
                dispatch._children = []
        except Exception as error:
            dispatch._root.add_fault("a dispatch's receivers", error)
            return found
        return wrapped

    return _live_receivers


def _note_collected(dispatch: Dispatch, signal: Signal) -> None:
    try:
        keys = [
            entry[0][0]
            for entry in list(signal.receivers)
            if isinstance(entry[1], weakref.ReferenceType) and entry[1]() is None
        ]
        add_collected(dispatch._root, dispatch._signal, keys)
    except Exception as error:
        dispatch._root.add_fault("receivers that are gone", error)


def _wrap(wrapper: type[Wrapper], receiver: object, dispatch: Dispatch) -> object:
    name = receiver_name(receiver)
    # The toolbar connects receivers while it shows, to template_rendered for one.
    return receiver if name.is_toolbars else wrapper(receiver, name, dispatch)


def _heard(dispatch: Dispatch) -> None:
    """There are receivers: the dispatch is kept, or, past the budget, folded when it ends."""
    place = find_place(sys._getframe(2)) or handed_over_from.get()
    dispatch._place = place
    parent = dispatch._parent
    budget = dispatch._root._budget
    if place not in budget.places:
        budget.places.add(place)
        dispatch._stack = find_stack(sys._getframe(2))
    if budget.left > 0:
        budget.left -= 1
        if type(parent) is Recording or parent._children is not None:
            parent._children.append(dispatch)  # type: ignore[union-attr]
        else:
            add_child(parent, dispatch)
    else:
        dispatch._is_folded = True
    dispatch._children = []


probe = Patches(
    Signal,
    {
        "send": functools.partial(_sync_method, "send"),
        "send_robust": functools.partial(_sync_method, "send_robust"),
        "asend": functools.partial(_async_method, "asend"),
        "asend_robust": functools.partial(_async_method, "asend_robust"),
        "_live_receivers": _live_receivers_method,
    },
)
