"""Intervals of time in nanoseconds: what several cover together, an axis with parts cut out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


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
