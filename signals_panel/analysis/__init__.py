"""A finished recording as one tree with exact sums, before any limit.

``analyse(root)`` makes an ``Analysis`` once; all that is shown is made of that.
"""

from signals_panel.analysis import silent
from signals_panel.analysis.analysis import Analysis, analyse
from signals_panel.analysis.bypassed import signals_not_sent_by
from signals_panel.analysis.glance import (
    Extent,
    Glance,
    extent,
    glance,
    has_more_costs,
    is_full,
    kept,
)
from signals_panel.analysis.housekeeping import is_all_housekeeping, is_housekeeping
from signals_panel.analysis.silent import Silent
from signals_panel.analysis.time import TimeSplit
from signals_panel.analysis.tree import Phase, Tree, TreeCall, milliseconds

__all__ = [
    "Analysis",
    "Extent",
    "Glance",
    "Phase",
    "Silent",
    "TimeSplit",
    "Tree",
    "TreeCall",
    "analyse",
    "extent",
    "glance",
    "has_more_costs",
    "is_all_housekeeping",
    "is_full",
    "is_housekeeping",
    "kept",
    "milliseconds",
    "signals_not_sent_by",
    "silent",
]
