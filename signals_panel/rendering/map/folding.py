"""Keeps the map readable: what is least of it is put together, and stays in its sums."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from signals_panel.rendering.map.nodes import Graph, Node

MAX_NODES = 60
# Effects of one kind in one receiver; more than so many different ones are one node.
_MAX_EFFECTS = 3
# What is cut off on the right begins behind the first effects at the earliest.
_LEAST_LAYERS = 4

Siblings = dict[Hashable, list[Node]]


def fold(graph: Graph, most: int = MAX_NODES) -> None:
    """Put alike effects of receivers together; then siblings, the cheapest first.

    Where that isn't enough, because one thing leads to another again and again, what is farthest on
    the right is put together. Errors are the last to be folded.
    """
    for nodes in _siblings(graph).values():
        if nodes[0].kind == "effect" and len(nodes) > _MAX_EFFECTS:
            _replace(graph, nodes)
    while len(graph.nodes) > most:
        if not _fold_some(graph, len(graph.nodes) - most):
            break
    if len(graph.nodes) > most:
        _cut(graph, most)


def _siblings(graph: Graph) -> Siblings:
    """Nodes of one kind that the same nodes lead to; those that lead nowhere by themselves."""
    parents = graph.parents()
    children = graph.children()
    found: Siblings = {}
    for node in graph.nodes:
        # An effect may have led to something: it isn't hidden among those that have not.
        leads_on = node.kind == "effect" and bool(children[node])
        key = (node.layer, node.kind, node.effect, leads_on, frozenset(parents[node]))
        found.setdefault(key, []).append(node)
    return found


def _fold_some(graph: Graph, number: int) -> bool:
    """Fold as many nodes away as are asked for, or as can be; False where none can."""
    siblings = [nodes for nodes in _siblings(graph).values() if len(nodes) > 1]
    # Each but the costliest of its siblings can be folded; the first of them takes another along.
    choices = sorted(_choices(siblings), key=lambda choice: choice[0])
    if not choices:
        return False
    chosen: dict[int, list[Node]] = {}
    left = number
    for _, place, nodes in choices:
        if left <= 0:
            break
        chosen.setdefault(place, []).extend(nodes)
        left -= 1
    for nodes in chosen.values():
        _replace(graph, nodes, is_last=True)
    return True


def _choices(siblings: list[list[Node]]) -> Iterator[tuple[tuple[bool, float], int, list[Node]]]:
    for place, nodes in enumerate(siblings):
        ordered = sorted(nodes, key=lambda node: (not node.folded, _cost(node)))
        for at, node in enumerate(ordered[1:], 1):
            # Of several that are folded, since their parents became one, nothing more is hidden;
            # and the first two have to be the first, or one would be folded with nothing.
            cost = (False, 0.0) if node.folded else _cost(node)
            yield cost, place, ordered[:2] if at == 1 else [node]


def _cost(node: Node) -> tuple[bool, float]:
    return bool(node.errors), node.ms


def _replace(graph: Graph, nodes: list[Node], *, is_last: bool = False) -> None:
    first = nodes[0]
    more = Node(first.kind, first.layer, "", first.detail if first.kind == "silent" else "")
    more.effect = first.effect
    graph.replace(nodes, more, is_last=is_last)


def _cut(graph: Graph, most: int) -> None:
    """Put all together that is on the right of the last layer for which there is room."""
    total = 0
    last = 0
    for number, layer in enumerate(graph.layers()):
        total += len(layer)
        # Behind each of the last layer there may be one for all that is cut off.
        if total + len(layer) > most:
            break
        last = number
    last = max(last, _LEAST_LAYERS - 1)
    children = graph.children()
    taken: set[Node] = set()
    for node in [node for node in graph.nodes if node.layer == last]:
        below = _below(node, children, taken)
        # One by itself takes no more room than what would stand for it.
        if len(below) > 1:
            ms = sum(edge.ms for (source, _), edge in graph.edges.items() if source is node)
            more = Node("more", last + 1, "")
            graph.replace(below, more)
            # One is inside the other there, so the times of all would count it again.
            more.ms = ms


def _below(node: Node, children: dict[Node, list[Node]], taken: set[Node]) -> list[Node]:
    found: list[Node] = []
    waiting = [node]
    while waiting:
        for child in children[waiting.pop()]:
            if child not in taken:
                taken.add(child)
                found.append(child)
                waiting.append(child)
    return found
