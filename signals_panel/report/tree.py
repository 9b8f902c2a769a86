"""A recording as the report works on it: folded, with what every folded node stands for."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from signals_panel.describe import ReceiverName, SignalName, Stack
from signals_panel.recording import Dispatch, Recording
from signals_panel.recording.folding import Members, fold_into
from signals_panel.recording.folds import Fold, FoldedCall, FoldedDispatch, FoldedQuery
from signals_panel.recording.nodes import blocks_at, end_of, flat
from signals_panel.recording.toolbar_time import Axis

_REQUEST_SIGNALS = frozenset(
    {"django.core.signals.request_started", "django.core.signals.request_finished"}
)

# Intervals closer than this part of the request are drawn as one.
_SMALLEST_GAP = 1 / 200

_start = operator.attrgetter("_start")


class Step(NamedTuple):
    """A receiver call on a walk through the tree."""

    dispatch: FoldedDispatch
    call: FoldedCall
    is_nested: bool
    """Whether it runs inside of another call of the same receiver."""
    queries: list[FoldedQuery]
    """Its own queries."""


class Tree:
    """All that happened, folded by phase."""

    def __init__(self, recording: Recording) -> None:
        self.axis = Axis(recording._start, recording._budget.toolbar.stretches(recording))
        """Readings of the clock on the program's own axis, where the toolbar took no time."""
        self.duration_ns = max(1, self.axis(recording.end_ns()))
        self.begins = recording._phases or [("", recording._start)]
        """When each phase began; one phase without a name for a plain block."""
        self.phases: list[tuple[str, Fold]] = []
        # By the id of the folded node, which the phases keep alive.
        self._members: Members = {}
        self._queries: dict[int, int] = {}
        self.stacks: dict[Any, Stack] = {}
        """The stack of the first send of its kind from each call site, by site, signal, sender."""
        self._fold(recording)
        self.steps: list[Step] = list(self._walk())
        """Every receiver call, depth first in the order first seen."""
        self._count_queries()

    def members(self, node: FoldedDispatch | FoldedCall) -> list[Any]:
        """What a folded node was made of, in order, as far as it was kept one by one."""
        return self._members.get(id(node), [])

    def all_queries(self, node: FoldedDispatch | FoldedCall) -> int:
        """The queries in a node, with those nested in it."""
        return self._queries.get(id(node), 0)

    def start_ms(self, node: FoldedDispatch | FoldedCall) -> float | None:
        """When it, or the first of it, began; None where that wasn't kept."""
        for member in self.members(node):
            if member._start:
                return milliseconds(self.axis(member._start))
        return None

    def spans(self, node: FoldedDispatch | FoldedCall) -> list[int]:
        """When it ran, in thousandths of the request: ``[start, length, start, length, ...]``."""
        gap = self.duration_ns * _SMALLEST_GAP
        merged: list[list[int]] = []
        for member in self.members(node):
            if member._start:
                start, end = self.axis(member._start), self.axis(end_of(member))
                if merged and start - merged[-1][1] < gap:
                    merged[-1][1] = max(end, merged[-1][1])
                else:
                    merged.append([start, end])
        spans = []
        for start, end in merged:
            first, last = self._thousandth(start), self._thousandth(end)
            spans += [first, last - first]
        return spans

    def dispatches(self) -> Iterator[FoldedDispatch]:
        """Every dispatch, also one whose calls couldn't be recorded."""
        for _, fold in self.phases:
            yield from fold.dispatches
        for step in self.steps:
            yield from step.call.dispatches

    def _walk(self) -> Iterator[Step]:
        running: dict[str, int] = {}
        # A stack of iterators instead of recursion: a cascade can be deeper than Python's.
        waiting: list[tuple[str, Iterator[tuple[FoldedDispatch, FoldedCall]]]] = [
            ("", _calls_in(dispatch for _, fold in self.phases for dispatch in fold.dispatches))
        ]
        while waiting:
            name, steps = waiting[-1]
            step = next(steps, None)
            if step is None:
                waiting.pop()
                running[name] = running.get(name, 0) - 1
                continue
            dispatch, call = step
            inner = call.receiver.text
            queries = list(call.queries)
            yield Step(dispatch, call, running.get(inner, 0) > 0, queries)
            if len(queries) == len(call.children):
                continue
            running[inner] = running.get(inner, 0) + 1
            waiting.append((inner, _calls_in(call.dispatches)))

    def _thousandth(self, ns: int) -> int:
        return min(1000, max(0, round(ns * 1000 / self.duration_ns)))

    def _fold(self, recording: Recording) -> None:
        folds: dict[str, Fold] = {}
        for name, _ in self.begins:
            folds.setdefault(name, Fold())
        by_phase: dict[str, list[Dispatch]] = {}
        for child in flat(recording._children):
            if type(child) is Dispatch:
                by_phase.setdefault(self._phase_at(child._start), []).append(child)
        for name, dispatches in by_phase.items():
            fold_into(folds[name], dispatches, members=self._members)
        for members in self._members.values():
            if len(members) > 1:
                members.sort(key=_start)
            for member in members:
                if type(member) is Dispatch and member._stack is not None:
                    kind = (member._site, member._signal, member._sender)
                    self.stacks[kind] = member._stack
        for nested in blocks_at(recording):
            for name, overflow in list(nested._overflows.items()):
                fold_into(folds.setdefault(name, Fold()), (), [overflow])
        self.phases = list(folds.items())

    def _phase_at(self, ns: int) -> str:
        name = self.begins[0][0]
        for phase, start in self.begins:
            if start > ns:
                break
            name = phase
        return name

    def _count_queries(self) -> None:
        # Inner ones first: the reverse of the order in which they were found.
        counts = self._queries
        for dispatch, call, _, queries in reversed(self.steps):
            number = call.left_out.queries
            for query in queries:
                number += query.count
            if len(queries) < len(call.children):
                number += sum(counts.get(id(inner), 0) for inner in call.dispatches)
            if number:
                counts[id(call)] = number
                counts[id(dispatch)] = counts.get(id(dispatch), 0) + number


def _calls_in(
    dispatches: Iterable[FoldedDispatch],
) -> Iterator[tuple[FoldedDispatch, FoldedCall]]:
    return ((dispatch, call) for dispatch in dispatches for call in dispatch.calls.values())


def is_of_request(signal: SignalName) -> bool:
    """Whether it is sent at the beginning or end of every request."""
    return str(signal) in _REQUEST_SIGNALS


def is_housekeeping(dispatch: FoldedDispatch, call: FoldedCall) -> bool:
    """Whether this is what Django itself does at the beginning and end of every request."""
    return is_of_request(dispatch.signal) and is_djangos(call.receiver)


def is_all_housekeeping(dispatch: FoldedDispatch) -> bool:
    """Whether a dispatch called nothing else."""
    calls = list(dispatch.calls.values())
    return bool(calls) and all(is_housekeeping(dispatch, call) for call in calls)


def is_djangos(receiver: ReceiverName) -> bool:
    """Whether a receiver is Django's own."""
    return receiver.text.startswith("django.")


def milliseconds(ns: float) -> float:
    """Nanoseconds as milliseconds, to a tenth of a microsecond."""
    return round(ns / 1e6, 4)
