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
# What became of deferred work that will never run.
_LOST = ("rolled back", "dropped")


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
    # The level of a row that isn't looked into.
    closed: int | None = None
    for row in rows[index + 1 :]:
        if row["level"] <= level:
            break
        if closed is not None and row["level"] > closed:
            continue
        closed = None
        if row["kind"] == "effect":
            most = max(most, row["count"])
        # What a receiver saves is its own; what it sends and puts off has rows of its own.
        if row["kind"] != "operation":
            closed = row["level"]
    return most


def open_rows(rows: list[Row]) -> None:
    """Add ``open`` to the rows that lead to what went wrong, and to those of the costliest path.

    And to the phases in which receivers were bypassed.
    """
    parents = _parents(rows)
    for index in {
        *_to_failures(rows, parents),
        *_costliest_path(rows, parents),
        *_bypassing(rows, parents),
    }:
        # Nothing leads to the last row, which counts what isn't kept.
        rows[index]["open"] = True  # type: ignore[typeddict-unknown-key]


def _to_failures(rows: list[Row], parents: list[int | None]) -> Iterator[int]:
    for index, row in enumerate(rows):
        raised = row["kind"] in ("call", "operation", "deferred") and row["errors"]
        if raised or (row["kind"] == "deferred" and row["fate"] in _LOST):
            above: int | None = index
            while above is not None:
                yield above
                above = parents[above]


def _bypassing(rows: list[Row], parents: list[int | None]) -> Iterator[int]:
    for row, parent in zip(rows, parents, strict=True):
        is_bypassing = row["kind"] == "operation" and row["bypassed"]
        if is_bypassing and parent is not None and rows[parent]["kind"] == "phase":
            yield parent


def _costliest_path(rows: list[Row], parents: list[int | None]) -> Iterator[int]:
    costs = _costs(rows, parents)
    children: dict[int | None, list[int]] = {}
    for index, parent in enumerate(parents):
        children.setdefault(parent, []).append(index)
    among = children.get(None)
    while among:
        index = max(among, key=lambda each: (costs[each], -each))
        if costs[index] <= 0:
            return
        yield index
        among = children.get(index)


def _parents(rows: list[Row]) -> list[int | None]:
    """The index of the row above each."""
    parents: list[int | None] = []
    path: list[int] = []
    for index, row in enumerate(rows):
        del path[row["level"] - 1 :]
        parents.append(path[-1] if path else None)
        path.append(index)
    return parents


def _costs(rows: list[Row], parents: list[int | None]) -> list[float]:
    """What the receivers in each row took, with what they put off: the panel is about signals.

    So a line with three hundred queries of a view opens nothing, nor does Django's housekeeping.
    """
    is_receivers: list[bool] = []
    for row, parent in zip(rows, parents, strict=True):
        is_receivers.append(row["kind"] == "call" or (parent is not None and is_receivers[parent]))
    # While it ran, and afterwards; a row's children come after it.
    running, put_off = [0.0] * len(rows), [0.0] * len(rows)
    for index in reversed(range(len(rows))):
        row, parent = rows[index], parents[index]
        if row["kind"] == "call":
            running[index] = 0 if row["housekeeping"] else row["ms"]
        elif row["kind"] == "deferred":
            put_off[index] += row["ms"] if is_receivers[index] else running[index]
            running[index] = 0
        if parent is not None:
            running[parent] += running[index]
            put_off[parent] += put_off[index]
    return [sum(each) for each in zip(running, put_off, strict=True)]
