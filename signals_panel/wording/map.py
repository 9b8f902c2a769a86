"""What the map of a request says: of its nodes, and above its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from signals_panel.effects import kind_of
from signals_panel.wording.numbers import count_text, duration_text, effects_text
from signals_panel.wording.timeline import times_text

NOT_CALLED = "not called"
NO_SENDER = "sender=None"
GONE = "a receiver that is gone"

_ONES = {
    "line": ("line", "lines"),
    "dispatch": ("signal", "signals"),
    "call": ("receiver", "receivers"),
    "deferred": ("deferred call", "deferred calls"),
    "silent": ("receiver", "receivers"),
}
_TITLES = {
    "line": "Line of code",
    "dispatch": "Signals",
    "call": "Receivers",
    "effect": "Effects",
    "deferred": "Deferred work",
}
_MAX_REASONS = 12


def folded_text(kind: str, effect: str, number: int, count: int, *, has_others: bool) -> str:
    """``and 14 more receivers``, ``12 queries``: what several nodes that are one are called.

    ``number`` is how many nodes they are, ``count`` how often they happened.
    """
    more = "more " if has_others else ""
    if kind == "more":
        return f"and {number:,} more further on"
    if kind == "effect":
        found = kind_of(effect)
        words = count_text(count, f"{more}{found.singular}", f"{more}{found.plural}")
    else:
        one, several = _ONES[kind]
        words = count_text(number, f"{more}{one}", f"{more}{several}")
    return f"and {words}" if has_others else words


def short_time_text(ms: float, count: int) -> str:
    """``661 ms × 200``: the second line of a node."""
    return f"{duration_text(ms)}{times_text(count)}"


def not_called_text(reasons: list[str]) -> str:
    """Why receivers weren't called, one line for each."""
    shown = reasons[:_MAX_REASONS]
    more = len(reasons) - len(shown)
    return "\n".join([*shown, *([f"and {more:,} more"] if more else [])])


def column_title(kinds: Iterable[str]) -> str:
    """``Receivers``; of several kinds ``Effects, signals``."""
    there = set(kinds)
    found = [title for kind, title in _TITLES.items() if kind in there]
    # What receivers do is what the column is about.
    found.sort(key=lambda title: title != _TITLES["effect"])
    return ", ".join(title if not at else title.lower() for at, title in enumerate(found))


def left_out_text(row: Mapping[str, Any]) -> str:
    """What a report's last row counts, which no picture shows."""
    counts = [
        count_text(row["dispatches"], "send") if row["dispatches"] else "",
        count_text(row["calls"], "receiver call") if row["calls"] else "",
        effects_text(row["effects"]),
    ]
    words = ", ".join(filter(None, counts))
    return f"Not in the map, since they weren't kept in detail: {words}." if words else ""
