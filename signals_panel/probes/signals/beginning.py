"""A dispatch from its beginning until it has receivers, and those that nobody hears."""

from __future__ import annotations

import weakref
from types import FrameType
from typing import Any

from django.dispatch import Signal

from signals_panel.describe import (
    CallSite,
    Stack,
    find_site,
    instance_key,
    known_sender_names,
    known_signal_names,
    plain_arguments,
    said,
    sender_name,
    signal_name,
    stack_from,
)
from signals_panel.recording import (
    DispatchNode,
    EffectNode,
    Node,
    add_collected,
    handed_over_from,
    live,
    parent_of,
    take_fault,
)

# Bound once: these are on the way of every send.
_signal_word = known_signal_names.get
_sender_word = known_sender_names.get
_get_handed_over = handed_over_from.get


def begin_dispatch(
    node: Node, signal: Signal, sender: object, method: str, named: dict[str, Any]
) -> DispatchNode | None:
    """A dispatch that waits for its receivers; None when no recording is open any more."""
    try:
        root = node.root
        if not root.is_open:
            found = live(node)
            if found is None:
                return None
            node = found
            root = node.root
        if type(node) is DispatchNode or type(node) is EffectNode:
            node = parent_of(node)
        dispatch = DispatchNode(
            node,  # type: ignore[arg-type] # no dispatch any more
            _signal_word(id(signal)) or signal_name(signal),
            _sender_word(id(sender)) or sender_name(sender),
            method,
        )
        instance = named.get("instance")
        if instance is not None:
            dispatch.key = instance_key(instance)
            dispatch.said = said(signal, named)
        if root.budget.shows_arguments:
            dispatch.arguments = plain_arguments(named)
        if signal._dead_receivers:  # type: ignore[attr-defined] # not in the stubs
            _note_collected(dispatch, signal)
    except Exception as error:
        if not take_fault(node.root, "a dispatch", error):
            raise
        return None
    return dispatch


def call_site(frame: FrameType) -> tuple[CallSite | None, Stack]:
    """Where a send comes from, looked for before it is known to be heard."""
    return find_site(frame, _get_handed_over), stack_from(frame)


def count_unheard(node: Node, signal: Signal, sender: object) -> None:
    """Count a dispatch that nobody heard."""
    try:
        found = live(node)
        if found is not None:
            found.root.unheard.add(signal_name(signal), sender_name(sender))
    except Exception as error:
        if not take_fault(node.root, "a dispatch that nobody heard", error):
            raise


def _note_collected(dispatch: DispatchNode, signal: Signal) -> None:
    """Remember the dead receivers that Django is about to drop from the signal's list."""
    keys = [
        entry[0][0]
        for entry in list(signal.receivers)
        if issubclass(type(entry[1]), weakref.ReferenceType) and entry[1]() is None
    ]
    add_collected(dispatch.root, [(dispatch.signal, key) for key in keys])
