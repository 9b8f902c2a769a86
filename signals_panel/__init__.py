"""Every Django signal fired while something runs, and what its receivers cost.

``record_signals`` is the recorder without a toolbar; ``signals_panel.panel.FiredSignalsPanel``
is the panel for Django Debug Toolbar.
"""

import signals_panel.effects
import signals_panel.probes  # noqa: F401 - registers the probes with the recording
from signals_panel.comparing import Comparison, compare
from signals_panel.describe import SourceLine
from signals_panel.recorder import Finding, Recording, record_signals
from signals_panel.recording import remove_hooks
from signals_panel.results import (
    Deferred,
    Dispatch,
    Effect,
    Operation,
    Query,
    ReceiverCall,
    Totals,
)

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Deferred",
    "Dispatch",
    "Effect",
    "Finding",
    "Operation",
    "Query",
    "ReceiverCall",
    "Recording",
    "SourceLine",
    "Totals",
    "__version__",
    "compare",
    "record_signals",
    "remove_hooks",
]
