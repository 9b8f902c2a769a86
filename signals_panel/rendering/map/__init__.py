"""The map of a request: which lines led to which signals, receivers and effects, as SVG.

It is made of the stored report alone: ``graph`` puts the rows into nodes, ``folding`` keeps them to
a readable number, ``layout`` gives them their places, and ``drawing`` says what is drawn there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.rendering.map.drawing import drawing
from signals_panel.rendering.map.folding import fold
from signals_panel.rendering.map.graph import graph
from signals_panel.wording.map import left_out_text

__all__ = ["has_map", "map_context"]


def has_map(stats: Mapping[str, Any]) -> bool:
    """Whether a signal was sent that isn't Django's housekeeping."""
    rows = stats["rows"]
    return any(row["kind"] == "dispatch" and not row.get("housekeeping") for row in rows)


def map_context(stats: Mapping[str, Any]) -> dict[str, Any]:
    """The context of ``signals_panel/fetched/map.html``."""
    found = graph(stats)
    fold(found)
    left_out = [left_out_text(row) for row in stats["rows"] if row["kind"] == "more"]
    return {
        **drawing(found, stats["totals"]["duration_ms"]),
        "left_out": " ".join(filter(None, left_out)),
    }
