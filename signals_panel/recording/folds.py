"""Folding: many alike nodes added up into one, with exact sums.

Two uses: a recording that has kept as much detail as it may goes on in folds, and the
report folds what repeats. Nodes are alike when they stand under alike parents and
agree in their key: signal, sender, method and sending line; receiver; statement and alias.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import add
from typing import Any, NamedTuple

from signals_panel.describe import ReceiverName, SignalName, shown_params
from signals_panel.describe.source import Place
from signals_panel.recording.nodes import (
    Child,
    Dispatch,
    Query,
    elapsed,
    flat,
    overflows,
    self_ns,
)


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
        return (child for child in self.children.values() if type(child) is FoldedDispatch)

    @property
    def queries(self) -> Iterator[FoldedQuery]:
        """The queries in it, folded."""
        return (child for child in self.children.values() if type(child) is FoldedQuery)

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


# Folding a tree. All walks here keep their own stack: a cascade can be deeper than Python's.

Foldable = Child | FoldedDispatch | FoldedQuery


def add_leaf(fold: Fold, dispatch: Dispatch) -> bool:
    """Add a finished dispatch that is like one before and caused nothing; else return False.

    The short way for what a limit folds most: the same receiver doing the same again.
    """
    mine: Any = fold.children.get(
        (dispatch._signal, dispatch._sender, dispatch.method, dispatch._place)
    )
    calls: Any = dispatch._children
    if mine is None or len(calls) != 1:
        return False
    call = calls[0]
    folded = mine.calls.get((call._receiver, call.is_async))
    if folded is None or call._children or call._overflow is not None or not call._end:
        return False
    for target, ns in (
        (mine, dispatch._end - dispatch._start),
        (folded, call._end - call._start),
    ):
        target.count += 1
        target.ns += ns
        if ns > target.longest_ns:
            target.longest_ns = ns
    fold.dispatch_ns += dispatch._end - dispatch._start
    folded.self_ns += call._end - call._start
    if call.error is not None:
        folded.errors += 1
        folded.error = folded.error or call.error
    return True


Waiting = tuple["Fold", Iterable[Foldable], Iterable["Fold"]]


def fold_into(
    target: Fold, children: Iterable[Child] | None, overflows: Iterable[Fold] = ()
) -> None:
    """Add recorded children, and what a limit has folded already, to ``target``."""
    waiting: list[Waiting] = [(target, flat(children), overflows)]
    while waiting:
        fold, nodes, folds = waiting.pop()
        for node in nodes:
            waiting.extend(_add(fold, node))
        for folded in folds:
            fold.left_out = fold.left_out.plus(folded.left_out)
            fold.left_out_call_ns += folded.left_out_call_ns
            # The time of those left out; the others bring theirs.
            fold.dispatch_ns += folded.dispatch_ns - sum(d.ns for d in folded.dispatches)
            for node in list(folded.children.values()):
                waiting.extend(_add(fold, node))


def _add(fold: Fold, node: Foldable) -> Iterable[Waiting]:
    if type(node) is Dispatch:
        return _add_dispatch(fold, node)
    if type(node) is FoldedDispatch:
        return _add_folded_dispatch(fold, node)
    fold.add_query(node)  # type: ignore[arg-type]
    return ()


def _add_dispatch(fold: Fold, dispatch: Dispatch) -> Iterator[Waiting]:
    ns = elapsed(dispatch)
    fold.dispatch_ns += ns
    mine = _find(
        fold,
        dispatch._signal,
        dispatch._sender,
        dispatch.method,
        dispatch._place,
        dispatch._start,
    )
    if mine is None:
        fold.left_out = fold.left_out.plus(count([dispatch]))
        fold.left_out_call_ns += sum(map(elapsed, dispatch.calls))
        return
    mine.count += 1
    mine.ns += ns
    mine.longest_ns = max(mine.longest_ns, ns)
    mine.is_concurrent = mine.is_concurrent or dispatch.is_concurrent
    for call in dispatch.calls:
        folded = _find_call(mine, call._receiver, call.is_async, fold)
        call_ns = elapsed(call)
        folded.count += 1
        folded.ns += call_ns
        folded.self_ns += self_ns(call)
        folded.longest_ns = max(folded.longest_ns, call_ns)
        folded.errors += call.error is not None
        folded.error = folded.error or call.error
        folded.unfinished += not call.is_finished
        if call._children or call._overflow is not None:
            yield folded, flat(call._children), overflows(call)


def _add_folded_dispatch(fold: Fold, dispatch: FoldedDispatch) -> Iterator[Waiting]:
    fold.dispatch_ns += dispatch.ns
    mine = _find(
        fold, dispatch.signal, dispatch.sender, dispatch.method, dispatch.place, dispatch.start
    )
    if mine is None:
        fold.left_out = fold.left_out.plus(count([dispatch]))
        fold.left_out_call_ns += sum(call.ns for call in dispatch.calls.values())
        return
    mine.count += dispatch.count
    mine.ns += dispatch.ns
    mine.longest_ns = max(mine.longest_ns, dispatch.longest_ns)
    mine.is_concurrent = mine.is_concurrent or dispatch.is_concurrent
    for call in dispatch.calls.values():
        folded = _find_call(mine, call.receiver, call.is_async, fold)
        folded.count += call.count
        folded.ns += call.ns
        folded.self_ns += call.self_ns
        folded.longest_ns = max(folded.longest_ns, call.longest_ns)
        folded.errors += call.errors
        folded.error = folded.error or call.error
        folded.unfinished += call.unfinished
        yield folded, (), [call]


def _find(
    fold: Fold,
    signal: SignalName,
    sender: str | None,
    method: str,
    place: Place | None,
    start: int,
) -> FoldedDispatch | None:
    key = (signal, sender, method, place)
    mine = fold.children.get(key)
    if mine is None and fold._has_room():
        mine = fold.children[key] = FoldedDispatch(signal, sender, method, place, start)
    return mine  # type: ignore[return-value]


def _find_call(
    dispatch: FoldedDispatch, receiver: ReceiverName, is_async: bool, fold: Fold
) -> FoldedCall:
    mine = dispatch.calls.get((receiver, is_async))
    if mine is None:
        mine = dispatch.calls[receiver, is_async] = FoldedCall(
            receiver, is_async, fold.limits, fold.depth + 1
        )
    return mine


def count(nodes: Iterable[Foldable]) -> Counts:
    """Everything in these dispatches, folded or not, to any depth; queries in receivers."""
    dispatches = calls = queries = 0
    left_out = Counts()
    waiting: list[Iterable[Any]] = [nodes]
    while waiting:
        for node in waiting.pop():
            kind = type(node)
            if kind is Query:
                queries += 1
            elif kind is FoldedQuery:
                queries += node.count
            elif kind is Dispatch:
                dispatches += 1
                calls += len(node.calls)
                for call in node.calls:
                    waiting.append(flat(call._children))
                    for fold in overflows(call):
                        left_out = left_out.plus(fold.left_out)
                        waiting.append(list(fold.children.values()))
            elif kind is FoldedDispatch:
                dispatches += node.count
                for call in node.calls.values():
                    calls += call.count
                    left_out = left_out.plus(call.left_out)
                    waiting.append(call.children.values())
    return Counts(dispatches, calls, queries).plus(left_out)
