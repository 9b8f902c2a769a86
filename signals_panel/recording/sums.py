"""What a recording adds up to, at any time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from signals_panel.recording.groups import (
    CallKey,
    DispatchKey,
    EffectKey,
    Group,
    OperationKey,
    Tally,
)
from signals_panel.recording.intervals import union_ns
from signals_panel.recording.measuring import end_of, end_of_recording
from signals_panel.recording.nodes import CallNode, DeferredNode, DispatchNode, EffectNode, Root
from signals_panel.recording.unheard import OTHER_SIGNALS
from signals_panel.recording.walking import (
    DEFERRED_APART,
    all_deferred,
    call_around,
    calls_of,
    caused_by,
    flat,
    overflows,
    scopes_below,
    top_overflows,
    with_blocks,
)

_OTHER_SIGNALS = "other signals"


def in_receivers(root: Root) -> Tally:
    """All dispatches, calls, and effects in receivers."""
    tally = Tally()
    count(tally, (child for child in caused_by(root) if type(child) is DispatchNode))
    for group in _with_operations(top_overflows(root)):
        tally.add(group.left_out())
        count(tally, group.of(DispatchKey))
    return tally


def _with_operations(groups: Iterable[Group]) -> Iterator[Group]:
    """Groups, and the operations folded in them."""
    for group in groups:
        yield group
        yield from group.under(OperationKey)


def outside_receivers(root: Root) -> dict[str, int]:
    """How many effects of each kind happened outside of receivers."""
    counts: dict[str, int] = {}
    for child in caused_by(root):
        # At the top they belong to a receiver around this block, and to none in it.
        if type(child) is EffectNode:
            counts[child.kind] = counts.get(child.kind, 0) + 1
    for group in top_overflows(root):
        for effects in group.of(EffectKey):
            counts[effects.key.kind] = counts.get(effects.key.kind, 0) + effects.count
    scopes = list(scopes_below(root))
    for deferred in _run_in_calls(root):
        scopes += scopes_below(deferred)
        for child in caused_by(deferred):
            if type(child) is EffectNode:
                counts[child.kind] = counts.get(child.kind, 0) + 1
    for scope in scopes:
        for kind, number in list(scope.outside.items()):
            counts[kind] = counts.get(kind, 0) + number
    return counts


def _run_in_calls(root: Root) -> Iterator[DeferredNode]:
    """Deferred work that was run by a receiver's commit; none of it is the receiver's own."""
    for deferred in all_deferred(root):
        if deferred.start and call_around(deferred.around) is not None:
            yield deferred


def count(tally: Tally, nodes: Iterable[DispatchNode | Group]) -> None:
    """Add everything in these dispatches, folded or not, to any depth."""
    waiting: list[Iterable[Any]] = [nodes]
    while waiting:
        for node in waiting.pop():
            kind = type(node)
            if kind is EffectNode:
                tally.add_effects(node.kind, 1)
                _count_inside(tally, node, waiting)
            elif kind is DeferredNode:
                # Its own effects are outside of receivers.
                waiting.append([child for child in caused_by(node) if type(child) is DispatchNode])
                for group in _with_operations(top_overflows(node)):
                    tally.add(group.left_out())
                    waiting.append(list(group.of(DispatchKey)))
            elif kind is DispatchNode:
                tally.dispatches += 1
                if node.children:
                    waiting.append(node.children)
            elif kind is CallNode:
                tally.calls += 1
                _count_inside(tally, node, waiting)
            else:
                tally.count(node)
                if node.rest is not None:
                    tally.add(node.left_out())
                if node.children:
                    waiting.append(list(node.children.values()))


def _count_inside(tally: Tally, node: CallNode | EffectNode, waiting: list[Iterable[Any]]) -> None:
    if node.children:
        waiting.append(flat(node.children, closed=DEFERRED_APART))
    if node.children or node.overflow is not None:
        for group in overflows(node, closed=DEFERRED_APART):
            tally.add(group.left_out())
            waiting.append(list(group.children.values()))


def receiver_ns(root: Root) -> int:
    """Nanoseconds during which at least one receiver was running.

    Of what is folded, overlaps aren't known; the whole is the most there can be.
    """
    calls = [
        call
        for child in caused_by(root)
        if type(child) is DispatchNode
        for call in calls_of(child)
        if call.start
    ]
    kept = union_ns((call.start, end_of(call)) for call in calls)
    kept -= sum(root.budget.toolbar.of(call) for call in calls)
    folded = 0
    for group in _with_operations(top_overflows(root)):
        if group.rest is not None:
            folded += group.rest.top_call_ns
        for dispatch in group.of(DispatchKey):
            folded += sum(call.ns for call in dispatch.of(CallKey))
    return min(max(0, kept) + folded, duration_ns(root))


def toolbar_ns(root: Root) -> int:
    """Nanoseconds that the toolbar's own panels took in it."""
    return root.toolbar_ns or root.budget.toolbar.of(root)


def duration_ns(root: Root) -> int:
    """The program's nanoseconds from its start to its end, or to now."""
    return max(0, end_of_recording(root) - root.start - toolbar_ns(root))


def unheard(root: Root) -> dict[tuple[str, str | None], int]:
    """How often each signal was sent by each sender with no receiver to hear it."""
    counts: dict[tuple[str, str | None], int] = {}
    for each in with_blocks(root):
        for signal, sender, number in each.unheard:
            key = (_OTHER_SIGNALS if signal is OTHER_SIGNALS else str(signal), sender)
            counts[key] = counts.get(key, 0) + number
    return counts


def no_room(root: Root) -> dict[str, int]:
    """How much of what wasn't kept, and is in no other sum."""
    counts: dict[str, int] = {}
    for each in with_blocks(root):
        for what, number in list(each.no_room.items()):
            counts[what] = counts.get(what, 0) + number
    return counts


def unrecorded(root: Root) -> dict[tuple[str, str], int]:
    """How many sends couldn't be recorded, by the signal's path and the reason."""
    counts: dict[tuple[str, str], int] = {}
    for each in with_blocks(root):
        for (signal, reason), number in list(each.unrecorded.items()):
            key = (str(signal), reason)
            counts[key] = counts.get(key, 0) + number
    return counts
