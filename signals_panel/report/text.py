"""The report in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def duration_text(ms: float) -> str:
    """Milliseconds with as many digits as mean something: ``0.02 ms``, ``4.8 ms``, ``310 ms``.

    From ten seconds on in larger units: ``12.5 s``, ``1 min 30 s``, ``2 h``. The spaces are ones
    that don't break.
    """
    return _duration(ms).replace(" ", "\N{NO-BREAK SPACE}")


def _duration(ms: float) -> str:
    if not ms:
        return "0 ms"
    if ms < 0.005:
        return "<0.01 ms"
    if ms < 1:
        return f"{ms:.2f} ms"
    if ms < 100:
        return f"{ms:.1f} ms"
    if ms < 9_999.5:
        return f"{ms:,.0f} ms"
    if ms < 59_950:
        return f"{ms / 1000:.1f} s"
    seconds = round(ms / 1000)
    if seconds < 3600:
        return _two_units(seconds, 60, "min", "s")
    return _two_units(round(seconds / 60), 60, "h", "min")


def _two_units(number: int, size: int, large: str, small: str) -> str:
    whole, rest = divmod(number, size)
    return f"{whole:,} {large} {rest} {small}" if rest else f"{whole:,} {large}"


def count_text(number: int, singular: str, plural: str | None = None) -> str:
    """``1 query``, ``2,000 queries``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def headline(report: Mapping[str, Any]) -> str:
    """``1 raised · 7 receivers · 12 queries · 23 ms``: what went wrong and what ran, its cost.

    Without Django's own housekeeping at the beginning and end of a request, so that a page
    whose signals do nothing says 0.
    """
    if not report:
        return ""
    costs = own_costs(report)
    raised = report.get("raised", 0)
    return " · ".join(
        [
            *([f"{raised:,} raised"] if raised else []),
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
