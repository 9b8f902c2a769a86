"""Rows to look at first: slow and repetitive receivers, and the costliest path."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

SLOW, REPETITIVE = "slow", "repetitive"

# A receiver call is slow from so many milliseconds of its own, if they are that much of the
# request.
_SLOW_MS = 5
_SLOW_SHARE = 0.1
# The same statement so often in one place is a repetition.
_REPETITIVE = 5
_MAX_WORST = 10


def mark(rows: list[Row], duration_ms: float) -> list[int]:
    """Add ``marks`` to the rows of calls; gives the indexes of the marked, worst first."""
    threshold = max(_SLOW_MS, _SLOW_SHARE * duration_ms)
    marked = []
    for index, row in enumerate(rows):
        if row["kind"] != "call" or row["housekeeping"]:
            continue
        marks = []
        if row["self_ms"] >= threshold:
            marks.append(SLOW)
        if _most_repeated(rows, index) >= _REPETITIVE:
            marks.append(REPETITIVE)
        if marks:
            row["marks"] = marks
            marked.append(index)
    marked.sort(key=lambda index: -rows[index]["self_ms"])
    return marked[:_MAX_WORST]


def _most_repeated(rows: list[Row], index: int) -> int:
    level = rows[index]["level"]
    most = 0
    for row in rows[index + 1 :]:
        if row["level"] <= level:
            break
        if row["kind"] == "query" and row["level"] == level + 1:
            most = max(most, row["count"])
    return most


def open_costliest(rows: list[Row]) -> None:
    """Add ``open`` to the rows of the costliest path: from the top, always the longest."""
    children = _children(rows)
    index = _costliest(rows, children, children[None])
    while index is not None:
        rows[index]["open"] = True
        index = _costliest(rows, children, children.get(index, []))


def _children(rows: list[Row]) -> dict[int | None, list[int]]:
    children: dict[int | None, list[int]] = {None: []}
    path: list[int] = []
    for index, row in enumerate(rows):
        del path[row["level"] - 1 :]
        children.setdefault(path[-1] if path else None, []).append(index)
        path.append(index)
    return children


def _costliest(
    rows: list[Row], children: dict[int | None, list[int]], among: list[int]
) -> int | None:
    def cost(index: int) -> float:
        row = rows[index]
        if row["kind"] == "call":
            return 0 if row["housekeeping"] else float(row["ms"])
        # By what its receivers cost: Django's housekeeping opens nothing.
        if row["kind"] in ("dispatch", "phase"):
            return sum(cost(child) for child in children.get(index, []))
        return 0

    costs = [(cost(index), -index) for index in among]
    if not costs or max(costs)[0] <= 0:
        return None
    return -max(costs)[1]
