"""What users read of a recording: made of its nodes when asked for, and read-only."""

from signals_panel.results.cascade import Deferred, Dispatch, Operation, ReceiverCall
from signals_panel.results.effects import SQL, Effect, Query
from signals_panel.results.recording import Folded, Recording
from signals_panel.results.totals import Totals, totals_of
from signals_panel.results.views import node_of

__all__ = [
    "SQL",
    "Deferred",
    "Dispatch",
    "Effect",
    "Folded",
    "Operation",
    "Query",
    "ReceiverCall",
    "Recording",
    "Totals",
    "node_of",
    "totals_of",
]
