"""Putting nodes and groups together: a recorded tree, added to a group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from signals_panel.recording.groups import (
    CallKey,
    DeferredKey,
    DispatchKey,
    EffectKey,
    Group,
    InRest,
    LineKey,
    OperationKey,
)
from signals_panel.recording.measuring import elapsed, is_concurrent, self_ns
from signals_panel.recording.nodes import (
    CallNode,
    Child,
    DeferredNode,
    DispatchNode,
    EffectNode,
    Node,
    OperationNode,
)
from signals_panel.recording.walking import OWN_GROUPS, calls_of, deferred_in, flat, overflows

# A group, the nodes to be added to it, and the groups to be added to it.
_Waiting = tuple[Group, Iterable[Child], Iterable[Group]]


def add_to(
    target: Group,
    children: Iterable[Child] | None,
    groups: Iterable[Group] = (),
    *,
    deferred: Iterable[DeferredNode] | None = None,
    keeps_members: bool = False,
) -> None:
    """Add recorded children, and what a limit has folded already, to a group.

    Deferred work is added where it was put off, and not where it ran.

    With ``keeps_members`` each group knows the nodes that it is made of, and what is around it.
    """
    # Its own stack: a cascade can be deeper than Python's.
    waiting: list[_Waiting] = [(target, flat(children, closed=OWN_GROUPS), groups)]
    waiting.extend(_deferred(target, deferred, keeps_members))
    while waiting:
        group, nodes, folded = waiting.pop()
        for node in nodes:
            if type(node) is DispatchNode:
                waiting.extend(_add_dispatch(group, node, keeps_members))
                continue
            if type(node) is OperationNode:
                around = group
                key = OperationKey(node.name, node.model, node.note, node.site)
                mine = group.child(key)
                mine.count += 1
                add_operation_to(mine, node)
            elif type(node) is EffectNode:
                # Under a block in a receiver it is the receiver's.
                is_at_top = node.site is not None and group.key is None
                around = _line(group, node, keeps_members) if is_at_top else group
                mine = add_effect_to(around, node)
            else:
                continue
            if keeps_members:
                _keep(mine, node, around)
            if node.children or node.overflow is not None:
                waiting.append((mine, *_inside(node)))
                waiting.extend(_deferred(mine, deferred_in(node), keeps_members))
        for other in folded:
            if other.rest is not None:
                _add_rest(group, other)
            for child in list(other.children.values()):
                mine = group.child(child.key)
                mine.add_group(child)
                if keeps_members:
                    mine.parent = group
                if child.children or child.rest is not None:
                    waiting.append((mine, (), [child]))


def _inside(node: Node) -> tuple[Iterator[Child], Iterator[Group]]:
    """What is in a node, operations as themselves, and what is folded in it."""
    children: Any = node.children
    return flat(children, closed=OWN_GROUPS), overflows(node, closed=OWN_GROUPS)


def _deferred(
    group: Group, deferred: Iterable[DeferredNode] | None, keeps_members: bool
) -> Iterator[_Waiting]:
    """What was put off in the nodes of a group."""
    for node in deferred or ():
        mine = group.child(DeferredKey(node.words, node.alias, node.fate, node.reason))
        mine.count += 1
        if node.start:
            ns = elapsed(node)
            mine.add(ns)
        if node.error is not None:
            mine.add_error(node.error)
        if keeps_members:
            _keep(mine, node, group)
        yield mine, *_inside(node)
        yield from _deferred(mine, deferred_in(node), keeps_members)


def _line(top: Group, effect: EffectNode, keeps_members: bool) -> Group:
    """The group of all that one line caused, outside of receivers and operations."""
    site: Any = effect.site
    mine = top.child(LineKey(site.line, tuple(site.via_lines)))
    mine.count += 1
    mine.add(elapsed(effect))
    if keeps_members:
        _keep(mine, effect, top)
    return mine


def _keep(group: Group, node: Any, parent: Group) -> None:
    if group.members is None:
        group.members = []
    group.members.append(node)
    group.parent = parent


def _add_dispatch(group: Group, dispatch: DispatchNode, keeps_members: bool) -> Iterator[_Waiting]:
    mine = group.child(
        DispatchKey(dispatch.signal, dispatch.sender, dispatch.method, dispatch.site)
    )
    ns = elapsed(dispatch)
    mine.count += 1
    mine.add(ns)
    calls = calls_of(dispatch)
    if len(calls) > 1 and not mine.is_concurrent:
        mine.is_concurrent = is_concurrent(dispatch)
    if keeps_members:
        _keep(mine, dispatch, group)
    for call in calls:
        inner = mine.child(CallKey(call.receiver, call.is_async))
        inner.count += 1
        add_call_to(inner, call)
        if keeps_members:
            _keep(inner, call, mine)
        if call.children or call.overflow is not None:
            yield inner, *_inside(call)
        if call.deferred or call.children:
            yield from _deferred(inner, deferred_in(call), keeps_members)


def add_call_to(group: Group, call: CallNode) -> None:
    """Add what one call took, up to now if it still runs, and what it raised.

    ``count`` is for the caller to add to, when the call begins.
    """
    start, end = call.start, call.end
    if start and end and not call.children and call.root.budget.toolbar.is_empty:
        # Most of them; as the functions below would have it.
        ns = end - start
        own_ns = max(0, ns - call.folded_ns) if call.folded_ns else ns
    else:
        ns = elapsed(call)
        own_ns = self_ns(call)
    group.self_ns += own_ns
    if end:
        group.finished += 1
    group.ns += ns
    if ns > group.longest_ns:
        group.longest_ns = ns
    if call.error is not None:
        group.add_error(call.error, call.failure)


def add_operation_to(group: Any, operation: OperationNode) -> None:
    """Add what one operation took; ``count`` is for the caller to add to, when it begins."""
    group.add(elapsed(operation))
    own_ns, rows = self_ns(operation), operation.rows or 0
    group.self_ns += own_ns
    group.rows += rows
    if operation.error is not None:
        group.add_error(operation.error)


def add_effect_to(group: Group, effect: EffectNode) -> Group:
    """Add one effect; gives the group that it is in."""
    key = (effect.kind, effect.text, effect.alias, effect.note, effect.result)
    found = group.children.get(key)  # type: ignore[call-overload] # equal to an EffectKey
    mine: Group = group.child(EffectKey(*key)) if found is None else found
    ns = elapsed(effect)
    mine.count += 1
    mine.add(ns)
    if mine.example is None:
        mine.example = effect.data
    if effect.error is not None:
        mine.add_error(effect.error)
    return mine


def _add_rest(group: Group, other: Group) -> None:
    for inner in other.in_rest():
        group.no_room(inner.key).add_group(inner)
    if group.rest is not None and type(group) is not InRest:
        ns = other.rest.top_call_ns if other.rest is not None else 0
        group.rest.top_call_ns += ns
