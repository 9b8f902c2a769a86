"""Folding: many alike nodes added up into one, with exact sums.

Two uses: a recording that has kept as much detail as it may goes on in folds, and the
report folds what repeats. Nodes are alike when they stand under alike parents and
agree in their key: signal, sender, method and sending line; receiver; statement and alias.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import add
from typing import Any, NamedTuple

from signals_panel.describe import CallSite, ReceiverName, SignalName, shown_params
from signals_panel.recording.nodes import Failure, Query, ReceiverCall, elapsed, self_ns


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
# Wide enough for any real program, narrow enough to stay bounded when every statement or
# sender is a new one.
BOUNDED = Limits(width=100, depth=40)
_NO_ROOM = Limits(width=0, depth=0)
_NOTHING = Counts()


OTHERS = ReceiverName("(other receivers)", None)
"""Stands for the receivers of one dispatch that have no room."""


class Fold:
    """Dispatches and queries that happened in one place, added up by their keys.

    Threads add to it without a lock. They insert with ``setdefault``; and between reading a
    sum and writing it back they call nothing, so that the interpreter doesn't switch.
    """

    __slots__ = ("_left_out_queries", "_rest", "children", "depth", "limits")

    def __init__(self, limits: Limits = UNLIMITED, depth: int = 0) -> None:
        self.limits = limits
        self.depth = depth
        # By key, in the order first seen.
        self.children: dict[Any, FoldedDispatch | FoldedQuery] = {}
        self._rest: Rest | None = None
        self._left_out_queries = 0

    @property
    def dispatches(self) -> Iterator[FoldedDispatch]:
        """The dispatches in it, folded."""
        return (child for child in list(self.children.values()) if type(child) is FoldedDispatch)

    @property
    def queries(self) -> Iterator[FoldedQuery]:
        """The queries in it, folded."""
        return (child for child in list(self.children.values()) if type(child) is FoldedQuery)

    @property
    def left_out(self) -> Counts:
        """What had no room."""
        rest = self._rest
        if rest is None:
            queries = self._left_out_queries
            return Counts(queries=queries) if queries else _NOTHING
        queries = self._left_out_queries + rest.call._left_out_queries
        return Counts(rest.count, rest.call.count, queries)

    @property
    def left_out_call_ns(self) -> int:
        """The time of receivers without room, without those nested in them."""
        return self._rest.call_ns if self._rest is not None else 0

    def leave_out(self, counts: Counts) -> None:
        """Add to what had no room."""
        if any(counts):
            rest = self._find_rest()
            rest.count += counts.dispatches
            rest.call.count += counts.calls
            rest.call._left_out_queries += counts.queries

    def find(
        self, signal: SignalName, sender: str | None, method: str, site: CallSite | None
    ) -> FoldedDispatch:
        """The folded dispatch for these."""
        key = (signal, sender, method, site)
        mine: Any = self.children.get(key)
        if mine is None:
            if not self._has_room():
                return self._find_rest()
            new = FoldedDispatch(signal, sender, method, site, self.limits, self.depth)
            mine = self.children.setdefault(key, new)
        return mine  # type: ignore[no-any-return] # a dispatch's key finds a dispatch

    def add_query(self, query: Query | FoldedQuery) -> None:
        """Add one query, or those already folded into one."""
        key = (query.sql, query.alias, query.many)
        mine: Any = self.children.get(key)
        if mine is None:
            if not self._has_room():
                number = query.count if type(query) is FoldedQuery else 1
                self._left_out_queries += number
                return
            mine = self.children.setdefault(key, FoldedQuery(query))
        mine.add(query)

    def _has_room(self) -> bool:
        return len(self.children) < self.limits.width and self.depth < self.limits.depth

    def _find_rest(self) -> Rest:
        if self._rest is None:
            # Made first: a destructor may run meanwhile and be here before us.
            new = Rest()
            if self._rest is None:
                self._rest = new
        return self._rest


class FoldedDispatch:
    """Dispatches of one signal by one sender from one line."""

    __slots__ = (
        "_depth",
        "_limits",
        "calls",
        "count",
        "ended",
        "is_concurrent",
        "longest_ns",
        "method",
        "ns",
        "sender",
        "signal",
        "site",
    )

    def __init__(
        self,
        signal: SignalName,
        sender: str | None,
        method: str,
        site: CallSite | None,
        limits: Limits,
        depth: int,
    ) -> None:
        self.signal = signal
        self.sender = sender
        self.method = method
        self.site = site
        self.count = 0
        # Those that are over.
        self.ended = 0
        self.ns = 0
        self.longest_ns = 0
        self.is_concurrent = False
        self.calls: dict[tuple[ReceiverName, bool], FoldedCall] = {}
        self._limits = limits
        self._depth = depth

    def add_ns(self, ns: int, longest_ns: int) -> None:
        """Add the time of one, or of several that took that much at most."""
        self.ns += ns
        if longest_ns > self.longest_ns:
            self.longest_ns = longest_ns

    def find_call(self, receiver: ReceiverName, is_async: bool) -> FoldedCall:
        """The folded call for this receiver."""
        key = (receiver, is_async)
        mine = self.calls.get(key)
        if mine is None:
            if len(self.calls) >= self._limits.width:
                key = (OTHERS, is_async)
            new = FoldedCall(key[0], is_async, self._limits, self._depth + 1)
            mine = self.calls.setdefault(key, new)
        return mine


class FoldedCall(Fold):
    """Calls of one receiver inside alike dispatches."""

    __slots__ = (
        "count",
        "error",
        "errors",
        "failure",
        "finished",
        "is_async",
        "longest_ns",
        "ns",
        "receiver",
        "self_ns",
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
        # Of the first that raised.
        self.failure: Failure | None = None
        # Those that have returned or raised.
        self.finished = 0

    @property
    def unfinished(self) -> int:
        """How many have begun, and not returned or raised."""
        return self.count - self.finished

    def add(self, call: ReceiverCall) -> None:
        """Add what one call took, up to now if it still runs, and what it raised.

        ``count`` is for the caller to add to, when the call begins.
        """
        start, end = call._start, call._end
        if start and end and not call._children and call._root._budget.toolbar.is_empty:
            # Most of them; as the functions below would have it.
            ns = end - start
            own_ns = max(0, ns - call._folded_ns) if call._folded_ns else ns
        else:
            ns = elapsed(call)
            own_ns = self_ns(call)
        self.self_ns += own_ns
        if end:
            self.finished += 1
        self.ns += ns
        if ns > self.longest_ns:
            self.longest_ns = ns
        if call.error is not None:
            self.errors += 1
            self.error = self.error or call.error
            self.failure = self.failure or call._failure

    def add_all(self, other: FoldedCall) -> None:
        """Add what the calls of another took and raised."""
        self.finished += other.finished
        self.ns += other.ns
        self.self_ns += other.self_ns
        if other.longest_ns > self.longest_ns:
            self.longest_ns = other.longest_ns
        self.errors += other.errors
        self.error = self.error or other.error
        self.failure = self.failure or other.failure


class Rest(FoldedDispatch):
    """Stands for all dispatches of a fold that had no room, whatever they are, to any depth."""

    __slots__ = ("call", "call_ns")

    def __init__(self) -> None:
        nothing: Any = None
        super().__init__(nothing, None, "", None, _NO_ROOM, 0)
        self.call = FoldedCall(nothing, False, _NO_ROOM, 0)
        # What is nested in it is part of the rest as well.
        self.call._rest = self
        self.call_ns = 0

    def find_call(self, receiver: ReceiverName, is_async: bool) -> FoldedCall:
        """The one call that stands for all."""
        return self.call


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
            longest_ns = query.longest_ns
            self.errors += query.errors
        else:
            self.count += 1
            longest_ns = query._ns  # type: ignore[union-attr]
            self.ns += longest_ns
            self.errors += query.error is not None
        if longest_ns > self.longest_ns:
            self.longest_ns = longest_ns
        self.error = self.error or query.error
