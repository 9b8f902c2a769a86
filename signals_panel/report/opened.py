"""Rows that are open from the beginning: those to what went wrong, and the costliest path."""

from __future__ import annotations

from collections.abc import Iterator

from signals_panel.report.schema import Row

# What became of deferred work that will never run.
_LOST = ("rolled back", "dropped")


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
