"""What the time of a recording went to: outside of receivers, their Python, their effects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from signals_panel.analysis.glance import Glance
from signals_panel.analysis.housekeeping import is_housekeeping
from signals_panel.analysis.tree import Tree
from signals_panel.recording import (
    CallKey,
    DeferredKey,
    EffectKey,
    EffectNode,
    Group,
    call_around,
    elapsed,
    flat,
)


@dataclass(frozen=True)
class TimeSplit:
    """What the time of a recording went to, in milliseconds; the parts are the whole."""

    outside: float
    """Outside of receivers."""
    python: float
    """In receivers, but for their effects."""
    effects: dict[str, float]
    """In the effects of receivers, by kind. What is inside an effect is part of it."""


def split(tree: Tree, at_a_glance: Glance) -> TimeSplit:
    """What the time of a recording went to, Django's housekeeping outside of receivers."""
    totals = at_a_glance.totals
    in_receivers = max(0.0, totals.receiver_ms - at_a_glance.housekeeping["ms"])
    effects = {kind: ns / 1e6 for kind, ns in _effects_ns(tree).items() if ns}
    # Where receivers overlap, their effects can add up to more than the time they took.
    effects = within(effects, in_receivers)
    in_effects = sum(effects.values())
    return TimeSplit(
        outside=max(0.0, totals.duration_ms - in_receivers),
        python=max(0.0, in_receivers - in_effects),
        effects={kind: ms for kind, ms in effects.items() if ms},
    )


def within(parts: dict[str, float], whole: float) -> dict[str, float]:
    """Parts, scaled down where they add up to more than the whole."""
    total = sum(parts.values())
    return parts if total <= whole else {name: part * whole / total for name, part in parts.items()}


# Where a walk through the tree stands: in no receiver, in one, in an effect of one.
_OUTSIDE, _IN_RECEIVER, _IN_EFFECT = range(3)


def _effects_ns(tree: Tree) -> dict[str, int]:
    """Nanoseconds of the outermost effects in receivers, by kind."""
    sums: dict[str, int] = {}

    def add(kind: str, ns: int) -> None:
        sums[kind] = sums.get(kind, 0) + ns

    # A stack instead of recursion: a cascade can be deeper than Python's.
    waiting: list[tuple[Group, int]] = [(phase.group, _OUTSIDE) for phase in tree.phases]
    while waiting:
        group, place = waiting.pop()
        if place != _IN_EFFECT:
            # It isn't known what of this was in what.
            for rest in group.in_rest():
                if type(rest.key) is EffectKey:
                    add(rest.key.kind, rest.ns)
        for child in group.children.values():
            kind, inside = type(child.key), place
            if kind is DeferredKey:
                # It ran elsewhere.
                inside = _OUTSIDE
                for name, ns in _run_in_receivers(child.members or ()):
                    add(name, ns)
            elif kind is CallKey and place != _IN_EFFECT:
                inside = _OUTSIDE if is_housekeeping(group, child) else _IN_RECEIVER
            elif kind is EffectKey and place == _IN_RECEIVER:
                add(child.key.kind, child.ns)
                inside = _IN_EFFECT
            waiting.append((child, inside))
    return sums


def _run_in_receivers(deferred: Iterable[Any]) -> Iterable[tuple[str, int]]:
    """The effects of deferred work that the commit of a receiver has run: it is in its time."""
    for node in deferred:
        if node.start and call_around(node.around) is not None:
            for child in flat(node.children):
                if type(child) is EffectNode:
                    yield child.kind, elapsed(child)
