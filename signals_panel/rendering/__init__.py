"""The stored report as HTML's contexts. Pure, but for the source that is read from its file."""

from signals_panel.rendering.compared import compared_context
from signals_panel.rendering.connected import connected_context, runs_context
from signals_panel.rendering.details import details_context
from signals_panel.rendering.inspected import head
from signals_panel.rendering.map import map_context
from signals_panel.rendering.not_called import not_called_context
from signals_panel.rendering.page import context
from signals_panel.rendering.timeline import timeline

__all__ = [
    "compared_context",
    "connected_context",
    "context",
    "details_context",
    "head",
    "map_context",
    "not_called_context",
    "runs_context",
    "timeline",
]
