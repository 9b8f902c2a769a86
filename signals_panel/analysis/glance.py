"""The figures of a recording at a glance, also of one that goes on.

Read from the nodes: to make the tree of them takes longer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from signals_panel.analysis.housekeeping import is_of_request
from signals_panel.recording import (
    REQUEST,
    CallKey,
    CallNode,
    DispatchKey,
    DispatchNode,
    EffectKey,
    EffectNode,
    Group,
    OperationNode,
    Root,
    Scope,
    calls_of,
    caused_by,
    elapsed,
    overflows,
    scopes_at,
    sums,
    with_blocks,
)
from signals_panel.results import Totals, totals_of
from signals_panel.wiring import is_djangos

# Django sends this one under test only, and here because the toolbar's panel of templates makes
# it. By its name: importing it would import all of django.test.
_TEMPLATE_RENDERED = "django.test.signals.template_rendered"


class Glance(NamedTuple):
    """The figures of a recording."""

    totals: Totals
    housekeeping: dict[str, Any]
    """``dispatches``, ``calls``, ``effects`` by kind and ``ms`` of Django's own receivers.

    Those of ``request_started`` and ``request_finished``: every request has them.
    """
    raised: int
    """How many exceptions receivers raised; one that passed through several counts once."""
    faults: list[str]
    """What went wrong in the recorder itself."""


def glance(root: Root) -> Glance:
    """The figures of a recording, up to now."""
    totals = totals_of(root)
    return Glance(
        totals._replace(unheard=sum(unheard(root).values())),
        _housekeeping(root),
        _raised(root),
        [fault for each in with_blocks(root) for fault in each.faults],
    )


def unheard(root: Root) -> dict[tuple[str, str | None], int]:
    """How often each signal was sent by each sender with no receiver to hear it."""
    counts = sums.unheard(root)
    if root.kind == REQUEST:
        return {key: number for key, number in counts.items() if key[0] != _TEMPLATE_RENDERED}
    return counts


def _housekeeping(root: Root) -> dict[str, Any]:
    dispatches = calls = ns = 0
    effects: dict[str, int] = {}

    def add(kind: str, number: int) -> None:
        effects[kind] = effects.get(kind, 0) + number

    for dispatch in caused_by(root):
        if type(dispatch) is DispatchNode and is_of_request(dispatch.signal):
            all_calls = calls_of(dispatch)
            own = [call for call in all_calls if is_djangos(call.receiver)]
            dispatches += bool(own) and len(own) == len(all_calls)
            calls += len(own)
            for call in own:
                ns += elapsed(call)
                for effect in caused_by(call):
                    if isinstance(effect, EffectNode):
                        add(effect.kind, 1)
    for overflow in overflows(root):
        for group in overflow.of(DispatchKey):
            if is_of_request(group.key.signal):
                folded = list(group.of(CallKey))
                djangos = [call for call in folded if is_djangos(call.key.receiver)]
                if djangos and len(djangos) == len(folded):
                    dispatches += group.count
                for inner in djangos:
                    calls += inner.count
                    ns += inner.ns
                    for child in inner.under(EffectKey):
                        add(child.key.kind, child.count)
    return {"dispatches": dispatches, "calls": calls, "effects": effects, "ms": ns / 1e6}


def _raised(root: Root) -> int:
    count = sum(map(_raised_in, overflows(root)))
    waiting: list[Any] = [root]
    while waiting:
        for child in waiting.pop().children or ():
            if type(child) is CallNode:
                count += child.failure is not None and not child.failure.is_nested
            if not isinstance(child, (Scope, DispatchNode)):
                count += sum(map(_raised_in, overflows(child)))
            waiting.append(child)
    return count


def _raised_in(overflow: Group) -> int:
    count = 0
    waiting = [overflow]
    while waiting:
        group = waiting.pop()
        if type(group.key) is CallKey and (group.failure is None or not group.failure.is_nested):
            count += group.errors
        waiting.extend(list(group.children.values()))
        waiting.extend(group.in_rest())
    return count


# Since an earlier glance ----------------------------------------------------------------

Extent = tuple[dict[Scope, int], int]


def kept(root: Root) -> int:
    """How many nodes are kept one by one, and around it, for a block."""
    return 2 * root.budget.size - root.budget.left - root.budget.outside_left


def is_full(root: Root) -> bool:
    """Whether no more can be kept one by one."""
    return root.budget.left <= 0


def extent(root: Root) -> Extent:
    """How far a recording has come, for ``has_more_costs``."""
    return {scope: len(scope.children) for scope in scopes_at(root)}, kept(root)


def has_more_costs(root: Root, since: Extent) -> bool:
    """Whether anything but housekeeping may have been added since it had this extent."""
    lengths, kept_then = since
    late = [
        child
        for scope in scopes_at(root)
        for child in scope.children[lengths.get(scope, 0) :]
        if type(child) is OperationNode or not isinstance(child, Scope)
    ]
    # More than these: something nested. None at all may be left to be kept.
    return (
        kept(root) != kept_then + len(late)
        or is_full(root)
        or not all(
            type(child) is DispatchNode
            and is_of_request(child.signal)
            and all(is_djangos(call.receiver) for call in calls_of(child))
            for child in late
        )
    )
