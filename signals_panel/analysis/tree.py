"""A recording as a tree of groups, each with its members, sums and what is around it."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from signals_panel.describe import Stack
from signals_panel.recording import (
    PHASE,
    Axis,
    CallKey,
    DeferredKey,
    DeferredNode,
    DispatchKey,
    EffectKey,
    Group,
    OperationNode,
    Root,
    Scope,
    Tally,
    Transactions,
    add_to,
    end_of,
    end_of_recording,
)

# Intervals closer than this part of the request are drawn as one.
_SMALLEST_GAP = 1 / 200

_ONE_MICROSECOND = 1_000

_start = operator.attrgetter("start")


class TreeCall(NamedTuple):
    """A receiver call on a walk through the tree."""

    dispatch: Group
    call: Group
    is_nested: bool
    """Whether it runs inside of another call of the same receiver."""
    effects: list[Group]
    """Its own effects."""


class Phase(NamedTuple):
    """A part of a request; the only one of a block has no name."""

    name: str
    start: int
    """When it began first; a reading of the clock."""
    group: Group
    """The dispatches in it."""


class Tree:
    """All that happened, by phase, before any limit."""

    def __init__(self, root: Root) -> None:
        self.axis = Axis(root.start, root.budget.toolbar.stretches(root))
        """Readings of the clock on the program's own axis, where the toolbar took no time."""
        self.duration_ns = max(1, self.axis(end_of_recording(root)))
        self.phases = _phases(root)
        self.transactions = Transactions(root)
        self.stacks: dict[Any, Stack] = {}
        """The stack of the first send of its kind from each call site, by site, signal, sender."""
        self.deferred: list[Group] = []
        """What was put off, wherever it was."""
        for group in self.groups():
            if type(group.key) is DeferredKey:
                self.deferred.append(group)
            members = group.members or []
            if len(members) > 1:
                members.sort(key=_start)
            if type(group.key) is DispatchKey:
                for member in members:
                    if member.stack is not None:
                        self.stacks[member.site, member.signal, member.sender] = member.stack
        self.calls: list[TreeCall] = list(_walk(self.phases, self.deferred))
        """Every receiver call, depth first in the order first seen."""
        for phase in self.phases:
            _tally(phase.group)

    def groups(self) -> Iterator[Group]:
        """Every group, in no order."""
        waiting = [phase.group for phase in self.phases]
        while waiting:
            group = waiting.pop()
            if group.key is not None:
                yield group
            waiting.extend(group.children.values())

    def start_ms(self, group: Group) -> float | None:
        """When it, or the first of it, began; None where that wasn't kept."""
        for member in group.members or ():
            if member.start:
                return milliseconds(self.axis(member.start))
        return None

    def intervals(self, group: Group) -> list[tuple[int, int]]:
        """When it ran, in nanoseconds on the axis: ``(start, end)``, sorted; what meets is one."""
        merged: list[tuple[int, int]] = []
        for member in group.members or ():
            if member.start:
                start = self.axis(member.start)
                # A task that was begun in the request may outlive it.
                end = max(start, min(self.axis(end_of(member)), self.duration_ns))
                if merged and start - merged[-1][1] < _ONE_MICROSECOND:
                    start, end = merged[-1][0], max(end, merged.pop()[1])
                merged.append((start, end))
        return merged

    def spans(self, intervals: list[tuple[int, int]]) -> list[int]:
        """Intervals in thousandths of the request: ``[start, length, start, length, ...]``."""
        gap = self.duration_ns * _SMALLEST_GAP
        merged: list[list[int]] = []
        for start, end in intervals:
            if merged and start - merged[-1][1] < gap:
                merged[-1][1] = end
            else:
                merged.append([start, end])
        spans = []
        for start, end in merged:
            first, last = self._thousandth(start), self._thousandth(end)
            spans += [first, last - first]
        return spans

    def phase_intervals(self) -> list[tuple[int, int]]:
        """When each phase was, in nanoseconds on the axis: up to the beginning of the next."""
        starts = [self.axis(phase.start) for phase in self.phases]
        return list(zip(starts, [*starts[1:], self.duration_ns], strict=True))

    def dispatches(self) -> Iterator[Group]:
        """Every dispatch, also one whose calls couldn't be recorded."""
        return (group for group in self.groups() if type(group.key) is DispatchKey)

    def _thousandth(self, ns: int) -> int:
        return min(1000, max(0, round(ns * 1000 / self.duration_ns)))


def _phases(root: Root) -> list[Phase]:
    starts: dict[str, int] = {}
    top: dict[str, list[Any]] = {}
    overflows: dict[str, list[Group]] = {}
    deferred: dict[str, list[DeferredNode]] = {}

    def enter(name: str, scope: Scope) -> tuple[str, Iterator[Any]]:
        if scope.kind == PHASE:
            name = scope.name
        if scope.kind == PHASE or scope.phase is None:
            starts[name] = min(scope.start, starts.get(name, scope.start))
        if scope.overflow is not None:
            overflows.setdefault(name, []).append(scope.overflow)
        if scope.deferred:
            deferred.setdefault(name, []).extend(scope.deferred)
        return name, iter(scope.children)

    waiting = [enter("", root)]
    while waiting:
        name, children = waiting[-1]
        child = next(children, None)
        if child is None:
            waiting.pop()
        elif isinstance(child, Scope) and type(child) not in (DeferredNode, OperationNode):
            waiting.append(enter(name, child))
        else:
            top.setdefault(name, []).append(child)
    for name in (*top, *overflows, *deferred):
        # Work that was begun in no phase; a request has them from its beginning on.
        starts.setdefault(name, root.start)
    phases = []
    for name, start in sorted(starts.items(), key=operator.itemgetter(1)):
        group = Group()
        add_to(
            group,
            top.get(name, ()),
            overflows.get(name, ()),
            deferred=deferred.get(name),
            keeps_members=True,
        )
        phases.append(Phase(name, start, group))
    return phases


def _walk(phases: list[Phase], deferred: list[Group]) -> Iterator[TreeCall]:
    running: dict[str, int] = {}
    # A stack of iterators instead of recursion: a cascade can be deeper than Python's.
    top = [phase.group for phase in phases]
    # What was put off runs in none of the receivers that it is shown under.
    top += deferred
    waiting: list[tuple[str, Iterator[tuple[Group, Group]]]] = [
        ("", _calls_in(dispatch for group in top for dispatch in group.under(DispatchKey)))
    ]
    while waiting:
        name, steps = waiting[-1]
        step = next(steps, None)
        if step is None:
            waiting.pop()
            running[name] = running.get(name, 0) - 1
            continue
        dispatch, call = step
        inner = call.key.receiver.text
        yield TreeCall(dispatch, call, running.get(inner, 0) > 0, list(call.under(EffectKey)))
        dispatches = list(call.under(DispatchKey))
        if not dispatches:
            continue
        running[inner] = running.get(inner, 0) + 1
        waiting.append((inner, _calls_in(dispatches)))


def _calls_in(dispatches: Iterable[Group]) -> Iterator[tuple[Group, Group]]:
    return ((dispatch, call) for dispatch in dispatches for call in dispatch.of(CallKey))


def _tally(top: Group) -> None:
    """Count for each group what is nested in it, to any depth, what had no room included."""
    order: list[Group] = [top]
    for group in order:
        order.extend(group.children.values())
    # Inner ones first.
    for group in reversed(order):
        group.inside = inside = Tally()
        if group.rest is not None:
            inside.add(group.left_out())
        for child in group.children.values():
            if type(child.key) is DeferredKey:
                # It ran elsewhere.
                continue
            inside.count(child)
            if child.inside is not None:
                inside.add(child.inside)


def milliseconds(ns: float) -> float:
    """Nanoseconds as milliseconds, to a tenth of a microsecond."""
    return round(ns / 1e6, 4)
