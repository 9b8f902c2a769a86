"""Every receiver that somebody may be missing in a report, each with the reason.

A report has those whose signal was sent. With what is connected now, and with what is written
in files that nobody has imported, the list is whole. It is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypedDict

from signals_panel.analysis import signals_not_sent_by, silent as reasons
from signals_panel.describe import ReceiverName, SourceLine, clean, is_project_file
from signals_panel.report.schema import Line
from signals_panel.wiring import (
    PROJECT,
    PROXY,
    ConnectedReceiver,
    ConnectedSignal,
    Unimported,
    is_proxy,
    origin_of,
    relation,
)

# Why a receiver wasn't called, besides the reasons of ``analysis.silent``.
BYPASSED = "bypassed"
"""An ``operation`` of a ``model`` sent no signals for its ``rows``."""
UNIMPORTED = "never imported"
"""Nobody has imported its ``module``. The ``app`` has a ``config`` class if it ``has_config``."""
NOT_SENT = "not sent"
"""Its signal wasn't sent."""
NOT_RECORDED = "not recorded"
"""Its signal was sent, and went past the recorder."""
NO_ROOM = "no room"
"""Its signal isn't in the report, in which some had no room."""

# What is far from being called comes last.
_LAST = (BYPASSED, UNIMPORTED, reasons.OTHER_SENDER, NO_ROOM, NOT_SENT)


class NotCalledRow(TypedDict):
    """A receiver that wasn't called, for one reason."""

    receiver: str | None
    """None for one that is gone, and has left no name."""
    signal: str
    """The first that it would have heard."""
    more_signals: int
    sender: str | None
    """The first that it is connected for; None for all."""
    reason: str
    parameters: dict[str, Any]
    defined_at: Line | None
    origin: str


def not_called(
    report: Mapping[str, Any],
    connected: Iterable[ConnectedSignal],
    unimported: Iterable[Unimported],
) -> list[NotCalledRow]:
    """The project's receivers first, and of these what was nearest to being called.

    ``report`` is a stored one; ``connected`` and ``unimported`` are what the process has now.
    """
    signals = list(connected)
    bypassed = list(_bypassed(report, signals))
    rows = [
        *_silent(report, bypassed),
        *bypassed,
        *map(_unimported, unimported),
        *_of_signals(report, signals, bypassed),
    ]
    return sorted(rows, key=_rank)


def _rank(row: NotCalledRow) -> tuple[bool, int, bool]:
    place = _LAST.index(row["reason"]) + 1 if row["reason"] in _LAST else 0
    return row["origin"] != PROJECT, place, "related" not in row["parameters"]


# In the report --------------------------------------------------------------------------


def _silent(report: Mapping[str, Any], bypassed: list[NotCalledRow]) -> Iterator[NotCalledRow]:
    rows = list(map(_Stored(report), report["silent"]))
    is_bypassed = {row["receiver"] for row in bypassed}
    explained = {
        (row["receiver"], row["signal"]) for row in rows if row["reason"] != reasons.OTHER_SENDER
    }
    for row in rows:
        if row["reason"] == reasons.OTHER_SENDER:
            # What came in its way for one sender says more than that others have sent, too.
            is_of_one = not row["more_signals"]
            if row["receiver"] in is_bypassed:
                continue
            if is_of_one and (row["receiver"], row["signal"]) in explained:
                continue
        yield row


class _Stored:
    """Makes rows of a report's silent receivers."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        self._lines = report["lines"]

    def __call__(self, silent: Mapping[str, Any]) -> NotCalledRow:
        index, receiver = silent["defined_at"], silent["receiver"]
        line = None if index is None else self._lines[index]
        # One that is gone and has no name is shown where it may be looked for.
        is_projects = receiver is None or (line is not None and is_project_file(line[0]))
        return {
            "receiver": receiver,
            "signal": silent["signal"],
            "more_signals": silent["more_signals"],
            "sender": silent["sender"],
            "reason": silent["reason"],
            "parameters": {**silent["parameters"], **_related(silent)},
            "defined_at": line,
            "origin": PROJECT if is_projects else origin_of(ReceiverName(receiver, None)),
        }


def _related(silent: Mapping[str, Any]) -> dict[str, str]:
    """How the sender is kin to the model that the receiver is connected for, if it is."""
    if silent["reason"] != reasons.OTHER_SENDER:
        return {}
    for wanted in filter(None, silent["parameters"]["wanted"]):
        for sent_by in silent["parameters"]["sent_by"]:
            kind = relation(wanted, sent_by)
            if kind == PROXY and not is_proxy(sent_by):
                return {"related": kind, "model": wanted, "of": sent_by}
            if kind is not None:
                return {"related": kind, "model": sent_by, "of": wanted}
    return {}


def _bypassed(
    report: Mapping[str, Any], connected: list[ConnectedSignal]
) -> Iterator[NotCalledRow]:
    operations: dict[str, dict[tuple[str, str], int]] = {}
    for row in report["rows"]:
        for receiver in row.get("bypassed", ()):
            known = operations.setdefault(receiver, {})
            key = (row["operation"], row["model"])
            known[key] = known.get(key, 0) + row["table_rows"]
    for receiver, known in operations.items():
        (operation, model), number = next(iter(known.items()))
        names = signals_not_sent_by(operation)
        for signal, each in _connections(connected):
            fits = clean(each.receiver) == receiver and each.sender in (None, model)
            if signal in names and fits:
                parameters = {"operation": operation, "model": model, "rows": number}
                yield _row(signal, each, BYPASSED, parameters)


# In the process now ---------------------------------------------------------------------


def _of_signals(
    report: Mapping[str, Any], connected: list[ConnectedSignal], bypassed: list[NotCalledRow]
) -> Iterator[NotCalledRow]:
    """Receivers of signals that weren't sent, and those connected since the report was made."""
    left_out = report["left_out"]
    sent = {row["signal"] for row in (*report["signals"], *report["unrecorded"])}
    has_gaps = left_out["signals"] or "other signals" in sent
    unrecorded = {row["signal"] for row in report["unrecorded"]}
    known = {row["receiver"] for row in (*report["silent"], *report["receivers"])}
    explained = {(row["receiver"], row["signal"]) for row in bypassed}
    found: dict[tuple[str, str], NotCalledRow] = {}
    for signal, each in _connections(connected):
        receiver = clean(each.receiver)
        if (receiver, signal) in explained:
            continue
        if signal not in sent:
            reason = NO_ROOM if has_gaps else NOT_SENT
        elif receiver in known or left_out["silent"] or left_out["receivers"]:
            continue
        else:
            reason = NOT_RECORDED if signal in unrecorded else reasons.CONNECTED_LATE
        row = found.get((receiver, reason))
        if row is None:
            found[receiver, reason] = _row(signal, each, reason, {"signals": [signal]})
        elif signal not in row["parameters"]["signals"]:
            row["parameters"]["signals"].append(signal)
            row["more_signals"] += 1
    yield from found.values()


def _connections(
    connected: Iterable[ConnectedSignal],
) -> Iterator[tuple[str, ConnectedReceiver]]:
    for signal in connected:
        for each in signal.receivers:
            yield signal.signal, each


def _row(
    signal: str, each: ConnectedReceiver, reason: str, parameters: dict[str, Any]
) -> NotCalledRow:
    return {
        "receiver": clean(each.receiver),
        "signal": signal,
        "more_signals": 0,
        "sender": each.sender,
        "reason": reason,
        "parameters": parameters,
        "defined_at": _line(each.defined_at),
        "origin": each.origin,
    }


def _unimported(found: Unimported) -> NotCalledRow:
    names = ("module", "app", "config", "has_config")
    return {
        "receiver": found.receiver,
        "signal": found.signals[0],
        "more_signals": len(found.signals) - 1,
        "sender": found.sender,
        "reason": UNIMPORTED,
        "parameters": {name: getattr(found, name) for name in names},
        "defined_at": _line(found.defined_at),
        "origin": PROJECT,
    }


def _line(line: SourceLine | None) -> Line | None:
    return None if line is None else list(line)
