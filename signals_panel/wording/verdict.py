"""What a recording comes to, in a sentence: the line, the time, and the receivers' part of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from signals_panel.wording.glance import own_costs
from signals_panel.wording.lines import Cost, LineCost, Row, cost_of
from signals_panel.wording.numbers import count_text, duration_text
from signals_panel.wording.quiet import recording_word, short_signal, without_receivers
from signals_panel.wording.rows import operation_text
from signals_panel.wording.sentences import (
    Code,
    Piece,
    Place,
    Sentence,
    Stress,
    sentence,
    statement_code,
)

# One line is the one to be told of from this part of the receivers' time on.
_MOST = 0.5


def verdict(report: Mapping[str, Any]) -> Sentence:
    """What stands at the top of the panel; empty where nothing can be said."""
    if not report or report["is_brief"]:
        return ()
    totals, costs = report["totals"], own_costs(report)
    if report["faults"] and not totals["dispatches"] and not totals["unheard"]:
        # It isn't known what there was.
        return ()
    if not costs["calls"]:
        return without_receivers(report)
    cost = cost_of(report)
    raised = _raised(report)
    if raised is not None:
        return (*raised, *_put_off(cost))
    ran = [row for row in cost.deferred if row["fate"] == "ran"]
    if sum(row["ms"] for row in ran) > costs["ms"]:
        return _later(ran, costs["ms"]) + _put_off(cost, but_ran=True)
    return (*_receivers(report, cost, costs["ms"]), *_put_off(cost))


# Receivers ------------------------------------------------------------------------------


def _receivers(report: Mapping[str, Any], cost: Cost, in_receivers: float) -> Sentence:
    lines = [each for each in cost.lines if each.receivers_ms or len(cost.lines) == 1]
    first = lines[0] if lines else None
    if first is None:
        return sentence(
            "Receivers took {receivers} of {whole}.",
            receivers=Stress(duration_text(in_receivers)),
            whole=duration_text(report["totals"]["duration_ms"]),
        )
    is_alone = len(lines) == 1 and not cost.is_cut
    if is_alone or first.receivers_ms > _MOST * in_receivers:
        return _one_line(report, first, in_receivers)
    return sentence(
        "Receivers took {receivers}, set off by {lines}; the most, {most}, by {what}{at}.",
        receivers=Stress(duration_text(in_receivers)),
        lines=("more than " if cost.is_cut else "") + count_text(len(lines), "line"),
        most=duration_text(first.receivers_ms),
        what=_code(report, first.first),
        at=_at(first.first),
    )


def _one_line(report: Mapping[str, Any], line: LineCost, in_receivers: float) -> Sentence:
    begun = sentence(
        _ONE if line.count == 1 else _SEVERAL if line.count else _MIXED,
        what=_code(report, line.first),
        at=_at(line.first),
        times=count_text(line.count, "time"),
        ms=duration_text(line.ms),
    )
    if line.is_concurrent:
        text, ms = "; its receivers ran side by side, and add up to {ms}.", line.each_ms
    else:
        # Rounded sums may be a hair more than the whole.
        text, ms = "; {ms} of it was receivers.", min(line.receivers_ms, in_receivers)
    return begun + sentence(text, ms=Stress(duration_text(ms)))


_ONE = "One {what}{at} took {ms}"
_SEVERAL = "{what}{at} ran {times} and took {ms}"
_MIXED = "{what}{at} took {ms}"


def _code(report: Mapping[str, Any], row: Row) -> Piece:
    """The line's text; where there is none, what it did."""
    at = row["sent_from"]
    text = report["lines"][at][3] if at is not None else ""
    if text.strip():
        return statement_code(text)
    return Code(operation_text(row) if row["kind"] == "operation" else short_signal(row["signal"]))


def _at(row: Row) -> Sentence:
    return () if row["sent_from"] is None else (" at ", Place(row["sent_from"]))


# What they put off ----------------------------------------------------------------------


def _later(ran: list[Row], in_receivers: float) -> Sentence:
    """The receivers took less than what they put off."""
    first = max(ran, key=lambda row: row["ms"])
    most = sentence(
        ", {most} of it in {name}", most=duration_text(first["ms"]), name=Code(first["name"])
    )
    return sentence(
        "{functions} that receivers deferred with {how} took {ms}{most}; "
        "receivers took {receivers}.",
        functions=_functions(ran),
        how=Code("on_commit"),
        ms=Stress(duration_text(sum(row["ms"] for row in ran))),
        most=most if len(ran) > 1 else "",
        receivers=duration_text(in_receivers),
    )


def _put_off(cost: Cost, *, but_ran: bool = False) -> Sentence:
    """What became of the functions that receivers gave to on_commit."""
    found: Sentence = ()
    failed = next((row for row in cost.deferred if row["error"]), None)
    if failed is not None:
        found += sentence(
            " {name}, deferred with {how}, raised {error}.",
            name=Code(failed["name"]),
            how=Code("on_commit"),
            error=Stress(_error(failed["error"])),
        )
    ran = [row for row in cost.deferred if row["fate"] == "ran" and not but_ran]
    never = [row for row in cost.deferred if row["fate"] != "ran"]
    for rows, became in ((ran, "took {ms}"), (never, "never ran")):
        if rows:
            found += sentence(
                " {functions} that they deferred with {how} " + became + ".",
                functions=_functions(rows),
                how=Code("on_commit"),
                ms=Stress(duration_text(sum(row["ms"] for row in rows))),
            )
    return found


def _functions(rows: Iterable[Row]) -> str:
    return count_text(sum(row["count"] for row in rows), "function")


# Errors ---------------------------------------------------------------------------------


_FATES = {
    "ended": "; it ended the {recording}",
    "caught": "; the code around it caught it",
    "swallowed": "; {method} swallowed it",
    "passed on": "; it was passed on to the code that sent the signal",
}


def _raised(report: Mapping[str, Any]) -> Sentence | None:
    """The first exception of a receiver's own; None where there is none."""
    number = report["raised"]
    if not number:
        return None
    path: list[Row] = []
    for row in report["rows"]:
        if row["kind"] == "more":
            break
        del path[row["level"] - 1 :]
        if row["kind"] == "call" and row["errors"] and not row["from_nested"]:
            return _raised_in(report, row, path[-1], number)
        path.append(row)
    return (Stress(f"Receivers raised {count_text(number, 'exception')}"), ".")


def _raised_in(report: Mapping[str, Any], row: Row, send: Row, number: int) -> Sentence:
    return sentence(
        "{what}{at} raised {error} in {receiver}{others}" + _FATES.get(row["fate"], "") + ".",
        what=_code(report, send),
        at=_at(send),
        error=Stress(_error(row["error"] or "an exception")),
        receiver=Code(row["receiver"]),
        others=f", the first of {number:,} exceptions" if number > 1 else "",
        recording=recording_word(report),
        method=Code(row["sent_by"]),
    )


def _error(text: str) -> str:
    """``ValueError`` of ``ValueError: no stock``."""
    return text.partition(":")[0]
