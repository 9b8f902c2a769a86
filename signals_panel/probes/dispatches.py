"""A dispatch from its beginning to its end, as the probe on the dispatcher makes it."""

from __future__ import annotations

import weakref
from time import perf_counter_ns
from types import FrameType
from typing import Any

from django.dispatch import Signal

from signals_panel.describe import (
    error_text,
    find_place,
    find_stack,
    known_sender_names,
    known_signal_names,
    plain_arguments,
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
from signals_panel.recording.nodes import Dispatch, Node, ReceiverCall

# Bound once: these are on the way of every send.
_signal_word = known_signal_names.get
_sender_word = known_sender_names.get


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
            node = node._parent
        dispatch = Dispatch(
            node,  # type: ignore[arg-type] # no Dispatch any more
            _signal_word(id(signal)) or signal_name(signal),
            _sender_word(id(sender)) or sender_name(sender),
            method,
        )
        if root._budget.shows_arguments:
            dispatch.arguments = plain_arguments(named)
        if signal._dead_receivers:  # type: ignore[attr-defined] # not in the stubs
            _note_collected(dispatch, signal)
    except Exception as error:
        node._root.add_fault("a dispatch", error)
        return None
    return dispatch


def heard(dispatch: Dispatch, frame: FrameType) -> None:
    """There are receivers: the dispatch is kept, or, past the budget, folded when it ends.

    The search for the sending line begins with ``frame``.
    """
    place = find_place(frame) or handed_over_from.get()
    dispatch._place = place
    budget = dispatch._root._budget
    if budget.left > 0:
        budget.left -= 1
        if place not in budget.places:
            budget.places.add(place)
            dispatch._stack = find_stack(frame)
        children = dispatch._parent._children
        if children is None:
            dispatch._parent._children = [dispatch]
        else:
            children.append(dispatch)
    else:
        fold_dispatch(dispatch)
    dispatch._children = []


def failed(call: ReceiverCall, error: BaseException) -> None:
    """One of its receivers has raised."""
    call._end = perf_counter_ns()
    call.error = error_text(error)
    try:
        call._traceback = traceback_places(error)
    except Exception as fault:
        call._root.add_fault("a receiver's traceback", fault)


def finish(dispatch: Dispatch) -> None:
    """It has returned or raised."""
    dispatch._end = perf_counter_ns()
    dispatch._sending = None
    try:
        if dispatch._children is None:
            add_unheard(dispatch._root, dispatch._signal, dispatch._sender)
        elif dispatch._folded is not None:
            end_folded(dispatch, dispatch._folded)
    except Exception as error:
        dispatch._root.add_fault("a dispatch", error)


def count_unheard(node: Node, signal: Signal, sender: object) -> None:
    """Count a dispatch that nobody heard."""
    try:
        found = live(node)
        if found is not None:
            add_unheard(found._root, signal_name(signal), sender_name(sender))
    except Exception as error:
        node._root.add_fault("a dispatch that nobody heard", error)


def _note_collected(dispatch: Dispatch, signal: Signal) -> None:
    """Remember the dead receivers that Django is about to drop from the signal's list."""
    keys = [
        entry[0][0]
        for entry in list(signal.receivers)
        if isinstance(entry[1], weakref.ReferenceType) and entry[1]() is None
    ]
    add_collected(dispatch._root, dispatch._signal, keys)
