"""What the map's nodes say: a few short lines, and all of it for who points at them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from signals_panel.rendering.map.nodes import Edge, Graph, Node
from signals_panel.wording import box_text
from signals_panel.wording.map import folded_text, not_called_text, short_time_text

_MAX_LETTERS = 25

# ``shop/`` of a path, ``shop.`` of a dotted name; not what stands before ``.py``.
_FIRST_PART = re.compile(r"[^/]*/|[^./]*\.(?!py:)")


class Texts:
    """What the nodes say, short and in full."""

    def __init__(self, graph: Graph, whole_ms: float) -> None:
        self._whole_ms = whole_ms
        alike: dict[Any, int] = {}
        parents = graph.parents()
        self._keys = {
            node: (node.kind, node.effect, frozenset(parents[node])) for node in graph.nodes
        }
        for key in self._keys.values():
            alike[key] = alike.get(key, 0) + 1
        self._alike = alike
        self._coming: dict[Node, list[Edge]] = {node: [] for node in graph.nodes}
        for edge in graph.edges.values():
            self._coming[edge.target].append(edge)

    def name(self, node: Node) -> str:
        """The first line."""
        if not node.folded:
            return node.name
        has_others = self._alike[self._keys[node]] > 1
        return folded_text(node.kind, node.effect, node.folded, node.count, has_others=has_others)

    def details(self, node: Node) -> list[str]:
        """The lines below the name: whose it is, as far as there is room, and its time."""
        if node.kind == "silent":
            return [node.detail]
        # Those of several kinds have no count that says anything, those of effects are in their
        # name, and where the only edge to a node says it, that is enough.
        coming = self._coming[node]
        is_said = node.kind == "more" or (node.folded and node.kind == "effect")
        is_said = is_said or (len(coming) == 1 and coming[0].count == node.count)
        time = short_time_text(node.ms, 1 if is_said else node.count)
        if not node.detail or node.folded:
            return [time]
        return [_last_of(node.detail, _MAX_LETTERS), time]

    def title(self, node: Node) -> str:
        """All of it, for who points at it."""
        if node.kind == "silent":
            return not_called_text(node.reasons)
        name = self.name(node)
        if node.detail and not node.folded:
            name = f"{name}, {node.detail}"
        row = {
            # Where it is in the name it isn't said again.
            "count": 1 if node.folded else node.count,
            "ms": node.ms,
            "longest_ms": node.longest_ms,
            "errors": node.errors,
            "error": node.error,
        }
        if node.kind == "call" and not node.folded:
            row["self_ms"] = node.self_ms
        return box_text(name, row, node.ms, self._whole_ms)

    def letters(self, node: Node) -> int:
        """How wide its texts are, up to what is given to any."""
        widest = max(map(letters_of, [self.name(node), *self.details(node)]))
        return min(widest, _MAX_LETTERS)


def letters_of(text: str) -> int:
    """How wide a text is, in letters; those of East Asian scripts are as wide as two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def cut(text: str, letters: int) -> str:
    """As much of a text as has room, in letters."""
    # A statement may be very long, and all that is looked at is what might have room.
    if len(text) <= letters and letters_of(text) <= letters:
        return text
    kept = text[:letters]
    while kept and letters_of(kept) >= letters:
        kept = kept[:-1]
    return f"{kept}…"


def _last_of(text: str, letters: int) -> str:
    """Of a path or a dotted name as many of the last parts as have room."""
    while letters_of(text) > letters and (found := _FIRST_PART.match(text)):
        text = text[found.end() :]
    return cut(text, letters)
