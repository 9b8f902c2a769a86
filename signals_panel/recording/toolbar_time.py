"""The time that a toolbar's own measuring took inside what is recorded.

It is credited where it happens: to the node that was current, and to all that enclose it, so
that each can be shown without. Nothing of it is on the way of a send.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any

from signals_panel.recording.adding import live
from signals_panel.recording.lock import lock
from signals_panel.recording.nodes import Dispatch, Node, ReceiverCall


def credit(node: Node | None, start: int, end: int) -> None:
    """Leave a stretch of the toolbar's work, from ``start`` to ``end``, out of ``node``.

    Both are readings of ``perf_counter_ns``.
    """
    if node is None:
        return
    try:
        _credit(live(node), start, end)
    except Exception as error:
        node._root.add_fault("the toolbar's time", error)


def _credit(place: Any, start: int, end: int) -> None:
    with lock:
        while place is not None:
            root = place._root
            # A task that a receiver started may outlive it.
            if not (place._end and place._end <= start):
                root._toolbar.add(place, start, end)
            if type(place) is ReceiverCall:
                place = place._dispatch
            elif type(place) is Dispatch:
                place = place._parent
            else:
                place = place._outer


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
