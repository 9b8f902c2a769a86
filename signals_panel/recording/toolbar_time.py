"""The time that a toolbar's own measuring took inside what is recorded.

It is credited where it happens: to the node that was current, and to all that enclose it, so
that each can be shown without. Nothing of it is on the way of a send; and crediting takes as
little as it can, since what it takes is the program's time: who encloses whom is looked at
later.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from itertools import accumulate
from threading import get_ident
from typing import TYPE_CHECKING, Any, NamedTuple

from signals_panel.clock import perf_counter_ns
from signals_panel.recording.lock import lock

if TYPE_CHECKING:
    from signals_panel.recording.nodes import Node

_MAX_WAITING = 1_000
_NONE = (0, 0)


class Stretch(NamedTuple):
    """Work of the toolbar's from ``start`` to ``end``, and again from ``since`` to ``now``.

    All are readings of ``perf_counter_ns``; without an ``end`` it went on until now, without
    ``since`` it was over then.
    """

    node: Node
    start: int
    end: int
    since: int
    now: int
    thread: int


class ToolbarTime:
    """What a toolbar's own work took in a recording, and in the blocks that are part of it."""

    __slots__ = ("_mixed", "_ns", "_size", "_stretches", "waiting")

    def __init__(self, size: int) -> None:
        # As many stretches are kept for axes as there can be nodes on them.
        self._size = 2 * size
        self.waiting: deque[Stretch] = deque()
        # By the node that it happened in, and each that encloses it: how much, and in which
        # thread. What is folded has it only while it runs.
        self._ns: dict[Any, tuple[int, int]] = {}
        # Those in which several threads were at work.
        self._mixed: set[Any] = set()
        # By recording: when it was.
        self._stretches: dict[Any, list[tuple[int, int]]] = {}

    def of(self, node: Any) -> int:
        """Nanoseconds of it inside a node."""
        if self.waiting:
            self.settle()
        if node in self._mixed:
            # Stretches of several threads overlap: what they cover together.
            end = node._end or perf_counter_ns()
            return union_ns(
                (max(first, node._start), min(last, end))
                for first, last in self._stretches.get(node._root, ())
                if first < end and last > node._start
            )
        return self._ns.get(node, _NONE)[0]

    def take(self, node: Any) -> None:
        """Forget a node, whose time has been added up."""
        self._ns.pop(node, None)
        self._mixed.discard(node)

    def let_go(self, recording: Any) -> int:
        """Forget a recording; how much there was in it."""
        ns = self.of(recording)
        self.take(recording)
        self._stretches.pop(recording, None)
        return ns

    def stretches(self, recording: Any) -> list[tuple[int, int]]:
        """When it was, in one recording."""
        if self.waiting:
            self.settle()
        return self._stretches.get(recording, [])

    @property
    def is_empty(self) -> bool:
        """Whether there has been none yet."""
        return not (self.waiting or self._ns)

    def settle(self) -> None:
        """Add what is waiting to the nodes that it belongs to."""
        with lock:
            while self.waiting:
                stretch = self.waiting.popleft()
                place: Any = stretch.node
                while place is not None:
                    # A task that a receiver started may outlive it, and its recording.
                    if not (place._end and place._end <= stretch.start):
                        place._root._budget.toolbar._add(place, stretch)
                    # A request may have been made inside another one, by the test client.
                    place = getattr(place, "_before", None) or place._around

    def _add(self, node: Any, stretch: Stretch) -> None:
        parts = [(stretch.start, stretch.end or stretch.now)]
        if stretch.since:
            parts.append((stretch.since, stretch.now))
        ns, thread = self._ns.get(node, (0, stretch.thread))
        if thread != stretch.thread:
            self._mixed.add(node)
        self._ns[node] = (ns + sum(end - start for start, end in parts), thread)
        if node is node._root:
            known = self._stretches.setdefault(node, [])
            if len(known) < self._size:
                known += parts


def credit(node: Node | None, start: int, end: int = 0, since: int = 0) -> None:
    """Leave the toolbar's work out of ``node`` and of all that encloses it: see ``Stretch``."""
    if node is None:
        return
    try:
        toolbar = node._root._budget.toolbar
        if len(toolbar.waiting) >= _MAX_WAITING:
            toolbar.settle()
        toolbar.waiting.append(Stretch(node, start, end, since, perf_counter_ns(), get_ident()))
    except Exception as error:
        if not node._root.take_fault("the toolbar's time", error):
            raise


def union_ns(intervals: Iterable[tuple[int, int]]) -> int:
    """How long at least one of the intervals lasted; overlaps count once."""
    total = 0
    reached = 0
    for start, end in sorted(intervals):
        if end > reached:
            total += end - max(start, reached)
            reached = end
    return total


class Axis:
    """Readings of the clock as nanoseconds of the program, from a recording's start on."""

    def __init__(self, start: int, stretches: list[tuple[int, int]]) -> None:
        self._start = start
        merged: list[list[int]] = []
        for first, last in sorted(stretches):
            if merged and first <= merged[-1][1]:
                merged[-1][1] = max(last, merged[-1][1])
            else:
                merged.append([first, last])
        self._begins = [first for first, _ in merged]
        self._ends = [last for _, last in merged]
        self._before = [0, *accumulate(last - first for first, last in merged)]

    def __call__(self, reading: int) -> int:
        """Where a reading stands on the axis."""
        index = bisect_right(self._begins, reading)
        left_out = self._before[index]
        if index and reading < self._ends[index - 1]:
            left_out -= self._ends[index - 1] - reading
        return reading - self._start - left_out
