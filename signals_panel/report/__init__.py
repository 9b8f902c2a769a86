"""An analysis as plain JSON types, within the limits of a store. Pure functions."""

from signals_panel.report.build import brief, build, empty, with_groups
from signals_panel.report.not_called import NotCalledRow, not_called
from signals_panel.report.schema import Report, Row

__all__ = [
    "NotCalledRow",
    "Report",
    "Row",
    "brief",
    "build",
    "empty",
    "not_called",
    "with_groups",
]
