"""The SQL that receivers issued, grouped by statement, the longest first.

``sql`` (an index into the report's statements), ``alias``, ``count``, ``ms``, ``longest_ms``,
``errors``, ``sends`` (how many receiver calls issued it), ``receivers`` (``[[name, calls,
count], ...]``), ``sent_from`` (indexes into the report's lines).

A statement with several sends is one that no single receiver repeats, and that runs again
and again all the same.
"""

from __future__ import annotations

from typing import Any

from signals_panel.describe import SourceLine, clean
from signals_panel.report.space import Space, Texts
from signals_panel.report.tree import Tree, milliseconds

Row = dict[str, Any]

_MAX_RECEIVERS = 10
_MAX_LINES = 5


class _Sums:
    def __init__(self) -> None:
        self.count = self.ns = self.longest_ns = self.errors = 0
        self.receivers: dict[str, list[int]] = {}
        self.lines: dict[SourceLine, None] = {}


def by_statement(tree: Tree, texts: Texts, space: Space) -> tuple[list[Row], int]:
    """The rows, and the number of statements that there was no room for."""
    sums: dict[tuple[str, str], _Sums] = {}
    for dispatch, call, _, queries in tree.steps:
        for query in queries:
            mine = sums.setdefault((query.sql, query.alias), _Sums())
            mine.count += query.count
            mine.ns += query.ns
            mine.longest_ns = max(mine.longest_ns, query.longest_ns)
            mine.errors += query.errors
            by_call = mine.receivers.setdefault(call.receiver.text, [0, 0])
            by_call[0] += call.count
            by_call[1] += query.count
            if dispatch.site is not None and dispatch.site.line is not None:
                mine.lines[dispatch.site.line] = None
    rows: list[Row] = []
    for (sql, alias), mine in sorted(sums.items(), key=lambda item: -item[1].ns):
        row = _row(sql, alias, mine, texts)
        if row is None or not space.take(row):
            break
        rows.append(row)
    return rows, len(sums) - len(rows)


def _row(sql: str, alias: str, mine: _Sums, texts: Texts) -> Row | None:
    index = texts.statement(sql)
    if index is None:
        return None
    lines = [texts.line(line) for line in list(mine.lines)[:_MAX_LINES]]
    receivers = sorted(mine.receivers.items(), key=lambda item: -item[1][1])
    return {
        "sql": index,
        "alias": clean(alias),
        "count": mine.count,
        "ms": milliseconds(mine.ns),
        "longest_ms": milliseconds(mine.longest_ns),
        "errors": mine.errors,
        "sends": min(mine.count, sum(calls for calls, _ in mine.receivers.values())),
        "receivers": [
            [clean(name), calls, count] for name, (calls, count) in receivers[:_MAX_RECEIVERS]
        ],
        "more_receivers": len(receivers[_MAX_RECEIVERS:]),
        "sent_from": [line for line in lines if line is not None],
    }
