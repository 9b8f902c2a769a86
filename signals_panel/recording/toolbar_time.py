"""The time that a toolbar's own measuring took inside what is recorded.

It is credited where it happens: to the node that was current, and to all that enclose it, so
that each can be shown without. Nothing of it is on the way of a send; and crediting takes as
little as it can, since what it takes is the program's time: who encloses whom is looked at
later.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from signals_panel.clock import perf_counter_ns
from signals_panel.recording.intervals import union_ns
from signals_panel.recording.lock import lock

_NONE = (0, 0)


class Stretch(NamedTuple):
    """Work of the toolbar's from ``start`` to ``end``, and again from ``since`` to ``now``.

    All are readings of ``perf_counter_ns``; without an ``end`` it went on until now, without
    ``since`` it was over then.
    """

    node: Any
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
            end = node.end or perf_counter_ns()
            return union_ns(
                (max(first, node.start), min(last, end))
                for first, last in self._stretches.get(node.root, ())
                if first < end and last > node.start
            )
        return self._ns.get(node, _NONE)[0]

    def take(self, node: Any) -> None:
        """Forget a node, whose time has been added up."""
        if self.waiting:
            self.settle()
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

    def give_back(self, node: Any, ns: int) -> None:
        """So much of it was in a node, and didn't make it any longer: see ``overlapping``."""
        with lock:
            place = node
            while place is not None:
                place.root.budget.toolbar.take_back(place, node, ns)
                place = getattr(place, "before", None) or place.around

    def take_back(self, place: Any, node: Any, ns: int) -> None:
        """Of one that encloses ``node``; on a recording's axis, of what began in that."""
        known, thread = self._ns.get(place, _NONE)
        if known:
            self._ns[place] = (max(0, known - ns), thread)
        stretches = self._stretches.get(place, [])
        for index, (first, last) in enumerate(stretches):
            if ns > 0 and node.start <= first < node.end:
                cut = min(last - first, ns)
                stretches[index] = (first + cut, last)
                ns -= cut

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
                    if not (place.end and place.end <= stretch.start):
                        place.root.budget.toolbar.add_to(place, stretch)
                    # A request may have been made inside another one, by the test client.
                    place = getattr(place, "before", None) or place.around

    def add_to(self, node: Any, stretch: Stretch) -> None:
        """Add it to one of the nodes that enclose it."""
        parts = [(stretch.start, stretch.end or stretch.now)]
        if stretch.since:
            parts.append((stretch.since, stretch.now))
        ns, thread = self._ns.get(node, (0, stretch.thread))
        if thread != stretch.thread:
            self._mixed.add(node)
        self._ns[node] = (ns + sum(end - start for start, end in parts), thread)
        if node is node.root:
            known = self._stretches.setdefault(node, [])
            if len(known) < self._size:
                known += parts
