"""Every sentence, unit and number format that people read; made of a report's codes and figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from signals_panel.effects import kind_of


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


def effects_text(counts: Mapping[str, int], kinds: Iterable[str] | None = None) -> str:
    """``2 queries, 1 cache operation``: how many of each kind, of those that there are."""
    return ", ".join(
        count_text(counts[name], kind_of(name).singular, kind_of(name).plural)
        for name in (counts if kinds is None else kinds)
        if counts.get(name)
    )


# The report at a glance -----------------------------------------------------------------


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


# Operations -----------------------------------------------------------------------------


def operation_text(row: Mapping[str, Any]) -> str:
    """``save shop.Product``, ``bulk_create shop.Product, 200 rows``."""
    text = f"{row['operation']} {row['model']}"
    if row["operation"] != "save" and row["table_rows"]:
        text += f", {count_text(row['table_rows'], 'row')}"
    return text


def said_texts(row: Mapping[str, Any]) -> list[str]:
    """What senders said: ``created``, or ``created × 3`` where some didn't say so."""
    return [_of_some(text, number, row) for text, number in row.get("said", ())]


def rolled_back_text(row: Mapping[str, Any]) -> str:
    """``rolled back``, or ``rolled back × 3`` where some weren't."""
    number = row.get("rolled_back", 0)
    return _of_some("rolled back", number, row) if number else ""


def _of_some(text: str, number: int, row: Mapping[str, Any]) -> str:
    if number == row["count"]:
        return text
    # Of those that were only added up it isn't known.
    least = "at least " if row["kept"] < row["count"] else ""
    return f"{text} × {least}{number:,}"


# Deferred work --------------------------------------------------------------------------


def deferred_text(row: Mapping[str, Any]) -> str:
    """Why it never ran; empty if it did."""
    if row["fate"] == "ran":
        return ""
    text = _NEVER_RUN.get(row["fate"], "")
    return f"{text}: {row['reason']}" if row["reason"] else text


_NEVER_RUN = {
    "rolled back": "never ran: its transaction was rolled back",
    "dropped": "never ran: an earlier callback raised",
    None: "didn't run: its transaction was still open",
}


# What became of an exception ------------------------------------------------------------

_FATES = {
    "ended": "It ended the request.",
    "caught": "It was caught by the code that sent the signal, or around it.",
    "swallowed": "{method} swallowed it.",
    "passed on": "It was passed on to the code that sent the signal.",
}


def fate_text(row: Mapping[str, Any]) -> str:
    """What became of a receiver's exception, and who wasn't called because of it."""
    if not row["fate"]:
        return ""
    text = _FATES.get(row["fate"], "").format(method=row["sent_by"])
    if row["from_nested"]:
        text = f"A receiver called inside it had raised it. {text}"
    if row["not_called"]:
        text += f" Not called because of it: {', '.join(row['not_called'])}."
    return text


# Why a receiver wasn't called -----------------------------------------------------------

_MAX_SENDERS = 3


def reason_text(silent: Mapping[str, Any]) -> str:
    """Why it wasn't called, from its ``reason`` and ``parameters``."""
    reason, parameters = silent["reason"], silent["parameters"]
    if reason == "other sender":
        sent_by = _some(parameters["sent_by"])
        which = "the signals were" if silent["more_signals"] else "the signal was"
        wanted = parameters["wanted"]
        several = f"{len(wanted)} other senders" if len(wanted) > 1 else ""
        named = several or wanted[0] or "another sender"
        return f"connected for {named}; {which} sent by {sent_by}"
    text = _REASONS.get(reason)
    # One that another version has stored may have no words here.
    return text.format(**parameters) if text is not None else str(reason)


_REASONS = {
    "earlier raised": "an earlier receiver raised: {receiver}, {error}",
    "own method": "{method} didn't call it",
    "not kept": "not called in what was kept in detail",
    "connected late": "connected only after the signal was sent",
    "collected": "connected weakly, and garbage-collected before the signal was sent",
}


def _some(names: list[str]) -> str:
    """The first three, and how many more there are."""
    more = len(names) - _MAX_SENDERS
    shown = ", ".join(names[:_MAX_SENDERS])
    return f"{shown} and {more:,} more" if more > 0 else shown


# What can't be told from the figures ----------------------------------------------------


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
