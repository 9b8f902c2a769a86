"""The cascade as rows: depth first, repeats folded, exact sums.

A row is a dict with ``kind`` and ``level`` (from 1) and, by kind:

``phase``
    ``name``: a part of the request.
``dispatch``
    ``signal``, ``sender``, ``method``, ``count``, ``ms``, ``longest_ms``, ``concurrent``,
    ``sent_from`` (an index into the report's lines, or None).
``call``
    ``receiver``, ``is_async``, ``count``, ``ms``, ``self_ms``, ``longest_ms``, ``errors``,
    ``error`` (the first), ``unfinished``, ``queries`` and ``all_queries`` (its own, and with
    those nested in it), ``defined_at`` (an index into the lines, or None).
``query``
    ``sql`` (an index into the report's statements), ``params`` (text), ``alias``, ``many``,
    ``count``, ``ms``, ``longest_ms``, ``errors``, ``error``.
``more``
    ``dispatches``, ``calls``, ``queries``: counted, but not kept in detail.

Times are in milliseconds, sums over ``count``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from signals_panel.describe import SourceLine, clean
from signals_panel.recording import Dispatch, Recording, Totals
from signals_panel.recording.folds import (
    Fold,
    FoldedCall,
    FoldedDispatch,
    FoldedQuery,
    count,
    fold_into,
)
from signals_panel.recording.nodes import flat

_NS_PER_MS = 1_000_000
# Characters of SQL, parameters and source lines that one report may hold.
_MAX_TEXT = 250_000
_MAX_LINE = 300

_REQUEST_SIGNALS = frozenset(
    {"django.core.signals.request_started", "django.core.signals.request_finished"}
)

Row = dict[str, Any]


def fold_phases(recording: Recording) -> list[tuple[str, Fold]]:
    """What happened in each phase, folded; one phase without a name for a plain block."""
    begins = recording._phases or [("", recording._start)]
    folds: dict[str, Fold] = {}
    for name, _ in begins:
        folds.setdefault(name, Fold())
    by_phase: dict[str, list[Dispatch]] = {}
    for child in flat(recording._children):
        if type(child) is Dispatch:
            name = begins[0][0]
            for phase, start in begins:
                if start > child._start:
                    break
                name = phase
            by_phase.setdefault(name, []).append(child)
    for name, dispatches in by_phase.items():
        fold_into(folds[name], dispatches)
    for nested in recording._at_top():
        for name, overflow in list(nested._overflows.items()):
            fold_into(folds[name], (), [overflow])
    return list(folds.items())


class Cascade:
    """Rows under the limits of a report; what has no room is only counted."""

    def __init__(self, max_rows: int) -> None:
        self.rows: list[Row] = []
        self.lines: list[list[Any]] = []
        self.statements: list[str] = []
        self.housekeeping: dict[str, float] = {"dispatches": 0, "calls": 0, "queries": 0, "ms": 0}
        self._max_rows = max_rows
        self._text_left = _MAX_TEXT
        self._line_indexes: dict[SourceLine, int] = {}
        self._statement_indexes: dict[str, int] = {}
        self._shown = {"dispatch": 0, "call": 0, "query": 0}

    def add_phases(self, phases: list[tuple[str, Fold]]) -> None:
        """Add the rows of every phase, each under a row of its own when it has a name."""
        for name, fold in phases:
            level = 1
            if name and (fold.children or any(fold.left_out)):
                self.rows.append({"kind": "phase", "level": 1, "name": name})
                level = 2
            for dispatch in fold.dispatches:
                self._count_housekeeping(dispatch)
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
        waiting: list[tuple[Iterator[Any], int]] = [(iter(fold.children.values()), level)]
        while waiting:
            nodes, level = waiting[-1]
            node = next(nodes, None)
            if node is None:
                waiting.pop()
                continue
            if len(self.rows) >= self._max_rows or self._text_left <= 0:
                return
            if type(node) is FoldedQuery:
                self._add_row("query", level, node, self._query(node))
            elif type(node) is FoldedCall:
                self._add_row("call", level, node, self._call(node))
                waiting.append((iter(node.children.values()), level + 1))
            else:
                self._add_row("dispatch", level, node, self._dispatch(node))
                waiting.append((iter(node.calls.values()), level + 1))

    def _add_row(self, kind: str, level: int, node: Any, row: Row) -> None:
        self._shown[kind] += node.count
        self.rows.append(
            {
                "kind": kind,
                "level": level,
                "count": node.count,
                "ms": node.ns / _NS_PER_MS,
                "longest_ms": node.longest_ns / _NS_PER_MS,
                **row,
            }
        )

    def _dispatch(self, dispatch: FoldedDispatch) -> Row:
        return {
            "signal": clean(str(dispatch.signal)),
            "sender": dispatch.sender and clean(dispatch.sender),
            "method": dispatch.method,
            "concurrent": dispatch.is_concurrent,
            "sent_from": self._line(dispatch.place.source_line if dispatch.place else None),
        }

    def _call(self, call: FoldedCall) -> Row:
        own = sum(query.count for query in call.queries)
        nested = count(call.dispatches).queries + call.left_out.queries
        return {
            "receiver": clean(call.receiver.text),
            "is_async": call.is_async,
            "self_ms": call.self_ns / _NS_PER_MS,
            "errors": call.errors,
            "error": call.error,
            "unfinished": call.unfinished,
            "queries": own,
            "all_queries": own + nested,
            "defined_at": self._line(call.receiver.defined_at),
        }

    def _query(self, query: FoldedQuery) -> Row:
        params = ""
        if query.params:
            params = json.dumps(query.params, ensure_ascii=False)
            self._text_left -= len(params)
        index = self._statement_indexes.get(query.sql)
        if index is None:
            index = self._statement_indexes[query.sql] = len(self.statements)
            self.statements.append(query.sql)
            self._text_left -= len(query.sql)
        return {
            "sql": index,
            "params": params,
            "alias": clean(query.alias),
            "many": query.many,
            "errors": query.errors,
            "error": query.error,
        }

    def _line(self, line: SourceLine | None) -> int | None:
        if line is None:
            return None
        index = self._line_indexes.get(line)
        if index is None:
            index = self._line_indexes[line] = len(self.lines)
            text = clean(line.text[:_MAX_LINE])
            self.lines.append([clean(line.path), line.line, clean(line.function), text])
            self._text_left -= len(text) + len(line.path)
        return index

    def _count_housekeeping(self, dispatch: FoldedDispatch) -> None:
        if str(dispatch.signal) not in _REQUEST_SIGNALS:
            return
        for call in dispatch.calls.values():
            if _is_housekeeping(dispatch, call):
                self.housekeeping["calls"] += call.count
                self.housekeeping["queries"] += sum(query.count for query in call.queries)
                self.housekeeping["ms"] += call.ns / _NS_PER_MS
        if all(_is_housekeeping(dispatch, call) for call in dispatch.calls.values()):
            self.housekeeping["dispatches"] += dispatch.count


def _is_housekeeping(dispatch: FoldedDispatch, call: FoldedCall) -> bool:
    return str(dispatch.signal) in _REQUEST_SIGNALS and call.receiver.text.startswith("django.")
