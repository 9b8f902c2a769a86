"""The stored report as HTML's contexts. Pure, but for the source that is read from its file."""

from signals_panel.rendering.details import details_context
from signals_panel.rendering.page import context

__all__ = ["context", "details_context"]
