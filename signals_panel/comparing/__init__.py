"""What changed between two recordings, or two stored reports. Pure functions."""

from signals_panel.comparing.comparison import compare
from signals_panel.comparing.shapes import (
    BOTH,
    GONE,
    NEW,
    Comparison,
    Costs,
    Figure,
    FindingChange,
    ReceiverChange,
    SignalChange,
    TotalsChange,
)

__all__ = [
    "BOTH",
    "GONE",
    "NEW",
    "Comparison",
    "Costs",
    "Figure",
    "FindingChange",
    "ReceiverChange",
    "SignalChange",
    "TotalsChange",
    "compare",
]
