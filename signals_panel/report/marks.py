"""Rows to look at first: what raised, slow and repetitive receivers, and the costliest path."""

from __future__ import annotations

from collections.abc import Iterator

from signals_panel.report.schema import CallRow, Row

RAISED, CONNECTED_TWICE, SLOW, REPETITIVE = "raised", "connected twice", "slow", "repetitive"

# A receiver is slow from so many milliseconds of its own on, as long as that is a visible part
# of the request. A share alone would depend on what else the request did, which differs from
# one load of a page to the next; so it counts for little.
_SLOW_MS = 10
_SLOW_SHARE = 0.02
# The same statement so often in one place is a repetition.
_REPETITIVE = 5
_MAX_WORST = 10


def mark(rows: list[Row], duration_ms: float) -> list[int]:
    """Add ``marks`` to the rows of calls; gives the indexes of the marked, worst first.

    What raised comes before all else, where it was raised before where it passed through.
    """
    threshold = max(_SLOW_MS, _SLOW_SHARE * duration_ms)
    marked = []
    for index, row in enumerate(rows):
        if row["kind"] != "call" or (row["housekeeping"] and not row["errors"]):
            continue
        marks = []
        if row["errors"]:
            marks.append(RAISED)
        if row["connected_twice"]:
            marks.append(CONNECTED_TWICE)
        if row["self_ms"] >= threshold:
            marks.append(SLOW)
        if _most_repeated(rows, index) >= _REPETITIVE:
            marks.append(REPETITIVE)
        if marks:
            row["marks"] = marks
            # It is told once, where it was raised.
            if marks != [RAISED] or not row["from_nested"]:
                marked.append((_rank(row), index))
    marked.sort()
    return [index for _, index in marked[:_MAX_WORST]]


def _rank(row: CallRow) -> tuple[bool, bool, float]:
    return (not row["errors"], row["from_nested"], -row["self_ms"])


def _most_repeated(rows: list[Row], index: int) -> int:
    level = rows[index]["level"]
    most = 0
    for row in rows[index + 1 :]:
        if row["level"] <= level:
            break
        if row["kind"] == "effect" and row["level"] == level + 1:
            most = max(most, row["count"])
    return most


def open_rows(rows: list[Row]) -> None:
    """Add ``open`` to the rows that lead to an exception, and to those of the costliest path."""
    for index in {*_to_exceptions(rows), *_costliest_path(rows)}:
        # Nothing leads to the last row, which counts what isn't kept.
        rows[index]["open"] = True  # type: ignore[typeddict-unknown-key]


def _to_exceptions(rows: list[Row]) -> Iterator[int]:
    path: list[int] = []
    for index, row in enumerate(rows):
        del path[row["level"] - 1 :]
        path.append(index)
        if row["kind"] == "call" and row["errors"]:
            yield from path


def _costliest_path(rows: list[Row]) -> Iterator[int]:
    children = _children(rows)
    index = _costliest(rows, children, children[None])
    while index is not None:
        yield index
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
            return 0 if row["housekeeping"] else row["ms"]
        # By what its receivers cost: Django's housekeeping opens nothing.
        if row["kind"] in ("dispatch", "phase"):
            return sum(cost(child) for child in children.get(index, []))
        return 0

    costs = [(cost(index), -index) for index in among]
    if not costs or max(costs)[0] <= 0:
        return None
    return -max(costs)[1]
