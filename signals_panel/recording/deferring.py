"""Deferred work: put off until a transaction is committed, and run then, or never."""

from __future__ import annotations

from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import error_text, receiver_name
from signals_panel.recording.adding import live, parent_of
from signals_panel.recording.facts import count_no_room
from signals_panel.recording.nodes import CallNode, DeferredNode, Node, OperationNode, Root, Scope
from signals_panel.recording.walking import call_around

RAN = "ran"
ROLLED_BACK = "rolled back"
DROPPED = "dropped"
"""An earlier one raised, so that it was never called."""


def defer(node: Node, function: Any, alias: str) -> DeferredNode | None:
    """Work that is registered while a node is current; None where there is no room for it."""
    found = live(node)
    if found is None:
        return None
    if found.root.budget.left <= 0:
        count_no_room(found.root, "deferred")
        return None
    found.root.budget.left -= 1
    holder = _holder(found)
    deferred = DeferredNode(receiver_name(function), holder, alias, perf_counter_ns())
    if holder.deferred is None:
        holder.deferred = []
    holder.deferred.append(deferred)
    return deferred


def _holder(node: Node) -> CallNode | Scope:
    """The receiver that registers it; outside of receivers, the phase or block."""
    call = call_around(node)
    if call is not None:
        return call
    place: Any = node
    while not isinstance(place, Scope) or type(place) is OperationNode:
        place = place.around
    return place


def begin_deferred(deferred: DeferredNode, node: Node) -> bool | None:
    """It runs, while a node is current; whether there is room for what it does.

    Else that is part of what it runs in. None where another recording goes on by now.
    """
    found = live(node)
    if found is None or _outermost(found) is not _outermost(deferred.registered):
        return None
    deferred.fate = RAN
    place: Any = parent_of(found)
    while type(place) is OperationNode and not place.is_kept:
        place = place.around
    call = call_around(place)
    is_kept = call is None or call.around.group is None
    if is_kept:
        deferred.around, deferred.root = place, place.root
        if place.children is None:
            place.children = []
        place.children.append(deferred)
    deferred.start = perf_counter_ns()
    return is_kept


def _outermost(node: Node) -> Root:
    root = node.root
    while root.around is not None:
        root = root.around.root
    return root


def end_deferred(deferred: DeferredNode, error: BaseException | None) -> None:
    """It has returned or raised."""
    deferred.end = perf_counter_ns()
    if error is not None:
        deferred.error = error_text(error)


def never_run(deferred: DeferredNode, fate: str, reason: str) -> None:
    """It was thrown away: for which reason, in words."""
    if deferred.fate is None:
        deferred.fate, deferred.reason = fate, reason
