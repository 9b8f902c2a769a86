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
from signals_panel.analysis.lines import LineTime, add_effects, lines_of
from signals_panel.analysis.row_time import RowTime, row_time
from signals_panel.analysis.silent import Silent
from signals_panel.analysis.time import TimeSplit
from signals_panel.analysis.tree import Phase, Tree, TreeCall, milliseconds

__all__ = [
    "Analysis",
    "Extent",
    "Glance",
    "LineTime",
    "Phase",
    "RowTime",
    "Silent",
    "TimeSplit",
    "Tree",
    "TreeCall",
    "add_effects",
    "analyse",
    "extent",
    "glance",
    "has_more_costs",
    "is_all_housekeeping",
    "is_full",
    "is_housekeeping",
    "kept",
    "lines_of",
    "milliseconds",
    "row_time",
    "signals_not_sent_by",
    "silent",
]
