"""Folding a tree: recorded nodes and what is folded already, added to a fold.

All walks here keep their own stack: a cascade can be deeper than Python's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from signals_panel.recording.folds import (
    Counts,
    Fold,
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
)

Foldable = Child | FoldedDispatch | FoldedQuery


Waiting = tuple[Fold, Iterable[Foldable], Iterable[Fold]]
Members = dict[int, list[Any]]


def fold_into(
    target: Fold,
    children: Iterable[Child] | None,
    overflows: Iterable[Fold] = (),
    members: Members | None = None,
) -> None:
    """Add recorded children, and what a limit has folded already, to ``target``.

    ``members`` takes the recorded nodes that a folded one is made of, by its id.
    """
    waiting: list[Waiting] = [(target, flat(children), overflows)]
    while waiting:
        fold, nodes, folds = waiting.pop()
        for node in nodes:
            if type(node) is Dispatch:
                waiting.extend(_add_dispatch(fold, node, members))
            else:
                fold.add_query(node)  # type: ignore[arg-type]
        for folded in folds:
            fold.leave_out(folded.left_out)
            for child in list(folded.children.values()):
                if type(child) is FoldedDispatch:
                    waiting.extend(_add_folded_dispatch(fold, child))
                else:
                    fold.add_query(child)  # type: ignore[arg-type]


def _add_dispatch(fold: Fold, dispatch: Dispatch, members: Members | None) -> Iterator[Waiting]:
    mine = fold.find(dispatch._signal, dispatch._sender, dispatch.method, dispatch._site)
    ns = elapsed(dispatch)
    mine.count += 1
    mine.ended += 1
    mine.add_ns(ns, ns)
    if members is not None:
        members.setdefault(id(mine), []).append(dispatch)
    calls = dispatch.calls
    if not mine.is_concurrent and len(calls) > 1:
        mine.is_concurrent = dispatch.is_concurrent
    for call in calls:
        folded = mine.find_call(call._receiver, call.is_async)
        folded.count += 1
        folded.add(call)
        if members is not None:
            members.setdefault(id(folded), []).append(call)
        if call._children or call._overflow is not None:
            yield folded, flat(call._children), overflows(call)


def _add_folded_dispatch(fold: Fold, dispatch: FoldedDispatch) -> Iterator[Waiting]:
    mine = fold.find(dispatch.signal, dispatch.sender, dispatch.method, dispatch.site)
    mine.count += dispatch.count
    mine.ended += dispatch.ended
    mine.add_ns(dispatch.ns, dispatch.longest_ns)
    mine.is_concurrent = mine.is_concurrent or dispatch.is_concurrent
    for call in list(dispatch.calls.values()):
        folded = mine.find_call(call.receiver, call.is_async)
        folded.count += call.count
        folded.add_all(call)
        yield folded, (), [call]


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
                for call in node.calls:
                    calls += 1
                    if call._children:
                        waiting.append(flat(call._children))
                    if call._children or call._overflow is not None:
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
