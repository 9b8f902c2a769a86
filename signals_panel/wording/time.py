"""What the parts of the time are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.effects import kind_of
from signals_panel.wording.numbers import count_text, duration_text

_LABELS = {"outside": "outside of receivers", "python": "receivers' Python"}


def time_label(part: str, kind: str = "") -> str:
    """``outside of receivers``; of an effect's kind ``SQL in receivers``."""
    return _LABELS[part] if part in _LABELS else f"{kind_of(kind).label} in receivers"


# Of one row ------------------------------------------------------------------------------


def row_time_title(row: Mapping[str, Any]) -> str:
    """``Where its 68 ms went``; of several in one row ``Where the 136 ms of its 2 times went``."""
    if row["count"] == 1:
        return f"Where its {duration_text(row['ms'])} went"
    times = count_text(row["count"], "time")
    return f"Where the {duration_text(row['ms'])} of its {times} went"


def row_part_label(part: str, name: str, row: Mapping[str, Any]) -> str:
    """What a part of a row's time is called: ``SQL``, ``sent post_save``."""
    if part == "effect":
        return kind_of(name).label
    if part == "signal":
        return f"sent {name.rpartition('.')[2]}" if name else "signals it sent"
    if part == "deferred":
        return "deferred work that its commit ran"
    if row["kind"] == "dispatch":
        return "Python of its receivers and of Django"
    # The clock of a coroutine goes on while others run.
    return "its own Python, and waiting" if row.get("is_async") else "its own Python"


def scaled_text() -> str:
    """Why the parts of a row's time are in proportion."""
    return "Some of it ran at the same time: these are its parts in proportion."


def kept_lines_text(kept: int, count: int) -> str:
    """Of how many of its calls the times beside the lines are; empty where they are of all."""
    if kept >= count:
        return ""
    return f"The times beside the lines are of the {kept:,} of {count:,} that were kept one by one."
