"""Going through recorded nodes. No walk recurses: a cascade can be deeper than Python's stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from signals_panel.recording.groups import Group
from signals_panel.recording.nodes import (
    CallNode,
    Child,
    DeferredNode,
    DispatchNode,
    EffectNode,
    Node,
    OperationNode,
    Root,
    Scope,
)


def calls_of(dispatch: DispatchNode) -> list[CallNode]:
    """The receivers that ran, in the order they were called."""
    return dispatch.children or []


DEFERRED_APART: frozenset[type] = frozenset({DeferredNode})
"""For those below: not into deferred work, which is another's."""

OWN_GROUPS: frozenset[type] = frozenset({DeferredNode, OperationNode})
"""For those below: not into what is a row by itself."""


def flat(
    children: Iterable[Child] | None, *, closed: frozenset[type] = frozenset()
) -> Iterator[Child]:
    """Children with those of scopes in their place; ``closed`` ones are given as themselves."""
    # Blocks can be nested deeper than Python's stack.
    waiting = [iter(children or ())]
    while waiting:
        for child in waiting[-1]:
            if isinstance(child, Scope) and type(child) not in closed:
                waiting.append(iter(child.children))
                break
            yield child
        else:
            waiting.pop()


def scopes_at(node: Node, *, closed: frozenset[type] = frozenset()) -> Iterator[Scope]:
    """A scope and those directly in it, or those directly in a call or an effect."""
    waiting: list[Any] = [node]
    while waiting:
        nested = waiting.pop()
        if isinstance(nested, Scope):
            yield nested
        waiting.extend(
            child
            for child in reversed(nested.children or ())
            if isinstance(child, Scope) and type(child) not in closed
        )


def scopes_below(node: Node) -> Iterator[Scope]:
    """A scope and those in it, those in effects too, but for those in receivers."""
    waiting: list[Any] = [node]
    while waiting:
        nested = waiting.pop()
        if isinstance(nested, Scope):
            yield nested
        waiting.extend(
            child
            for child in reversed(nested.children or ())
            if isinstance(child, (Scope, EffectNode))
        )


def deferred_in(node: Node) -> Iterator[DeferredNode]:
    """What was put off in a node, or in the blocks directly in it."""
    if type(node) is CallNode:
        yield from node.deferred or ()
    for scope in scopes_at(node, closed=OWN_GROUPS):
        yield from scope.deferred or ()


def overflows(node: Node, *, closed: frozenset[type] = frozenset()) -> Iterator[Group]:
    """What a limit folded under a node, and under the scopes directly in it."""
    if not isinstance(node, (Scope, DispatchNode)) and node.overflow is not None:
        yield node.overflow
    for scope in scopes_at(node, closed=closed):
        if scope.overflow is not None:
            yield scope.overflow


def top_overflows(scope: Scope) -> Iterator[Group]:
    """What a limit folded at the top of a scope, and in effects at its top.

    Such effects are those of a receiver around it; dispatches in them are at the top here.
    """
    for each in scopes_below(scope):
        if each.overflow is not None:
            yield each.overflow
    for child in caused_by(scope):
        if type(child) is EffectNode and child.overflow is not None:
            yield child.overflow


def caused_by(
    node: Scope | CallNode | EffectNode, *, closed: frozenset[type] = frozenset()
) -> Iterator[DispatchNode | EffectNode]:
    """The effects and dispatches in a node, in order; those of an effect follow it."""
    waiting = [flat(node.children, closed=closed)]
    while waiting:
        for child in waiting[-1]:
            if type(child) is EffectNode:
                yield child
                if child.children:
                    waiting.append(flat(child.children, closed=closed))
                    break
            elif type(child) is DispatchNode:
                yield child
        else:
            waiting.pop()


def call_around(node: Node | None) -> CallNode | None:
    """The receiver call that a node is in, or is; deferred work is in none."""
    while node is not None and type(node) is not CallNode:
        if type(node) is DeferredNode:
            return None
        node = node.around
    return node


def holder_of(node: Node) -> CallNode | Scope:
    """What a node is part of: a receiver call, deferred work, an operation; else its recording."""
    place: Any = node
    while place is not None and type(place) not in (CallNode, DeferredNode, OperationNode):
        place = place.around
    return place or node.root


def all_deferred(root: Root) -> Iterator[DeferredNode]:
    """What was put off in a recording, in the order in which that is found."""
    for node in (root, *_nodes(root)):
        if type(node) not in (DispatchNode, EffectNode):
            yield from node.deferred or ()


def walk(scope: Scope) -> Iterator[DispatchNode]:
    """Every dispatch that is kept, depth first, in the order fired."""
    return (node for node in _nodes(scope) if type(node) is DispatchNode)


def operations_in(scope: Scope) -> Iterator[OperationNode]:
    """Every operation that is kept, at any depth, in the order begun."""
    return (node for node in _nodes(scope) if type(node) is OperationNode)


def _nodes(scope: Scope) -> Iterator[Any]:
    """Every node in a scope, depth first."""
    waiting: list[Any] = list(reversed(scope.children))
    while waiting:
        node = waiting.pop()
        yield node
        if node.children:
            waiting.extend(reversed(node.children))


def with_blocks(root: Root) -> Iterator[Root]:
    """The recording itself, and the blocks opened in it."""
    waiting = [root]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(list(each.blocks))
