"""What the picture of a request says: of a box when it is pointed at, and in its legend."""

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
    count = row.get("count", 1)
    words = [duration_text(ms), f"{_share(ms, whole_ms)} of the request"]
    if "self_ms" in row and row["self_ms"] != row["ms"]:
        words.append(f"{duration_text(row['self_ms'])} of its own")
    if count > 1:
        words.append(f"the longest {duration_text(row['longest_ms'])}")
    if row.get("errors"):
        words.append(f"raised {row['error']}")
    return f"{name}{times_text(count)}: {', '.join(words)}"


def times_text(count: int) -> str:
    """What stands behind the name of what happened several times."""
    return f" × {count:,}" if count > 1 else ""


def kind_text(kind: str, effect: str | None) -> str:
    """What a colour of the picture means: ``receiver``, ``queries``."""
    return kind_of(effect).title if effect else _KINDS[kind].capitalize()


def _share(ms: float, whole_ms: float) -> str:
    share = ms / whole_ms if whole_ms else 0.0
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"
