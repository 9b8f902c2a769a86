"""The whole report: what the toolbar's store keeps and the panel renders."""

from __future__ import annotations

from typing import Any

from signals_panel.conf import Config
from signals_panel.describe import SourceLine, clean
from signals_panel.describe.values import shorten
from signals_panel.recording import Recording, Totals
from signals_panel.report import costs, marks
from signals_panel.report.cascade import Cascade
from signals_panel.report.connections import Connections
from signals_panel.report.details import details
from signals_panel.report.receivers import by_receiver
from signals_panel.report.signals import by_signal
from signals_panel.report.silent import silent_receivers
from signals_panel.report.space import Space, Texts
from signals_panel.report.statements import by_statement
from signals_panel.report.tree import Tree, milliseconds

Report = dict[str, Any]

# Bytes of JSON for each part; together less than half a megabyte, whatever the request.
_ROWS = 170_000
_TEXTS = 130_000
_DETAILS = 60_000
_RECEIVERS = 40_000
_SIGNALS = 30_000
_QUERIES = 30_000
_UNHEARD = 20_000
_SILENT = 20_000

_MAX_UNHEARD_ROWS = 200
_MAX_FAULT = 300


def build(recording: Recording, config: Config, connections: Connections | None = None) -> Report:
    """The report of a recording, with what is connected now, unless it was read before::

        {
            "is_brief": False,      # see brief()
            "totals": {"dispatches": 7, ..., "receiver_ms": 4.2, "duration_ms": 31.5},
            "housekeeping": {"dispatches": 2, "calls": 5, "queries": 0, "ms": 0.1},
            "raised": 0,            # exceptions of receivers
            "time": {"outside_sql": 3.0, "sql": 1.1, "rest": 27.4},   # see report.costs
            "phases": [["before the view", 0.0], ["view", 2.5]],
            "rows": [...],          # the cascade, depth first; see report.cascade
            "worst": [4, 9],        # indexes of the rows marked, worst first; see report.marks
            "details": {"4": {...}},   # by a row's index; see report.details
            "receivers": [...],     # see report.receivers
            "signals": [...],       # see report.signals
            "queries": [...],       # see report.statements
            "silent": [...],        # see report.silent; defined_at is an index into the lines
            "left_out": {"receivers": 0, "signals": 0, "queries": 0, "silent": 0},
            "lines": [[path, line, function, text], ...],
            "statements": ["INSERT ...", ...],
            "bulk": [["bulk_create", "shop.Product"], ...],   # bulk operations that ran
            "unrecorded": [[signal, reason, count], ...],   # sends that went past the recorder
            "unheard": [[signal, sender, count], ...],
            "unheard_more": {"kinds": 0, "count": 0},
            "faults": ["a query: ValueError: ..."],
        }

    Times are in milliseconds. ``housekeeping`` is the part of ``totals`` that Django's own
    receivers of ``request_started`` and ``request_finished`` make up.
    """
    tree = Tree(recording)
    texts = Texts(_TEXTS)
    totals = recording.totals
    connections = connections or Connections()
    cascade = Cascade(tree, connections, texts, config.max_rows, Space(_ROWS))
    cascade.add_remainder(totals)
    worst = marks.mark(cascade.rows, totals.duration_ms)
    marks.open_rows(cascade.rows)
    housekeeping = costs.housekeeping(recording)
    receivers, more_receivers = by_receiver(tree, texts, Space(_RECEIVERS))
    signals, more_signals = by_signal(tree, recording.unheard, Space(_SIGNALS))
    queries, more_queries = by_statement(tree, texts, Space(_QUERIES))
    silent, more_silent = _silent(silent_receivers(recording, tree, connections), texts)
    return {
        "is_brief": False,
        "totals": totals._asdict(),
        "housekeeping": housekeeping,
        "raised": costs.raised(recording),
        "time": costs.time_split(tree, totals, housekeeping["ms"]),
        "phases": [[name, milliseconds(tree.axis(start))] for name, start in tree.begins if name],
        "rows": cascade.rows,
        "worst": worst,
        "details": details(tree, cascade, connections, texts, Space(_DETAILS)),
        "receivers": receivers,
        "signals": signals,
        "queries": queries,
        "silent": silent,
        "left_out": {
            "receivers": more_receivers,
            "signals": more_signals,
            "queries": more_queries,
            "silent": more_silent,
        },
        "lines": texts.lines,
        "statements": texts.statements,
        **_beside(recording),
        **_unheard(recording),
        "faults": [shorten(fault, _MAX_FAULT) for fault in recording.faults],
    }


def _beside(recording: Recording) -> Report:
    """What happened and is no dispatch: bulk operations, sends that went past the recorder."""
    return {
        "bulk": [
            [clean(operation), clean(model)] for operation, model in recording.bulk_operations
        ],
        "unrecorded": [
            [clean(signal), clean(reason), number]
            for (signal, reason), number in recording.unrecorded.items()
        ],
    }


def _unheard(recording: Recording) -> Report:
    space = Space(_UNHEARD)
    rows: list[list[Any]] = []
    kinds = count = 0
    for (signal, sender), number in sorted(recording.unheard.items(), key=lambda item: -item[1]):
        row = [clean(signal), sender and clean(sender), number]
        if len(rows) < _MAX_UNHEARD_ROWS and space.take(row):
            rows.append(row)
        else:
            kinds += 1
            count += number
    return {"unheard": rows, "unheard_more": {"kinds": kinds, "count": count}}


def _silent(found: list[Report], texts: Texts) -> tuple[list[Report], int]:
    space = Space(_SILENT)
    rows: list[Report] = []
    for silent in found:
        line = silent["defined_at"]
        row = {**silent, "defined_at": line and texts.line(SourceLine(*line))}
        if not space.take(row):
            break
        rows.append(row)
    return rows, len(found) - len(rows)


def brief(recording: Recording) -> Report:
    """The figures at a glance of a recording that goes on; the rest is built once, at its end."""
    return {
        **empty(recording),
        "is_brief": True,
        "totals": recording.totals._asdict(),
        "housekeeping": costs.housekeeping(recording),
        "raised": costs.raised(recording),
    }


def empty(recording: Recording) -> Report:
    """The report when none can be built: what went wrong."""
    return {
        "is_brief": False,
        "totals": Totals(0, 0, 0, 0, 0, 0.0, 0.0, 0.0)._asdict(),
        "housekeeping": {"dispatches": 0, "calls": 0, "queries": 0, "ms": 0},
        "raised": 0,
        "time": {"outside_sql": 0.0, "sql": 0.0, "rest": 0.0},
        "phases": [],
        "rows": [],
        "worst": [],
        "details": {},
        "receivers": [],
        "signals": [],
        "queries": [],
        "silent": [],
        "left_out": {"receivers": 0, "signals": 0, "queries": 0, "silent": 0},
        "lines": [],
        "statements": [],
        "bulk": [],
        "unrecorded": [],
        "unheard": [],
        "unheard_more": {"kinds": 0, "count": 0},
        "faults": [shorten(fault, _MAX_FAULT) for fault in recording.faults],
    }
