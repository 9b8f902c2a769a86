"""One row per receiver, the costliest first.

``receiver``, ``origin``, ``housekeeping``, ``is_async``, ``calls``, ``ms``, ``self_ms``,
``longest_ms``, ``queries`` (its own), ``all_queries`` (with nested ones), ``repeated`` (how
many of its own run a statement that it ran more than once), ``errors``, ``defined_at`` (an
index into the report's lines, or None), ``sent_from`` (such indexes: the lines that led to it).

A receiver that leads to itself is counted in ``ms`` and ``all_queries`` once, by its outer
calls.
"""

from __future__ import annotations

from typing import Any

from signals_panel.describe import ReceiverName, SourceLine, clean
from signals_panel.report.origin import origin_of
from signals_panel.report.space import Space, Texts
from signals_panel.report.tree import Tree, is_housekeeping, milliseconds

Row = dict[str, Any]

_MAX_LINES = 5


class _Sums:
    def __init__(self, receiver: ReceiverName) -> None:
        self.receiver = receiver
        self.calls = self.ns = self.self_ns = self.longest_ns = 0
        self.queries = self.all_queries = self.errors = 0
        self.is_async = False
        self.housekeeping = True
        self.statements: dict[tuple[str, str], int] = {}
        # A dict keeps the order, a set wouldn't.
        self.lines: dict[SourceLine, None] = {}


def by_receiver(tree: Tree, texts: Texts, space: Space) -> tuple[list[Row], int]:
    """The rows, and the number of receivers that there was no room for."""
    sums: dict[str, _Sums] = {}
    for dispatch, call, is_nested, queries in tree.steps:
        mine = sums.get(call.receiver.text)
        if mine is None:
            mine = sums[call.receiver.text] = _Sums(call.receiver)
        mine.calls += call.count
        mine.self_ns += call.self_ns
        mine.longest_ns = max(mine.longest_ns, call.longest_ns)
        mine.errors += call.errors
        mine.is_async = mine.is_async or call.is_async
        mine.housekeeping = mine.housekeeping and is_housekeeping(dispatch, call)
        if not is_nested:
            mine.ns += call.ns
            mine.all_queries += tree.all_queries(call)
        for query in queries:
            mine.queries += query.count
            key = (query.sql, query.alias)
            mine.statements[key] = mine.statements.get(key, 0) + query.count
        if dispatch.site is not None and dispatch.site.line is not None:
            mine.lines[dispatch.site.line] = None
    rows: list[Row] = []
    for name, mine in sorted(sums.items(), key=lambda item: (item[1].housekeeping, -item[1].ns)):
        row = _row(name, mine, texts)
        if not space.take(row):
            break
        rows.append(row)
    return rows, len(sums) - len(rows)


def _row(name: str, mine: _Sums, texts: Texts) -> Row:
    lines = [texts.line(line) for line in list(mine.lines)[:_MAX_LINES]]
    return {
        "receiver": clean(name),
        "origin": origin_of(mine.receiver),
        "housekeeping": mine.housekeeping,
        "is_async": mine.is_async,
        "calls": mine.calls,
        "ms": milliseconds(mine.ns),
        "self_ms": milliseconds(mine.self_ns),
        "longest_ms": milliseconds(mine.longest_ns),
        "queries": mine.queries,
        "all_queries": mine.all_queries,
        "repeated": sum(count for count in mine.statements.values() if count > 1),
        "errors": mine.errors,
        "defined_at": texts.line(mine.receiver.defined_at),
        "sent_from": [line for line in lines if line is not None],
    }
