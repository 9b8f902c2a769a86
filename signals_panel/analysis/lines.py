"""Which lines of a receiver's own function its time went to."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from signals_panel.recording import (
    OWN_GROUPS,
    CallKey,
    DispatchNode,
    EffectNode,
    Group,
    OperationNode,
    elapsed,
    flat,
    line_in,
)


@dataclass
class LineTime:
    """What one line of a function led to, with all that is nested in it."""

    number: int
    """In the function's file, from 1."""
    count: int = 0
    """How many effects, operations and sends stood directly on it."""
    ns: int = 0
    """At most what the calls took: side by side in threads, what it led to takes longer."""
    effects: dict[str, int] = field(default_factory=dict)
    """How many of each kind there were, as far as they are kept."""


def lines_of(group: Group) -> list[LineTime]:
    """The lines of calls of one receiver, or of deferred work, longest first.

    Of what was kept one by one; and where no thread or task of the receiver's own was between.
    """
    key = group.key
    code: CodeType | None = (key.receiver if type(key) is CallKey else key.words).code
    lines: dict[int, LineTime] = {}
    if code is None:
        return []
    for member in group.members or ():
        spent: dict[int, int] = {}
        for child in flat(member.children, closed=OWN_GROUPS):
            if not isinstance(child, (DispatchNode, EffectNode, OperationNode)):
                continue
            number = line_in(code, child)
            if number is None:
                continue
            line = lines.setdefault(number, LineTime(number))
            line.count += 1
            spent[number] = spent.get(number, 0) + elapsed(child)
            add_effects(line.effects, child)
        whole = elapsed(member)
        for number, ns in spent.items():
            lines[number].ns += min(ns, whole)
    return sorted(lines.values(), key=lambda line: (-line.ns, line.number))


def add_effects(counts: dict[str, int], node: Any) -> None:
    """Count a node, if it is an effect, and the effects in it, as far as they are kept."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if type(each) is EffectNode:
            counts[each.kind] = counts.get(each.kind, 0) + 1
        waiting.extend(flat(each.children))
