"""What each line of the program cost by the signals that it led to, read from a report's rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Row = Mapping[str, Any]


class LineCost:
    """What the operations and sends took that one line asked for, outside of receivers."""

    def __init__(self, row: Row) -> None:
        self.first = row
        self.count = 0
        """How often it did so; 0 where it did different things."""
        self.ms = 0.0
        self.receivers_ms = 0.0
        """Of that, in receivers; where they overlapped, at most what their sends took."""
        self.each_ms = 0.0
        """The times of receivers added up."""
        self.is_concurrent = False
        self._names = {_name(row)}

    def add(self, row: Row) -> None:
        """Add an operation or a send that no other was around."""
        self._names.add(_name(row))
        self.count = self.count + row["count"] if len(self._names) == 1 else 0
        self.ms += row["ms"]


class Cost(NamedTuple):
    """What a report's rows say about lines and about what receivers put off."""

    lines: list[LineCost]
    """Those that took longest in receivers first."""
    deferred: list[Row]
    """What receivers put off, but for what was put off in that in turn."""
    is_cut: bool
    """Some rows had no room."""


class _Around(NamedTuple):
    number: int
    row: Row
    line: LineCost | None
    in_call: bool
    by_receiver: bool
    """A receiver is around it, also around the deferred work that it is in."""


class _Send(NamedTuple):
    line: LineCost
    row: Row
    ms: float
    """The times of its receivers added up."""


_TOP = _Around(-1, {}, None, in_call=False, by_receiver=False)


def cost_of(report: Mapping[str, Any]) -> Cost:
    """What each line cost, without Django's housekeeping."""
    lines: dict[Any, LineCost] = {}
    # By the number of their row.
    sends: dict[int, _Send] = {}
    deferred: list[Row] = []
    is_cut = False
    path = [_TOP]
    for number, row in enumerate(report["rows"]):
        kind = row["kind"]
        if kind == "more":
            is_cut = bool(row["dispatches"] or row["calls"])
            break
        del path[row["level"] :]
        around = path[-1]
        line, in_call = around.line, around.in_call
        if kind == "deferred":
            # It ran elsewhere, and in no receiver.
            if around.by_receiver and not any(each.row.get("kind") == kind for each in path):
                deferred.append(row)
            line, in_call = None, False
        elif kind in ("operation", "dispatch"):
            if line is None and not in_call and not row.get("housekeeping"):
                at = row["sent_from"]
                line = lines.setdefault(_name(row) if at is None else at, LineCost(row))
                line.add(row)
            if kind == "dispatch" and line is not None and not in_call:
                line.is_concurrent |= row["concurrent"]
                sends[number] = _Send(line, row, 0.0)
        elif kind == "call":
            send = sends.get(around.number)
            if send is not None and not row["housekeeping"]:
                sends[around.number] = send._replace(ms=send.ms + row["ms"])
            in_call = True
        path.append(_Around(number, row, line, in_call, around.by_receiver or kind == "call"))
    if is_cut:
        _add_unseen(path, sends)
    for line, row, ms in sends.values():
        line.each_ms += ms
        line.receivers_ms += min(ms, row["ms"])
    return Cost(sorted(lines.values(), key=lambda each: -each.receivers_ms), deferred, is_cut)


def _add_unseen(path: list[_Around], sends: dict[int, _Send]) -> None:
    """Of the operation or send that the last rows are of it is known how long all of it took."""
    for each in path:
        if each.line is not None and each.row["kind"] == "operation":
            for number in [number for number in sends if number > each.number]:
                del sends[number]
            each.line.receivers_ms += each.row["ms"] - each.row["self_ms"]
            return
        if each.number in sends:
            sends[each.number] = sends[each.number]._replace(ms=each.row["ms"])
            return


def _name(row: Row) -> tuple[str, ...]:
    if row["kind"] == "operation":
        return "operation", row["operation"], row["model"]
    return "dispatch", row["signal"], row["sender"]
