"""The cascade as rows: depth first, repeats folded, exact sums.

A row is a dict with ``kind`` and ``level`` (from 1) and, by kind:

``phase``
    ``name``: a part of the request.
``dispatch``
    ``signal``, ``sender``, ``method``, ``count``, ``ms``, ``longest_ms``, ``all_queries``,
    ``start_ms``, ``spans``, ``concurrent``, ``recursive`` (it stands below a dispatch of the
    same signal and sender), ``housekeeping`` (it called nothing else), ``sent_from`` (an index
    into the report's lines, or None), ``via`` (such indexes, innermost first: the lines that
    only delegated), ``package`` (of the line, where it isn't the project's).
``call``
    ``receiver``, ``sent_by`` (the method that called it), ``origin``, ``is_async``, ``count``,
    ``ms``, ``self_ms``, ``longest_ms``,
    ``start_ms``, ``spans``, ``errors``, ``error`` (the first), ``fate`` (what became of it:
    "ended", "caught", "swallowed" or "passed on"), ``from_nested`` (a receiver called inside
    had raised it), ``not_called`` (the receivers that weren't called because of it),
    ``connected_twice``, ``unfinished``, ``queries`` and
    ``all_queries`` (its own, and with those nested in it), ``housekeeping``, ``defined_at``
    (an index into the lines, or None).
``query``
    ``sql`` (an index into the report's statements), ``params`` (text), ``alias``, ``many``,
    ``count``, ``ms``, ``longest_ms``, ``errors``, ``error``.
``more``
    ``dispatches``, ``calls``, ``queries``: counted, but not kept in detail.

Times are in milliseconds, sums over ``count``; ``start_ms`` and ``spans`` are on the
request's own axis. ``report.marks`` adds ``marks`` and ``open`` to some rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from signals_panel.describe import CallSite, clean
from signals_panel.describe.values import shorten
from signals_panel.recording import Totals
from signals_panel.recording.folds import Fold, FoldedCall, FoldedDispatch, FoldedQuery
from signals_panel.report.connections import Connections
from signals_panel.report.origin import origin_of
from signals_panel.report.space import Space, Texts
from signals_panel.report.tree import Tree, is_all_housekeeping, is_housekeeping, milliseconds

_MAX_PARAMS = 1_000

Row = dict[str, Any]


class Cascade:
    """Rows under the limits of a report; what has no room is only counted."""

    def __init__(
        self, tree: Tree, connections: Connections, texts: Texts, max_rows: int, space: Space
    ) -> None:
        self.rows: list[Row] = []
        self.nodes: dict[int, Any] = {}
        """The folded node of each row, by the row's index."""
        self.parents: dict[int, int] = {}
        """Of each call's row, the row of its dispatch."""
        self._tree = tree
        self._connections = connections
        self._texts = texts
        self._max_rows = max_rows
        self._space = space
        self._shown = {"dispatch": 0, "call": 0, "query": 0}
        self._is_full = False
        # The last row of each level.
        self._path: dict[int, int] = {}
        for name, fold in tree.phases:
            level = 1
            if name and (fold.children or any(fold.left_out)):
                self.rows.append({"kind": "phase", "level": 1, "name": name})
                level = 2
            self._add(fold, level)

    def add_remainder(self, totals: Totals) -> None:
        """Add a last row for everything that ``totals`` counts and the rows don't show."""
        more = {
            "dispatches": totals.dispatches - self._shown["dispatch"],
            "calls": totals.calls - self._shown["call"],
            "queries": totals.queries - self._shown["query"],
        }
        if any(more.values()):
            self.rows.append({"kind": "more", "level": 1, **more})

    def _add(self, fold: Fold, level: int) -> None:
        # A stack of iterators instead of recursion: a cascade can be deeper than Python's.
        waiting: list[tuple[Iterator[Any], int, Any]] = [
            (iter(fold.children.values()), level, None)
        ]
        above: dict[Any, int] = {}
        while waiting and not self._is_full:
            nodes, level, parent = waiting[-1]
            node = next(nodes, None)
            if node is None:
                waiting.pop()
                if type(parent) is FoldedDispatch:
                    above[parent.signal, parent.sender] -= 1
            elif type(node) is FoldedQuery:
                self._add_row("query", level, node, self._query(node))
            elif type(node) is FoldedCall:
                self._add_row("call", level, node, self._call(node, parent))
                waiting.append((iter(node.children.values()), level + 1, node))
            elif type(node) is FoldedDispatch:
                key = (node.signal, node.sender)
                self._add_row("dispatch", level, node, self._dispatch(node, bool(above.get(key))))
                above[key] = above.get(key, 0) + 1
                waiting.append((iter(node.calls.values()), level + 1, node))

    def _add_row(self, kind: str, level: int, node: Any, row: Row) -> None:
        row = {
            "kind": kind,
            "level": level,
            "count": node.count,
            "ms": milliseconds(node.ns),
            "longest_ms": milliseconds(node.longest_ns),
            **row,
        }
        if len(self.rows) >= self._max_rows or self._texts.is_full or not self._space.take(row):
            # The first that has no room ends it: no row may stand without what is above it.
            self._is_full = True
            return
        self._shown[kind] += node.count
        index = len(self.rows)
        self.nodes[index] = node
        self._path[level] = index
        if kind == "call":
            self.parents[index] = self._path[level - 1]
        self.rows.append(row)

    def _dispatch(self, dispatch: FoldedDispatch, is_recursive: bool) -> Row:
        return {
            "signal": clean(str(dispatch.signal)),
            "sender": dispatch.sender and clean(dispatch.sender),
            "method": dispatch.method,
            "concurrent": dispatch.is_concurrent,
            "recursive": is_recursive,
            "all_queries": self._tree.all_queries(dispatch),
            "start_ms": self._tree.start_ms(dispatch),
            "spans": self._tree.spans(dispatch),
            "housekeeping": is_all_housekeeping(dispatch),
            **self._sent_from(dispatch.site),
        }

    def _sent_from(self, site: CallSite | None) -> Row:
        line = site.line if site is not None else None
        via = [self._texts.line(each) for each in site.via_lines] if site is not None else []
        return {
            "sent_from": self._texts.line(line),
            "via": [index for index in via if index is not None],
            "package": line and line.package,
        }

    def _call(self, call: FoldedCall, dispatch: FoldedDispatch) -> Row:
        return {
            "receiver": clean(call.receiver.text),
            "sent_by": dispatch.method,
            "origin": origin_of(call.receiver),
            "housekeeping": is_housekeeping(dispatch, call),
            "is_async": call.is_async,
            "self_ms": milliseconds(call.self_ns),
            "errors": call.errors,
            "error": call.error,
            **_failure(call),
            "connected_twice": len(self._connections.fitting(dispatch, call.receiver)) > 1
            or bool(self._connections.imported_twice(dispatch, call.receiver)),
            "unfinished": call.unfinished,
            "queries": sum(query.count for query in call.queries),
            "all_queries": self._tree.all_queries(call),
            "start_ms": self._tree.start_ms(call),
            "spans": self._tree.spans(call),
            "defined_at": self._texts.line(call.receiver.defined_at),
        }

    def _query(self, query: FoldedQuery) -> Row:
        params = json.dumps(query.params, ensure_ascii=False) if query.params else ""
        return {
            "sql": self._texts.statement(query.sql),
            "params": shorten(params, _MAX_PARAMS),
            "alias": clean(query.alias),
            "many": query.many,
            "errors": query.errors,
            "error": query.error,
        }


def _failure(call: FoldedCall) -> Row:
    failure = call.failure
    if failure is None:
        return {"fate": None, "from_nested": False, "not_called": []}
    return {
        "fate": failure.fate,
        "from_nested": failure.is_nested,
        "not_called": [clean(name.text) for name in failure.not_called],
    }
