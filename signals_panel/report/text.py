"""The report in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def duration_text(ms: float) -> str:
    """Milliseconds with as many digits as mean something: ``0.02 ms``, ``4.8 ms``, ``310 ms``.

    The space is one that doesn't break.
    """
    if not ms:
        return "0\N{NO-BREAK SPACE}ms"
    if ms < 0.005:
        return "<0.01\N{NO-BREAK SPACE}ms"
    if ms >= 100:
        return f"{ms:,.0f}\N{NO-BREAK SPACE}ms"
    return f"{ms:.1f}\N{NO-BREAK SPACE}ms" if ms >= 1 else f"{ms:.2f}\N{NO-BREAK SPACE}ms"


def count_text(number: int, singular: str, plural: str | None = None) -> str:
    """``1 query``, ``2,000 queries``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def headline(report: Mapping[str, Any]) -> str:
    """``7 receivers · 12 queries · 23 ms``: what ran because a signal fired, and its cost.

    Without Django's own housekeeping at the beginning and end of a request, so that a page
    whose signals do nothing says 0.
    """
    if not report:
        return ""
    costs = own_costs(report)
    return " · ".join(
        [
            count_text(costs["calls"], "receiver"),
            count_text(costs["queries"], "query", "queries"),
            duration_text(costs["ms"]),
        ]
    )


def own_costs(report: Mapping[str, Any]) -> dict[str, Any]:
    """``dispatches``, ``calls``, ``queries`` and ``ms`` of the totals without housekeeping."""
    totals, housekeeping = report["totals"], report["housekeeping"]
    return {
        "dispatches": totals["dispatches"] - housekeeping["dispatches"],
        "calls": totals["calls"] - housekeeping["calls"],
        "queries": totals["queries"] - housekeeping["queries"],
        "ms": max(0.0, totals["receiver_ms"] - housekeeping["ms"]),
    }
