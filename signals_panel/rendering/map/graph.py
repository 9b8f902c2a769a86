"""A report's rows as the map's graph: line of code, signal, receivers, effects.

A signal of one sender is one node in a layer, whichever lines and receivers led to it; what is on
the right of it hangs on it alone. So nothing leads back to the left, and a row is in one node.
What neither sent a signal nor came of one isn't in the map, nor is Django's housekeeping.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from signals_panel.rendering.map.nodes import Graph, Node
from signals_panel.rendering.map.silent import add_silent
from signals_panel.rendering.short_names import effect_name, last_part, line_place
from signals_panel.wording.map import NO_SENDER


class _Place(NamedTuple):
    """Where a row stands."""

    node: Node | None = None
    """What leads to it; None outside of all signals."""
    line: tuple[int, Mapping[str, Any]] | None = None
    """There, the outermost row that is of a line of code, with its number."""
    is_left_out: bool = False


_LEFT_OUT = _Place(is_left_out=True)


def graph(stats: Mapping[str, Any]) -> Graph:
    """The graph of a report, without any limit of its own."""
    built = _Rows(stats)
    for number, row in enumerate(stats["rows"]):
        built.add(number, row)
    add_silent(built.graph, built.signals, stats["silent"])
    return built.graph


class _Rows:
    def __init__(self, stats: Mapping[str, Any]) -> None:
        self.graph = Graph()
        self.signals: dict[Node, tuple[str, str | None]] = {}
        """The signal and sender of each node that is one."""
        self._stats = stats
        # The places of the rows around the next one, by level.
        self._places: dict[int, _Place] = {0: _Place()}

    def add(self, number: int, row: Mapping[str, Any]) -> None:
        around = self._places[row["level"] - 1]
        self._places[row["level"]] = self._place(number, row, around)

    def _place(self, number: int, row: Mapping[str, Any], around: _Place) -> _Place:
        kind = row["kind"]
        if around.is_left_out or row.get("housekeeping"):
            return _LEFT_OUT
        if kind in ("phase", "line", "more"):
            return around
        if kind == "dispatch":
            return _Place(self._dispatch(number, row, around))
        if around.node is None:
            is_outermost = kind in ("operation", "deferred") and around.line is None
            return _Place(line=(number, row)) if is_outermost else around
        if kind == "operation":
            # What it does is what its receiver does.
            return around
        return _Place(self._below(number, row, around.node))

    def _dispatch(self, number: int, row: Mapping[str, Any], around: _Place) -> Node:
        source = around.node or self._line(*(around.line or (number, row)))
        signal, sender = row["signal"], row["sender"]
        node = self.graph.node(
            ("dispatch", signal, sender),
            "dispatch",
            source.layer + 1,
            last_part(signal),
            detail=sender or NO_SENDER,
            full=signal,
        )
        self.signals[node] = (signal, sender)
        _count(node, number, row)
        self.graph.connect(source, node, row["ms"], row["count"])
        return node

    def _line(self, number: int, row: Mapping[str, Any]) -> Node:
        """The line that a row is of; or what was put off, and was no receiver's."""
        if row["kind"] == "deferred":
            name = last_part(row["name"])
            node = self.graph.node(("deferred", row["name"]), "deferred", 0, name)
        else:
            place = line_place(row, self._stats)
            index = row["sent_from"]
            code = "" if index is None else " ".join(str(self._stats["lines"][index][3]).split())
            detail = place if code else ""
            node = self.graph.node(("line", index), "line", 0, code or place, detail=detail)
        if number not in node.rows:
            _count(node, number, row)
        return node

    def _below(self, number: int, row: Mapping[str, Any], source: Node) -> Node:
        kind = row["kind"]
        effect = row.get("effect", "")
        if kind == "effect":
            name = full = effect_name(row, self._stats)
        else:
            full = row["receiver"] if kind == "call" else row["name"]
            name = last_part(full)
        # Two lambdas have the same name.
        key = (source, kind, effect, full, row.get("defined_at"))
        node = self.graph.node(key, kind, source.layer + 1, name, full=full)
        node.effect = effect
        _count(node, number, row)
        self.graph.connect(source, node, row["ms"], row["count"])
        return node


def _count(node: Node, number: int, row: Mapping[str, Any]) -> None:
    node.rows.append(number)
    node.ms += row["ms"]
    node.self_ms += row.get("self_ms", row["ms"])
    node.longest_ms = max(node.longest_ms, row["longest_ms"])
    node.count += row["count"]
    node.errors += row.get("errors", 0)
    node.error = node.error or row.get("error")
