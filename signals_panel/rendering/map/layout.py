"""Where the map's nodes stand: in columns by layer, each near to what leads to it and from it.

It knows sizes and neighbours, and nothing of signals. All is in pixels, and the same for the same
graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

# Between two nodes of a layer, and between those that different nodes lead to.
NEAR = 8.0
APART = 18.0
# So often nodes are moved towards their neighbours, there and back.
_SWEEPS = 6


class Size(NamedTuple):
    """A node: its layer, and how large it is."""

    layer: int
    width: float
    height: float


class Laid(NamedTuple):
    """The upper left corners, in the order of the nodes, and how large all of it is."""

    corners: list[tuple[float, float]]
    width: float
    height: float


def lay_out(sizes: Sequence[Size], edges: Sequence[tuple[int, int]], gap: float) -> Laid:
    """Give each node its place, without overlaps.

    ``edges`` are pairs of places in ``sizes``, each from one layer to one on the right of it.
    ``gap`` is the room between two layers.
    """
    left: list[list[int]] = [[] for _ in sizes]
    right: list[list[int]] = [[] for _ in sizes]
    for source, target in edges:
        left[target].append(source)
        right[source].append(target)
    layers = _ordered(sizes, left)
    tops = _stacked(sizes, layers)
    gaps = [_gaps(layer, left) for layer in layers]
    there = list(zip(layers, gaps, strict=True))
    for _ in range(_SWEEPS):
        for neighbours, way in ((left, there), (right, there[::-1])):
            for layer, between in way:
                wanted = [_beside(node, neighbours[node], sizes, tops) for node in layer]
                heights = [sizes[node].height for node in layer]
                for node, top in zip(layer, spread(wanted, heights, between), strict=True):
                    tops[node] = top
    first = min(tops, default=0.0)
    xs, width = _columns(sizes, layers, gap)
    corners = [
        (xs[size.layer], round(top - first, 1)) for size, top in zip(sizes, tops, strict=True)
    ]
    height = max((y + size.height for (_, y), size in zip(corners, sizes, strict=True)), default=0)
    return Laid(corners, width, height)


def spread(wanted: Sequence[float], heights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The tops that are nearest to what is wanted, in this order and without overlaps.

    Least squares: nodes that press on each other are moved as one, to the mean of what they want.
    """
    offsets = [0.0]
    for height, gap in zip(heights, gaps, strict=False):
        offsets.append(offsets[-1] + height + gap)
    blocks: list[tuple[float, int]] = []
    for top, offset in zip(wanted, offsets, strict=False):
        total, number = top - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / number:
            before, count = blocks.pop()
            total, number = total + before, number + count
        blocks.append((total, number))
    starts = [total / number for total, number in blocks for _ in range(number)]
    return [start + offset for start, offset in zip(starts, offsets, strict=False)]


def _ordered(sizes: Sequence[Size], left: list[list[int]]) -> list[list[int]]:
    """Each layer in the order of what leads to it, or as the nodes came."""
    number = 1 + max((size.layer for size in sizes), default=-1)
    layers: list[list[int]] = [[] for _ in range(number)]
    for node, size in enumerate(sizes):
        layers[size.layer].append(node)
    place: dict[int, float] = {}
    for layer in layers:
        layer.sort(key=lambda node: _mean([place[each] for each in left[node]]))
        place.update({node: at for at, node in enumerate(layer)})
    return layers


def _stacked(sizes: Sequence[Size], layers: list[list[int]]) -> list[float]:
    tops = [0.0] * len(sizes)
    for layer in layers:
        top = 0.0
        for node in layer:
            tops[node] = top
            top += sizes[node].height + NEAR
    return tops


def _gaps(layer: list[int], left: list[list[int]]) -> list[float]:
    return [NEAR if left[one] == left[other] else APART for one, other in pairwise(layer)]


def _beside(
    node: int, neighbours: list[int], sizes: Sequence[Size], tops: Sequence[float]
) -> float:
    """The top at which it is level with its neighbours; where it has none, as it is."""
    if not neighbours:
        return tops[node]
    middle = _mean([tops[each] + sizes[each].height / 2 for each in neighbours])
    return middle - sizes[node].height / 2


def _columns(
    sizes: Sequence[Size], layers: list[list[int]], gap: float
) -> tuple[list[float], float]:
    xs: list[float] = []
    x = 0.0
    for layer in layers:
        xs.append(round(x, 1))
        x += max((sizes[node].width for node in layer), default=0.0) + gap
    return xs, max(0.0, round(x - gap, 1))


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0
