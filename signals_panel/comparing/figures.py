"""Pairs of figures, made of the rows of two reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.comparing.shapes import Figure, Figures
from signals_panel.effects import kinds

Row = Mapping[str, Any]


def figure(before: Row | None, after: Row | None, name: str) -> Figure:
    """One figure of two rows; 0 where there is no row, or none of that name in it."""
    return Figure((before or {}).get(name, 0), (after or {}).get(name, 0))


def counts(before: Mapping[str, int], after: Mapping[str, int]) -> Figures:
    """Figures by kind, of all kinds that are in either, in the panel's order."""
    known = (kind.name for kind in kinds())
    return {
        kind: Figure(before.get(kind, 0), after.get(kind, 0))
        # One that is known no longer is still in the store.
        for kind in dict.fromkeys((*known, *before, *after))
        if before.get(kind) or after.get(kind)
    }


def less(whole: Figure, part: Figure) -> Figure:
    """What is left of a figure without a part of it."""
    return Figure(whole.before - part.before, whole.after - part.after)
