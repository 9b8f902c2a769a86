"""A dispatch from its beginning to its end, as the probe on the dispatcher makes it."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterable
from types import FrameType
from typing import Any

from django.dispatch import Signal

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import (
    CallSite,
    Stack,
    error_text,
    find_site,
    find_stack,
    instance_key,
    known_sender_names,
    known_signal_names,
    plain_arguments,
    receiver_name,
    sender_name,
    signal_name,
    traceback_places,
)
from signals_panel.recording.adding import (
    add_collected,
    add_unheard,
    end_folded,
    fold_dispatch,
    live,
)
from signals_panel.recording.current import handed_over_from
from signals_panel.recording.nodes import SWALLOWED, Dispatch, Failure, Node, ReceiverCall

# Bound once: these are on the way of every send.
_signal_word = known_signal_names.get
_sender_word = known_sender_names.get
_get_handed_over = handed_over_from.get

_MAX_NOT_CALLED = 20


def begin(
    node: Node, signal: Signal, sender: object, method: str, named: dict[str, Any]
) -> Dispatch | None:
    """A dispatch that waits for its receivers; None when no recording is open any more."""
    try:
        root = node._root
        if not root._is_open:
            found = live(node)
            if found is None:
                return None
            node = found
            root = node._root
        if type(node) is Dispatch:
            # Sent while a dispatch runs, but by none of its receivers.
            node = node._around
        dispatch = Dispatch(
            node,  # type: ignore[arg-type] # no Dispatch any more
            _signal_word(id(signal)) or signal_name(signal),
            _sender_word(id(sender)) or sender_name(sender),
            method,
        )
        instance = named.get("instance")
        if instance is not None:
            dispatch._key = instance_key(instance)
        if root._budget.shows_arguments:
            dispatch.arguments = plain_arguments(named)
        if signal._dead_receivers:  # type: ignore[attr-defined] # not in the stubs
            _note_collected(dispatch, signal)
    except Exception as error:
        if not node._root.take_fault("a dispatch", error):
            raise
        return None
    return dispatch


def call_site(frame: FrameType) -> tuple[CallSite | None, Stack]:
    """Where a send comes from, looked for before it is known to be heard."""
    return find_site(frame, _get_handed_over), find_stack(frame)


def heard(
    dispatch: Dispatch,
    frame: FrameType | None,
    known: tuple[CallSite | None, Stack] | None = None,
) -> None:
    """There are receivers: the dispatch is kept, or, past the budget, folded when it ends.

    The search for the sending line begins with ``frame``, unless it is ``known``.
    """
    if not dispatch._root._is_open:
        _go_on(dispatch)
    site = find_site(frame, _get_handed_over) if known is None else known[0]
    dispatch._site = site
    budget = dispatch._root._budget
    if budget.left > 0:
        budget.left -= 1
        kind = (site, dispatch._signal, dispatch._sender)
        if kind not in budget.stacks:
            budget.stacks.add(kind)
            dispatch._stack = find_stack(frame) if known is None else known[1]
        children = dispatch._around._children
        if children is None:
            dispatch._around._children = [dispatch]
        else:
            children.append(dispatch)
    else:
        fold_dispatch(dispatch)
    dispatch._children = []


def _go_on(dispatch: Dispatch) -> None:
    """What it began in has ended meanwhile: it belongs to what is around that, if anything is."""
    around: Any = live(dispatch._around)
    if around is not None:
        dispatch._around, dispatch._root = around, around._root


_ROBUST = frozenset({"send_robust", "asend_robust"})


def failed(call: ReceiverCall, error: BaseException) -> None:
    """A receiver has raised."""
    call._end = perf_counter_ns()
    call.error = text = error_text(error)
    try:
        call._failure = failure = Failure(error, text, traceback_places(error))
        failure.is_nested = any(
            inner._failure is not None and inner._failure.is_of(error, text)
            for child in call._children or ()
            if type(child) is Dispatch
            for inner in child.calls
        )
        # A method of the signal's own class may be called so, and do something else.
        is_djangos = call._around._sending is None
        if is_djangos and call._around.method in _ROBUST and isinstance(error, Exception):
            failure.fate = SWALLOWED
        else:
            call._root.add_failure(failure)
    except Exception as fault:
        if not call._root.take_fault("a receiver's exception", fault):
            raise


def leave_out(call: ReceiverCall, receivers: Iterable[Any], number: int = 0) -> None:
    """Because of the exception that a call has raised, receivers from a number on aren't called."""
    try:
        if call._failure is not None and type(receivers) in (list, tuple):
            rest = itertools.islice(receivers, number, number + _MAX_NOT_CALLED)
            names = list(map(receiver_name, rest))
            call._failure.not_called = [name for name in names if not name.is_toolbars]
    except Exception as fault:
        if not call._root.take_fault("a receiver's exception", fault):
            raise


def finish(dispatch: Dispatch) -> None:
    """It has returned or raised."""
    dispatch._end = perf_counter_ns()
    dispatch._sending = None
    try:
        if dispatch._children is None:
            if not dispatch._root._is_open:
                _go_on(dispatch)
            if not dispatch._root._budget.toolbar.is_empty:
                dispatch._root._budget.toolbar.take(dispatch)
            add_unheard(dispatch._root, dispatch._signal, dispatch._sender)
        elif dispatch._folded is not None:
            end_folded(dispatch, dispatch._folded)
    except Exception as error:
        if not dispatch._root.take_fault("a dispatch", error):
            raise


def count_unheard(node: Node, signal: Signal, sender: object) -> None:
    """Count a dispatch that nobody heard."""
    try:
        found = live(node)
        if found is not None:
            add_unheard(found._root, signal_name(signal), sender_name(sender))
    except Exception as error:
        if not node._root.take_fault("a dispatch that nobody heard", error):
            raise


def _note_collected(dispatch: Dispatch, signal: Signal) -> None:
    """Remember the dead receivers that Django is about to drop from the signal's list."""
    keys = [
        entry[0][0]
        for entry in list(signal.receivers)
        if issubclass(type(entry[1]), weakref.ReferenceType) and entry[1]() is None
    ]
    add_collected(dispatch._root, dispatch._signal, keys)
