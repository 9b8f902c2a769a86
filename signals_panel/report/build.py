"""The whole report: what the toolbar's store keeps and the panel renders."""

from __future__ import annotations

from typing import Any

from signals_panel.conf import Config
from signals_panel.describe import clean
from signals_panel.recording import Recording, Totals
from signals_panel.report.cascade import Cascade, fold_phases

Report = dict[str, Any]

_MAX_UNHEARD_ROWS = 200


def build(recording: Recording, config: Config) -> Report:
    """The report of a recording::

        {
            "totals": {"dispatches": 7, ..., "receiver_ms": 4.2, "duration_ms": 31.5},
            "housekeeping": {"dispatches": 2, "calls": 5, "queries": 0, "ms": 0.1},
            "rows": [...],          # the cascade, depth first; see report.cascade
            "lines": [[path, line, function, text], ...],
            "statements": ["INSERT ...", ...],
            "unheard": [[signal, sender, count], ...],
            "unheard_more": {"kinds": 0, "count": 0},
            "faults": ["a query: ValueError: ..."],
        }

    Times are in milliseconds. ``housekeeping`` is the part of ``totals`` that Django's own
    receivers of ``request_started`` and ``request_finished`` make up.
    """
    phases = fold_phases(recording)
    cascade = Cascade(config.max_rows)
    cascade.add_phases(phases)
    totals = recording.totals
    cascade.add_remainder(totals)
    unheard = sorted(recording.unheard.items(), key=lambda item: -item[1])
    shown, more = unheard[:_MAX_UNHEARD_ROWS], unheard[_MAX_UNHEARD_ROWS:]
    return {
        "totals": totals._asdict(),
        "housekeeping": cascade.housekeeping,
        "rows": cascade.rows,
        "lines": cascade.lines,
        "statements": cascade.statements,
        "unheard": [[clean(signal), sender and clean(sender), n] for (signal, sender), n in shown],
        "unheard_more": {"kinds": len(more), "count": sum(n for _, n in more)},
        "faults": recording.faults,
    }


def empty(recording: Recording) -> Report:
    """The report when none can be built: what went wrong."""
    return {
        "totals": Totals(0, 0, 0, 0, 0, 0.0, 0.0)._asdict(),
        "housekeeping": {"dispatches": 0, "calls": 0, "queries": 0, "ms": 0},
        "rows": [],
        "lines": [],
        "statements": [],
        "unheard": [],
        "unheard_more": {"kinds": 0, "count": 0},
        "faults": list(recording.faults),
    }
