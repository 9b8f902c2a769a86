"""What a recording adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from signals_panel.recording import (
    Root,
    sums,
)
from signals_panel.results.effects import SQL
from signals_panel.results.views import NS_PER_MS


class Totals(NamedTuple):
    """What a recording adds up to. Times are in milliseconds."""

    dispatches: int
    """Dispatches that a receiver heard, nested ones included."""
    calls: int
    """Receiver calls."""
    unheard: int
    """Dispatches that no receiver heard."""
    queries: int
    """Queries issued by receivers."""
    all_queries: int
    """All queries, inside and outside of receivers."""
    receiver_ms: float
    """Time during which at least one receiver was running."""
    duration_ms: float
    """The program's time from the recording's start to its end, or to now."""
    toolbar_ms: float = 0.0
    """Time that Django Debug Toolbar's own panels took meanwhile; in none of the others."""
    effects: Mapping[str, int] = MappingProxyType({})
    """What receivers caused: how many effects of each kind, such as ``{"sql": 2, "cache": 1}``."""
    all_effects: Mapping[str, int] = MappingProxyType({})
    """The same, inside and outside of receivers."""


def totals_of(root: Root) -> Totals:
    """The totals of a recording's root."""
    inside = sums.in_receivers(root)
    everywhere = dict(inside.effects)
    for kind, number in sums.outside_receivers(root).items():
        everywhere[kind] = everywhere.get(kind, 0) + number
    return Totals(
        dispatches=inside.dispatches,
        calls=inside.calls,
        unheard=sum(sums.unheard(root).values()),
        queries=inside.effects.get(SQL, 0),
        all_queries=everywhere.get(SQL, 0),
        receiver_ms=sums.receiver_ns(root) / NS_PER_MS,
        duration_ms=sums.duration_ns(root) / NS_PER_MS,
        toolbar_ms=sums.toolbar_ns(root) / NS_PER_MS,
        effects=inside.effects,
        all_effects=everywhere,
    )
