"""The whole report: what the toolbar's store keeps and the panel renders."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from signals_panel.analysis import Analysis, Glance, Silent, milliseconds
from signals_panel.conf import Config
from signals_panel.describe import clean, shorten
from signals_panel.findings import findings
from signals_panel.recording import Group
from signals_panel.report.boxes import boxes
from signals_panel.report.cascade import Cascade
from signals_panel.report.details import details
from signals_panel.report.effects import by_text
from signals_panel.report.findings import findings_of, mark
from signals_panel.report.opened import open_rows
from signals_panel.report.receivers import by_receiver
from signals_panel.report.schema import VERSION, Report, SilentRow, Unrecorded
from signals_panel.report.signals import by_signal
from signals_panel.report.space import Space, Texts
from signals_panel.results import Totals

# Bytes of JSON for each part; together less than half a megabyte, whatever the request.
_ROWS = 170_000
_BOXES = 30_000
_TEXTS = 100_000
_DETAILS = 60_000
_RECEIVERS = 40_000
_SIGNALS = 30_000
_EFFECTS = 30_000
_UNHEARD = 20_000
_SILENT = 20_000
_FINDINGS = 20_000

_MAX_UNHEARD_ROWS = 200
_MAX_FAULT = 300


def build(analysis: Analysis, config: Config) -> Report:
    """The report of an analysis, within the limits of a store; see ``schema.Report``."""
    return with_groups(analysis, config)[0]


def with_groups(analysis: Analysis, config: Config) -> tuple[Report, dict[int, Group]]:
    """The report, and the group that each of its rows shows, by the row's index."""
    tree = analysis.tree
    texts = Texts(_TEXTS)
    cascade = Cascade(analysis, texts, config.max_rows, Space(_ROWS))
    found = findings(analysis, config)
    mark(cascade, found)
    open_rows(cascade.rows)
    shown, more_findings = findings_of(cascade, found, Space(_FINDINGS))
    receivers, more_receivers = by_receiver(tree, texts, Space(_RECEIVERS))
    signals, more_signals = by_signal(tree, analysis.unheard, Space(_SIGNALS))
    effects, more_effects = by_text(tree, texts, Space(_EFFECTS))
    silent, more_silent = _silent(analysis.silent, texts)
    report = brief(analysis.glance)
    report.update(
        {
            "is_brief": False,
            "time": asdict(analysis.time),  # type: ignore[typeddict-item] # of that shape
            "phases": [
                [phase.name, milliseconds(tree.axis(phase.start))]
                for phase in tree.phases
                if phase.name
            ],
            "rows": cascade.rows,
            "boxes": boxes(cascade.intervals, _BOXES),
            "findings": shown,
            "details": details(analysis, cascade, texts, Space(_DETAILS)),
            "receivers": receivers,
            "signals": signals,
            "effects": effects,
            "silent": silent,
            "left_out": {
                "receivers": more_receivers,
                "signals": more_signals,
                "effects": more_effects,
                "silent": more_silent,
                "findings": more_findings,
            },
            "lines": texts.lines,
            "texts": texts.texts,
            "bulk": [[clean(operation), clean(model)] for operation, model in analysis.bulk],
            "no_room": analysis.no_room,
            "unrecorded": [_unrecorded(*item) for item in analysis.unrecorded.items()],
        }
    )
    _add_unheard(report, analysis)
    return report, cascade.groups


def _unrecorded(key: tuple[str, str], count: int) -> Unrecorded:
    return {"signal": clean(key[0]), "reason": clean(key[1]), "count": count}


def _add_unheard(report: Report, analysis: Analysis) -> None:
    space = Space(_UNHEARD)
    rows: list[list[Any]] = []
    kinds = count = 0
    for (signal, sender), number in sorted(analysis.unheard.items(), key=lambda item: -item[1]):
        row = [clean(signal), sender and clean(sender), number]
        if len(rows) < _MAX_UNHEARD_ROWS and space.take(row):
            rows.append(row)
        else:
            kinds += 1
            count += number
    report["unheard"] = rows
    report["unheard_more"] = {"kinds": kinds, "count": count}


def _silent(found: list[Silent], texts: Texts) -> tuple[list[SilentRow], int]:
    space = Space(_SILENT)
    rows: list[SilentRow] = []
    for silent in found:
        row: SilentRow = {
            "receiver": silent.receiver and clean(silent.receiver),
            "signal": clean(silent.signals[0]),
            "more_signals": len(silent.signals) - 1,
            "sender": silent.sender and clean(silent.sender),
            "reason": silent.reason,
            "parameters": {name: _plain(value) for name, value in silent.parameters.items()},
            "defined_at": texts.line(silent.defined_at),
        }
        if not space.take(row):
            break
        rows.append(row)
    return rows, len(found) - len(rows)


def _plain(value: Any) -> Any:
    if type(value) is list:
        return [each and clean(each) for each in value]
    return value and clean(value)


def brief(glance: Glance) -> Report:
    """The figures at a glance of a recording that goes on; the rest is built once, at its end."""
    report = empty(glance.faults)
    report.update(
        {
            "is_brief": True,
            "totals": glance.totals._asdict(),
            "housekeeping": glance.housekeeping,  # type: ignore[typeddict-item] # of that shape
            "raised": glance.raised,
        }
    )
    return report


def empty(faults: list[str]) -> Report:
    """The report when none can be built: what went wrong."""
    return {
        "version": VERSION,
        "is_brief": False,
        "totals": Totals(0, 0, 0, 0, 0, 0.0, 0.0, 0.0, {}, {})._asdict(),
        "housekeeping": {"dispatches": 0, "calls": 0, "effects": {}, "ms": 0},
        "raised": 0,
        "time": {"outside": 0.0, "python": 0.0, "effects": {}},
        "phases": [],
        "rows": [],
        "boxes": {},
        "findings": [],
        "details": {},
        "receivers": [],
        "signals": [],
        "effects": [],
        "silent": [],
        "left_out": {"receivers": 0, "signals": 0, "effects": 0, "silent": 0, "findings": 0},
        "lines": [],
        "texts": [],
        "bulk": [],
        "no_room": {},
        "unrecorded": [],
        "unheard": [],
        "unheard_more": {"kinds": 0, "count": 0},
        "faults": [shorten(fault, _MAX_FAULT) for fault in faults],
    }
