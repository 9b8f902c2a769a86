"""The report at a glance, and what can't be told from its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from signals_panel.effects import kind_of
from signals_panel.wording.numbers import count_text, duration_text, share_text


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
    """``Receivers took 23.0 ms``: the verdict in a line, as short as the side bar is narrow.

    Without Django's own housekeeping at the beginning and end of a request, so that a page
    whose signals do nothing says so.
    """
    if not report:
        return ""
    costs, sent, raised = own_costs(report), report["totals"]["unheard"], report.get("raised", 0)
    if raised:
        return f"{raised:,} raised in receivers"
    if costs["calls"]:
        return f"Receivers took {duration_text(costs['ms'])}"
    return f"{sent:,} sent, no receivers" if sent else "No signals sent"


def figures(report: Mapping[str, Any], kinds: Iterable[str]) -> list[str]:
    """The figures below the verdict: ``9 sent, 2 had receivers``, ``2 of 3 queries``, ...

    Effects are those of receivers, of all of their kind.
    """
    totals, raised, costs = report["totals"], report["raised"], own_costs(report)
    sent = costs["dispatches"] + totals["unheard"]
    if not costs["calls"]:
        return [f"{sent:,} sent, no receivers" if sent else "0 sent"]
    shown = [
        f"{sent:,} sent, {costs['dispatches']:,} had receivers",
        _called(report, costs["calls"]),
    ]
    if raised:
        shown.append(f"{raised:,} raised")
    whole = totals["duration_ms"]
    if whole:
        # No share where none was measured.
        shown.append(
            f"in receivers {duration_text(costs['ms'])} of {duration_text(whole)}, "
            f"{share_text(costs['ms'] / whole)}"
        )
    for name in kinds:
        # Housekeeping's are among all of them, too.
        number = totals["all_effects"].get(name, 0)
        if number:
            kind = kind_of(name)
            all_of_them = count_text(number, kind.singular, kind.plural)
            shown.append(f"{costs['effects'].get(name, 0):,} of {all_of_them}")
    return shown


def _called(report: Mapping[str, Any], calls: int) -> str:
    number = sum(not row["housekeeping"] for row in report["receivers"])
    if report["left_out"]["receivers"]:
        return count_text(calls, "receiver call")
    called = count_text(number, "receiver")
    return called if calls == number else f"{called} called {count_text(calls, 'time')}"


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
