"""The flow that signals make, written out as code that reads from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from signals_panel.exports.written_out.writer import Writer, find
from signals_panel.wording import written_out as words

__all__ = ["costliest", "is_written_out", "written_out"]


def written_out(
    report: Mapping[str, Any], number: int, short_path: Callable[[str], str] = str
) -> str:
    """The source of a module with a function that does what an operation and its receivers did.

    ``number`` is the index of an operation's or dispatch's row. ``short_path`` makes of a file's
    path what is shown of it. Names are looked up in the modules that are loaded; none is imported.
    Raises ``ValueError`` where there is nothing to write out.
    """
    part = find(report, number)
    if part is None:
        raise ValueError(words.NOTHING)
    return Writer(report, part, short_path).text()


def is_written_out(report: Mapping[str, Any], number: int) -> bool:
    """Whether the row at this index can be written out."""
    return find(report, number) is not None


def costliest(report: Mapping[str, Any]) -> int | None:
    """The index of the row that took longest, of the outermost that can be written out."""
    found: list[tuple[float, int]] = []
    skipped = None
    for number, row in enumerate(report["rows"]):
        if skipped is not None and row["level"] > skipped:
            continue
        skipped = None
        if is_written_out(report, number):
            found.append((row["ms"], -number))
            skipped = row["level"]
    return -max(found)[1] if found else None
