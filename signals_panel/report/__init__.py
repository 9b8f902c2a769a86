"""A finished recording as plain JSON types. Pure functions: ``build(recording)`` → dict."""

from signals_panel.report.build import brief, build, empty
from signals_panel.report.costs import extent, has_more_costs
from signals_panel.report.outline import outline
from signals_panel.report.text import count_text, duration_text, headline, own_costs

__all__ = [
    "brief",
    "build",
    "count_text",
    "duration_text",
    "empty",
    "extent",
    "has_more_costs",
    "headline",
    "outline",
    "own_costs",
]
