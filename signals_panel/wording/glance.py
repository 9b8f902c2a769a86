"""The report at a glance, and what can't be told from its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.wording.numbers import count_text, duration_text


def own_costs(report: Mapping[str, Any]) -> dict[str, Any]:
    """``dispatches``, ``calls``, ``effects`` and ``ms`` of the totals without housekeeping."""
    totals, housekeeping = report["totals"], report["housekeeping"]
    return {
        "dispatches": totals["dispatches"] - housekeeping["dispatches"],
        "calls": totals["calls"] - housekeeping["calls"],
        "effects": {
            kind: number - housekeeping["effects"].get(kind, 0)
            for kind, number in totals["effects"].items()
        },
        "ms": max(0.0, totals["receiver_ms"] - housekeeping["ms"]),
    }


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
            count_text(costs["effects"].get("sql", 0), "query", "queries"),
            duration_text(costs["ms"]),
        ]
    )


def notes(report: Mapping[str, Any]) -> list[str]:
    """What can't be told from the figures, or makes them larger than they are."""
    measured_by = report.get("measured_by") or {}
    found = []
    if measured_by.get("is_profiled"):
        found.append(
            "The profiling panel is on: it slows all Python code, and every time here is larger "
            "than it is without it."
        )
    if measured_by.get("other_panels"):
        found.append(
            f"Panels of other packages ({', '.join(measured_by['other_panels'])}) may work inside "
            "receivers, too; what they take there can't be told apart."
        )
    for what, (singular, text) in _NO_ROOM.items():
        number = report.get("no_room", {}).get(what)
        if number:
            found.append(text.format(count_text(number, singular)))
    for unrecorded in report["unrecorded"]:
        reason = unrecorded["reason"]
        found.append(
            f"{count_text(unrecorded['count'], 'send')} of {unrecorded['signal']} went past the "
            "recorder: "
            + _UNRECORDED.get(reason, f"its receivers were asked for {reason}, which isn't known.")
        )
    return found


_NO_ROOM = {
    "deferred": (
        "function",
        "Given to on_commit after MAX_KEPT was reached, and not listed: {}. What was done in them "
        "counts where they ran.",
    ),
    "transactions": (
        "transaction",
        "Opened after as many as are kept: {}. What ran in them isn't marked as rolled back.",
    ),
}

_UNRECORDED = {
    "async": "the method was taken before the recording began, and async receivers are connected.",
}
