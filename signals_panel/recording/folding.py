"""Folding a tree: recorded nodes and what is folded already, added to a fold.

All walks here keep their own stack: a cascade can be deeper than Python's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from signals_panel.describe import ReceiverName, SignalName
from signals_panel.describe.source import Place
from signals_panel.recording.folds import (
    Counts,
    Fold,
    FoldedCall,
    FoldedDispatch,
    FoldedQuery,
)
from signals_panel.recording.nodes import (
    Child,
    Dispatch,
    Query,
    elapsed,
    flat,
    overflows,
    self_ns,
)

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
        fold.left_out_call_ns += sum(call.ns for call in list(dispatch.calls.values()))
        return
    mine.count += dispatch.count
    mine.ns += dispatch.ns
    mine.longest_ns = max(mine.longest_ns, dispatch.longest_ns)
    mine.is_concurrent = mine.is_concurrent or dispatch.is_concurrent
    for call in list(dispatch.calls.values()):
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
                for call in list(node.calls.values()):
                    calls += call.count
                    left_out = left_out.plus(call.left_out)
                    waiting.append(list(call.children.values()))
    return Counts(dispatches, calls, queries).plus(left_out)
