"""What is captured, and where it belongs. Knows no Django signal, no toolbar, no template."""

from signals_panel.recording.adding import live
from signals_panel.recording.current import current
from signals_panel.recording.lifecycle import begin, end, record_signals, register
from signals_panel.recording.nodes import Dispatch, Node, Query, ReceiverCall
from signals_panel.recording.recording import Recording, Totals

__all__ = [
    "Dispatch",
    "Node",
    "Query",
    "ReceiverCall",
    "Recording",
    "Totals",
    "begin",
    "current",
    "end",
    "live",
    "record_signals",
    "register",
]
