"""What is said of one row: of its box when that is pointed at, above its details, in the legend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.effects import kind_of
from signals_panel.wording.numbers import duration_text

_KINDS = {
    "operation": "model operation",
    "line": "line of code",
    "dispatch": "signal",
    "call": "receiver",
    "deferred": "deferred work",
}


def box_text(name: str, row: Mapping[str, Any], ms: float, whole_ms: float) -> str:
    """``log_product_change × 200: 661 ms, 86% of the request, 5.2 ms of its own``."""
    return f"{name}{times_text(row.get('count', 1))}: {took_text(row, ms, whole_ms)}"


def took_text(row: Mapping[str, Any], ms: float, whole_ms: float) -> str:
    """``661 ms, 86% of the request, 5.2 ms of its own``."""
    words = [duration_text(ms), f"{_share(ms, whole_ms)} of the request"]
    if "self_ms" in row and row["self_ms"] != row["ms"]:
        words.append(f"{duration_text(row['self_ms'])} of its own")
    if row.get("count", 1) > 1:
        words.append(f"the longest {duration_text(row['longest_ms'])}")
    if row.get("errors"):
        words.append(f"raised {row['error']}")
    return ", ".join(words)


def times_text(count: int) -> str:
    """What stands behind the name of what happened several times."""
    return f" × {count:,}" if count > 1 else ""


def kind_text(kind: str, effect: str | None, *, is_one: bool = False) -> str:
    """What a colour of the picture means: ``Receiver``, ``Queries``; or ``Query`` of one."""
    if not effect:
        return _KINDS[kind].capitalize()
    found = kind_of(effect)
    return found.singular[:1].upper() + found.singular[1:] if is_one else found.title


def _share(ms: float, whole_ms: float) -> str:
    share = ms / whole_ms if whole_ms else 0.0
    if share >= 1.005:
        # What ran at the same time adds up to more than the time that it took.
        return "more than all"
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"
