"""What the map is made of: nodes in layers, and edges that lead from one layer to the next."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field


@dataclass(eq=False)
class Node:
    """A line, signal, receiver, effect or piece of deferred work; or several, folded into one.

    Times are in milliseconds, sums over its rows.
    """

    kind: str
    """The kind of its rows, or ``silent``; ``more`` where they are of several."""
    layer: int
    name: str
    detail: str = ""
    """A signal's sender, or the place of a line."""
    full: str = ""
    """The whole name, where ``name`` is short."""
    effect: str = ""
    ms: float = 0.0
    self_ms: float = 0.0
    longest_ms: float = 0.0
    count: int = 0
    rows: list[int] = field(default_factory=list)
    """The numbers of the report's rows that it shows."""
    errors: int = 0
    error: str | None = None
    folded: int = 0
    """How many nodes it stands for; 0 if it is one."""
    reasons: list[str] = field(default_factory=list)
    """Why a receiver wasn't called."""


@dataclass(eq=False)
class Edge:
    """One thing that led to another: how often, and how long that took."""

    source: Node
    target: Node
    ms: float = 0.0
    count: int = 0


class Graph:
    """Nodes and edges in the order of the report's rows. Each edge leads one layer to the right."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.edges: dict[tuple[Node, Node], Edge] = {}
        self._known: dict[Hashable, Node] = {}

    def node(
        self, key: Hashable, kind: str, layer: int, name: str, *, detail: str = "", full: str = ""
    ) -> Node:
        """The node of a key, which is made if it isn't there."""
        node = self._known.get((layer, key))
        if node is None:
            node = self._known[layer, key] = Node(kind, layer, name, detail, full)
            self.nodes.append(node)
        return node

    def connect(self, source: Node, target: Node, ms: float, count: int) -> None:
        """Let an edge be there, and add to it."""
        edge = self.edges.get((source, target))
        if edge is None:
            edge = self.edges[source, target] = Edge(source, target)
        edge.ms += ms
        edge.count += count

    def parents(self) -> dict[Node, list[Node]]:
        """By node, those on the left of it that lead to it."""
        found: dict[Node, list[Node]] = {node: [] for node in self.nodes}
        for source, target in self.edges:
            found[target].append(source)
        return found

    def children(self) -> dict[Node, list[Node]]:
        """By node, those on the right of it that it leads to."""
        found: dict[Node, list[Node]] = {node: [] for node in self.nodes}
        for source, target in self.edges:
            found[source].append(target)
        return found

    def replace(self, olds: list[Node], new: Node, *, is_last: bool = False) -> None:
        """Put one node in the place of several, or behind all others, with all their edges.

        Their times, counts and rows are added to it; edges inside of them are gone.
        """
        gone = set(olds)
        for old in olds:
            _add(new, old)
        place = next(at for at, node in enumerate(self.nodes) if node in gone)
        self.nodes.insert(len(self.nodes) if is_last else place, new)
        self.nodes = [node for node in self.nodes if node not in gone]
        edges, self.edges = self.edges, {}
        for edge in edges.values():
            source = new if edge.source in gone else edge.source
            target = new if edge.target in gone else edge.target
            if source is not target:
                self.connect(source, target, edge.ms, edge.count)

    def layers(self) -> Iterator[list[Node]]:
        """The nodes of each layer, from the left."""
        for layer in range(1 + max((node.layer for node in self.nodes), default=-1)):
            yield [node for node in self.nodes if node.layer == layer]


def _add(new: Node, old: Node) -> None:
    new.folded += old.folded or 1
    new.ms += old.ms
    new.self_ms += old.self_ms
    new.longest_ms = max(new.longest_ms, old.longest_ms)
    new.count += old.count
    new.rows += old.rows
    new.errors += old.errors
    new.error = new.error or old.error
    new.reasons += old.reasons
