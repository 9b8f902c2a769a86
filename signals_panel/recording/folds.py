"""Folding: many alike nodes added up into one, with exact sums.

Two uses: a recording that has kept as much detail as it may goes on in folds, and the
report folds what repeats. Nodes are alike when they stand under alike parents and
agree in their key: signal, sender, method and sending line; receiver; statement and alias.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import add
from typing import Any, NamedTuple

from signals_panel.describe import ReceiverName, SignalName, shown_params
from signals_panel.describe.source import Place
from signals_panel.recording.nodes import Query


class Counts(NamedTuple):
    """How many dispatches, receiver calls and queries (in receivers) there are."""

    dispatches: int = 0
    calls: int = 0
    queries: int = 0

    def plus(self, other: Counts) -> Counts:
        """The sums."""
        return Counts(*map(add, self, other))


class Limits(NamedTuple):
    """How large a fold may grow; what has no room is counted in ``Fold.left_out``."""

    width: int
    depth: int


UNLIMITED = Limits(width=2**31, depth=2**31)


class Fold:
    """Dispatches and queries that happened in one place, added up by their keys."""

    __slots__ = ("children", "depth", "dispatch_ns", "left_out", "left_out_call_ns", "limits")

    def __init__(self, limits: Limits = UNLIMITED, depth: int = 0) -> None:
        self.limits = limits
        self.depth = depth
        # By key, in the order first seen.
        self.children: dict[Any, FoldedDispatch | FoldedQuery] = {}
        self.dispatch_ns = 0
        self.left_out = Counts()
        self.left_out_call_ns = 0

    @property
    def dispatches(self) -> Iterator[FoldedDispatch]:
        """The dispatches in it, folded."""
        return (child for child in list(self.children.values()) if type(child) is FoldedDispatch)

    @property
    def queries(self) -> Iterator[FoldedQuery]:
        """The queries in it, folded."""
        return (child for child in list(self.children.values()) if type(child) is FoldedQuery)

    def add_query(self, query: Query | FoldedQuery) -> None:
        """Add one query, or those already folded into one."""
        key = (query.sql, query.alias, query.many)
        mine = self.children.get(key)
        if mine is None:
            if not self._has_room():
                count = query.count if type(query) is FoldedQuery else 1
                self.left_out = self.left_out.plus(Counts(queries=count))
                return
            mine = self.children[key] = FoldedQuery(query)
        mine.add(query)  # type: ignore[union-attr] # a query's key finds a query

    def _has_room(self) -> bool:
        return len(self.children) < self.limits.width and self.depth < self.limits.depth


class FoldedDispatch:
    """Dispatches of one signal by one sender from one line."""

    __slots__ = (
        "calls",
        "count",
        "is_concurrent",
        "longest_ns",
        "method",
        "ns",
        "place",
        "sender",
        "signal",
        "start",
    )

    def __init__(
        self, signal: SignalName, sender: str | None, method: str, place: Place | None, start: int
    ) -> None:
        self.signal = signal
        self.sender = sender
        self.method = method
        self.place = place
        self.start = start
        self.count = 0
        self.ns = 0
        self.longest_ns = 0
        self.is_concurrent = False
        self.calls: dict[tuple[ReceiverName, bool], FoldedCall] = {}


class FoldedCall(Fold):
    """Calls of one receiver inside alike dispatches."""

    __slots__ = (
        "count",
        "error",
        "errors",
        "is_async",
        "longest_ns",
        "ns",
        "receiver",
        "self_ns",
        "unfinished",
    )

    def __init__(self, receiver: ReceiverName, is_async: bool, limits: Limits, depth: int) -> None:
        super().__init__(limits, depth)
        self.receiver = receiver
        self.is_async = is_async
        self.count = 0
        self.ns = 0
        self.self_ns = 0
        self.longest_ns = 0
        self.errors = 0
        self.error: str | None = None
        self.unfinished = 0


class FoldedQuery:
    """Queries with one statement on one connection."""

    __slots__ = ("_params", "alias", "count", "error", "errors", "longest_ns", "many", "ns", "sql")

    def __init__(self, first: Query | FoldedQuery) -> None:
        self.sql: str = first.sql
        self.alias: str = first.alias
        self.many: bool = first.many
        # Of the first: an example, where there are several.
        self._params: Any = first._params
        self.error: str | None = None
        self.errors = 0
        self.count = 0
        self.ns = 0
        self.longest_ns = 0

    @property
    def params(self) -> Any:
        """The first one's parameters, as plain values."""
        return shown_params(self._params)

    def add(self, query: Query | FoldedQuery) -> None:
        """Add one query, or those already folded into one."""
        if type(query) is FoldedQuery:
            self.count += query.count
            self.ns += query.ns
            self.longest_ns = max(self.longest_ns, query.longest_ns)
            self.errors += query.errors
        else:
            self.count += 1
            self.ns += query._ns  # type: ignore[union-attr]
            self.longest_ns = max(self.longest_ns, query._ns)  # type: ignore[union-attr]
            self.errors += query.error is not None
        self.error = self.error or query.error
