"""When each row ran, for a picture of the request: boxes on its own axis, within limits."""

from __future__ import annotations

from collections.abc import Mapping

from signals_panel.report.schema import Boxes
from signals_panel.report.space import Space

# How many boxes a row may have; the next lower number is tried where there is no room for all.
_LIMITS = (60, 30, 15, 8, 4, 2, 1)

Intervals = list[tuple[int, int]]


def boxes(intervals: Mapping[int, Intervals], room: int) -> Boxes:
    """The intervals of rows as boxes, which take no more than ``room`` bytes of JSON.

    Those of a row that has too many are put together where they are closest. Rows that have no
    room even for one box each have none, from the last one upwards.
    """
    for limit in _LIMITS:
        found, is_whole = _within(intervals, limit, Space(room))
        if is_whole:
            break
    return found


def _within(intervals: Mapping[int, Intervals], limit: int, space: Space) -> tuple[Boxes, bool]:
    found: Boxes = {}
    for index, each in intervals.items():
        row = _microseconds(_fewer(each, limit))
        # The key's quotes, a colon and a space.
        if not space.take([str(index), row]):
            return found, False
        found[str(index)] = row
    return found, True


def _fewer(intervals: Intervals, limit: int) -> Intervals:
    """At most so many: the widest gaps between them stay."""
    if len(intervals) <= limit:
        return intervals
    by_width = sorted(
        range(1, len(intervals)),
        key=lambda index: intervals[index - 1][1] - intervals[index][0],
    )
    firsts = [0, *sorted(by_width[: limit - 1])]
    lasts = [*(first - 1 for first in firsts[1:]), len(intervals) - 1]
    return [
        (intervals[first][0], intervals[last][1]) for first, last in zip(firsts, lasts, strict=True)
    ]


def _microseconds(intervals: Intervals) -> list[int]:
    flat = []
    for start, end in intervals:
        # Both are rounded alike, so that what is inside of another stays inside.
        first, last = max(0, round(start / 1000)), max(0, round(end / 1000))
        flat += [first, last - first]
    return flat
