"""Finished recordings whose report nobody has asked for yet.

Most requests' panels are never opened, and a report costs more than the recording it is made
of. So it is built when it is first read, wherever that can only be in this process: where the
toolbar's store is this process's memory, too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

from signals_panel.analysis import is_full, kept
from signals_panel.recording import CallNode, DispatchNode, EffectNode, Root
from signals_panel.wiring import Connections

# Dispatches and queries, one by one: some hundred kilobytes, like a stored report. A request
# with more of them takes so long that its report doesn't matter.
_MAX_KEPT = 500

# Bytes, of one recording and of all that wait; of the second kind there may be as many as the
# toolbar's RESULTS_CACHE_SIZE.
_MAX_SIZE = 1_000_000
_MAX_SIZE_OF_ALL = 8_000_000

# What a node takes without its texts.
_NODE_SIZE = 400


class Finished(NamedTuple):
    """A recording that has ended, and what was connected by then."""

    root: Root
    connections: Connections
    size: int
    """About how many bytes it takes."""


class Unopened:
    """Recordings of requests that the store knows, by their ids."""

    def __init__(self) -> None:
        self._finished: dict[str, Finished] = {}

    def keep(self, request_id: str, finished: Finished, stored: Iterable[str]) -> bool:
        """Keep it if there is room; of the others those that are still ``stored``."""
        for gone in self._finished.keys() - set(stored):
            self._finished.pop(gone, None)
        waiting = sum(each.size for each in list(self._finished.values()))
        has_room = finished.size <= min(_MAX_SIZE, _MAX_SIZE_OF_ALL - waiting)
        if has_room:
            self._finished[request_id] = finished
        return has_room

    def take(self, request_id: str) -> Finished | None:
        """The recording that was kept, once; None if it was taken before, or isn't here."""
        return self._finished.pop(request_id, None)

    def clear(self) -> None:
        """Forget all of them."""
        self._finished.clear()


def is_small(root: Root) -> bool:
    """Whether a recording may wait: it holds few nodes, and nothing around it."""
    return kept(root) <= _MAX_KEPT and not is_full(root) and root.around is None


def size_of(root: Root) -> int:
    """About how many bytes a recording takes; texts that several nodes share count once."""
    size = 0
    seen: set[int] = set()
    waiting: list[Any] = list(root.children)
    while waiting:
        node = waiting.pop()
        texts: tuple[Any, ...] = ()
        if type(node) is EffectNode:
            data = node.data
            texts = (node.text, node.error, *(data if type(data) is tuple else (str(data),)))
        elif type(node) is DispatchNode and node.arguments is not None:
            texts = tuple(node.arguments.values())
        elif type(node) is CallNode:
            texts = (node.error,)
        waiting.extend(node.children or ())
        size += _NODE_SIZE
        for text in texts:
            if id(text) not in seen:
                seen.add(id(text))
                size += sys.getsizeof(text)
    return size
