"""What is drawn of the map's graph: boxes with a few lines of text, and curves between them."""

from __future__ import annotations

from math import ceil
from typing import Any

from signals_panel.rendering.map.layout import Laid, Size, lay_out
from signals_panel.rendering.map.nodes import Edge, Graph, Node
from signals_panel.rendering.map.texts import Texts, cut, letters_of
from signals_panel.wording import times_text
from signals_panel.wording.map import column_title

# In pixels.
_LINE_HEIGHT = 14
_FIRST_LINE = 16
_LEFT = 12
_RIGHT = 8
_LEAST_WIDTH = 84
# As wide as a common font that is wide has them, on the average.
_LETTER = 6.6
# The room that curves take between two columns; the counts stand behind it.
_GAP = 30
_MARGIN = 4
_HEAD = 26
_WIDEST = 8.0
_MOST_APART = 9.0


def drawing(graph: Graph, whole_ms: float) -> dict[str, Any]:
    """The context of the SVG; ``whole_ms`` is the time of the request."""
    texts = Texts(graph, whole_ms)
    places = {node: place for place, node in enumerate(graph.nodes)}
    edges = list(graph.edges.values())
    sizes = [
        Size(node.layer, _width(texts.letters(node)), _height(1 + len(texts.details(node))))
        for node in graph.nodes
    ]
    widths: dict[int, float] = {}
    for size in sizes:
        widths[size.layer] = max(widths.get(size.layer, 0), size.width)
    # As wide as the widest of its column: they read as one.
    sizes = [size._replace(width=widths[size.layer]) for size in sizes]
    labels = [times_text(edge.count).strip() for edge in edges]
    room = ceil(max(map(letters_of, labels), default=0) * _LETTER)
    gap = _GAP + room
    pairs = [(places[edge.source], places[edge.target]) for edge in edges]
    laid = lay_out(sizes, pairs, gap)
    boxes = [
        _box(node, place, size, laid, texts)
        for place, (node, size) in enumerate(zip(graph.nodes, sizes, strict=True))
    ]
    return {
        "width": round(laid.width + 2 * _MARGIN),
        "height": round(laid.height + _HEAD + 2 * _MARGIN),
        "columns": _columns(graph, laid),
        "nodes": boxes,
        "edges": _curves(edges, pairs, boxes, labels, room),
    }


def _width(letters: int) -> float:
    return max(_LEAST_WIDTH, ceil(_LEFT + letters * _LETTER + _RIGHT))


def _height(lines: int) -> float:
    return 10 + lines * _LINE_HEIGHT


def _box(node: Node, place: int, size: Size, laid: Laid, texts: Texts) -> dict[str, Any]:
    x, y = laid.corners[place]
    x, y = round(x + _MARGIN, 1), round(y + _MARGIN + _HEAD, 1)
    letters = int((size.width - _LEFT - _RIGHT) / _LETTER)
    return {
        "kind": node.kind,
        "effect": node.effect,
        "rows": " ".join(map(str, node.rows)),
        "failed": bool(node.errors),
        "name": cut(texts.name(node), letters),
        "details": [
            {"text": cut(text, letters), "y": y + _FIRST_LINE + (number + 1) * _LINE_HEIGHT}
            for number, text in enumerate(texts.details(node))
        ],
        "title": texts.title(node),
        "x": x,
        "y": y,
        "width": size.width,
        "height": size.height,
        "text_x": x + _LEFT,
        "name_y": y + _FIRST_LINE,
    }


def _columns(graph: Graph, laid: Laid) -> list[dict[str, Any]]:
    xs: dict[int, float] = {}
    for node, (x, _) in zip(graph.nodes, laid.corners, strict=True):
        xs[node.layer] = x
    return [
        {
            "x": round(xs[number] + _MARGIN, 1),
            "title": column_title(node.kind for node in layer),
        }
        for number, layer in enumerate(graph.layers())
    ]


def _curves(
    edges: list[Edge],
    pairs: list[tuple[int, int]],
    boxes: list[dict[str, Any]],
    labels: list[str],
    room: int,
) -> list[dict[str, Any]]:
    longest = max((edge.ms for edge in edges), default=0.0)
    leaving = _ports(pairs, boxes, 0)
    coming = _ports(pairs, boxes, 1)
    found = []
    for at, (edge, (source, target)) in enumerate(zip(edges, pairs, strict=True)):
        start, end = boxes[source], boxes[target]
        width = 1 + (_WIDEST - 1) * (edge.ms / longest if longest else 0)
        x, y = start["x"] + start["width"], start["y"] + start["height"] / 2 + leaving[at]
        to_x, to_y = end["x"], end["y"] + end["height"] / 2 + coming[at]
        bent = to_x - room
        middle = (x + bent) / 2
        is_falling = y < to_y - 2
        found.append(
            {
                "source": source,
                "target": target,
                "kind": end["kind"],
                "effect": end["effect"],
                "width": round(width, 2),
                "d": f"M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {to_y:g} {bent:g} {to_y:g}"
                + (f"H{to_x:g}" if room else ""),
                "label": labels[at],
                "label_x": round(to_x - 4, 1),
                # On the side that the curve doesn't come from.
                "label_y": round(to_y + (width / 2 + 10 if is_falling else -width / 2 - 4), 1),
            }
        )
    return found


def _ports(pairs: list[tuple[int, int]], boxes: list[dict[str, Any]], end: int) -> list[float]:
    """How far from the middle of a node's side each edge is, so that they don't cross at it."""
    of_node: dict[int, list[int]] = {}
    for at, pair in enumerate(pairs):
        of_node.setdefault(pair[end], []).append(at)
    found = [0.0] * len(pairs)
    for node, edges in of_node.items():
        edges.sort(key=lambda at: boxes[pairs[at][1 - end]]["y"])
        apart = min(_MOST_APART, (boxes[node]["height"] - 10) / len(edges))
        for place, at in enumerate(edges):
            found[at] = round((place - (len(edges) - 1) / 2) * apart, 2)
    return found
