"""What the time of one row went to: Python, effects by kind, the signals that it sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from signals_panel.analysis.time import within
from signals_panel.recording import (
    CallKey,
    DeferredKey,
    DeferredNode,
    DispatchKey,
    DispatchNode,
    EffectKey,
    EffectNode,
    Group,
    elapsed,
)

# More signals than these are one part.
_MAX_SIGNALS = 3


@dataclass(frozen=True)
class RowTime:
    """What the time of a row went to, in nanoseconds; the parts are the whole."""

    python: float
    """The rest: Python of its own, and Django's around it."""
    effects: dict[str, float]
    """Its effects by kind. What is inside an effect is part of it."""
    signals: dict[str, float]
    """The signals that it sent, with all that their receivers did; one name is empty where they
    are put together. Of a dispatch there are none: its effects are those of all receivers below."""
    deferred: float
    """What others had put off, and what a commit of its own ran."""
    is_scaled: bool
    """Receivers overlapped, and the parts are in proportion to what each took."""


@dataclass
class _Sums:
    effects: dict[str, float] = field(default_factory=dict)
    signals: dict[str, float] = field(default_factory=dict)
    is_whole: bool = True
    """Every dispatch that isn't gone into is among the signals."""

    def add(self, group: Group, *, into_dispatches: bool) -> None:
        """Add what is in a group."""
        waiting = [group]
        while waiting:
            each = waiting.pop()
            rest = each.in_rest()
            # It isn't known what of the rest was in what.
            for child in (*rest, *each.children.values()):
                kind = type(child.key)
                if kind is EffectKey:
                    name = child.key.kind
                    self.effects[name] = self.effects.get(name, 0) + child.ns
                elif kind is DispatchKey and not into_dispatches:
                    self.is_whole = self.is_whole and not any(child is other for other in rest)
                    name = str(child.key.signal)
                    self.signals[name] = self.signals.get(name, 0) + child.ns
                elif kind is not DeferredKey and (child.children or child.rest):
                    # Deferred work ran elsewhere.
                    waiting.append(child)


def row_time(group: Group) -> RowTime:
    """What the time of a dispatch, a call, an operation or deferred work went to."""
    is_dispatch = type(group.key) is DispatchKey
    sums = _Sums()
    sums.add(group, into_dispatches=is_dispatch)
    deferred = _deferred_ns(group.members or (), into_dispatches=is_dispatch)
    signals = {} if is_dispatch else _signals(group, sums, deferred)
    parts = {**sums.effects, "": deferred}
    room: float = group.ns - sum(signals.values())
    receivers_ns = sum(call.ns for call in group.of(CallKey)) if is_dispatch else 0
    if receivers_ns > group.ns:
        parts = {name: ns * group.ns / receivers_ns for name, ns in parts.items()}
    shown = within(parts, room)
    is_scaled = shown is not parts or receivers_ns > group.ns
    deferred_ns = shown.pop("")
    effects = {kind: ns for kind, ns in shown.items() if ns}
    python = max(0.0, room - deferred_ns - sum(effects.values()))
    return RowTime(python, effects, signals, deferred_ns, is_scaled)


def _signals(group: Group, sums: _Sums, deferred: float) -> dict[str, float]:
    signals = {name: ns for name, ns in sums.signals.items() if ns}
    if not signals:
        return {}
    # Dispatches may overlap, and in a rest nested ones count twice; this is exact all the same.
    most: float = group.ns if type(group.key) is DeferredKey else group.ns - group.self_ns
    most = max(0.0, most - deferred)
    total = sum(signals.values())
    if len(signals) == 1 and sums.is_whole:
        return within(signals, most)
    if total > most or len(signals) > _MAX_SIGNALS or not sums.is_whole:
        return {"": min(total, most)}
    return signals


def _deferred_ns(members: Iterable[Any], *, into_dispatches: bool) -> float:
    """What ran in them, and is shown where it was put off."""
    total = 0.0
    waiting = [list(member.children or ()) for member in members]
    while waiting:
        for child in waiting.pop():
            kind = type(child)
            if kind is DeferredNode:
                total += elapsed(child)
            elif kind is not EffectNode and (into_dispatches or kind is not DispatchNode):
                waiting.append(child.children or [])
    return total
