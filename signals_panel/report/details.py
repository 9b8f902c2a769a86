"""What is shown of a row only when it is opened, by the row's index as text.

``each``
    Of a folded row, every single one as far as it was kept: ``[start_ms, ms, queries, error,
    key]``, the last one the primary key of the instance that was sent, if any; ``each_more``
    says how many more there are.
``stack``
    Of a dispatch, the lines that led to the first of these sends, innermost first:
    ``[line, is_project]``.
``arguments``
    Of the first dispatch, when the setting asks: ``[name, text]``.
``connection``
    Of a call, how it is connected, while it is, once for each way: ``sender``, ``weak``,
    ``dispatch_uid``.
``imported_as``
    Of a call, the names of its function where its file was imported under several.
``traceback``
    Of a call that raised: indexes into the report's lines.
"""

from __future__ import annotations

from typing import Any

from signals_panel.describe import Place, clean, is_project_file
from signals_panel.recording import Dispatch, Query, ReceiverCall
from signals_panel.recording.folds import FoldedCall, FoldedDispatch
from signals_panel.recording.nodes import elapsed, flat
from signals_panel.report.cascade import Cascade
from signals_panel.report.connections import Connections
from signals_panel.report.space import Space, Texts
from signals_panel.report.tree import Tree, milliseconds

Details = dict[str, Any]

_MAX_EACH = 200
_MAX_STACK = 40
_MAX_ERROR = 200


def details(
    tree: Tree, cascade: Cascade, connections: Connections, texts: Texts, space: Space
) -> dict[str, Details]:
    """The details of the cascade's rows, as far as there is room."""
    found: dict[str, Details] = {}
    for index, node in cascade.nodes.items():
        if type(node) is FoldedDispatch:
            mine = _dispatch(tree, node, texts)
        elif type(node) is FoldedCall:
            dispatch = cascade.nodes[cascade.parents[index]]
            mine = _call(tree, node, texts)
            connection = connections.of_receiver(dispatch, node.receiver)
            if connection:
                mine["connection"] = connection
            imported_as = connections.imported_twice(dispatch, node.receiver)
            if imported_as:
                mine["imported_as"] = [clean(name) for name in imported_as]
        else:
            continue
        if node.count > 1:
            mine["each"], mine["each_more"] = _each(tree, node)
        if mine and not space.take(mine):
            mine.pop("each", None)
            mine["each_more"] = node.count
            if not space.take(mine):
                continue
        if mine:
            found[str(index)] = mine
    return found


def _each(tree: Tree, node: FoldedDispatch | FoldedCall) -> tuple[list[list[Any]], int]:
    kept = tree.members(node)
    rows = []
    for member in kept[:_MAX_EACH]:
        is_dispatch = type(member) is Dispatch
        sent = member if is_dispatch else member._around
        rows.append(
            [
                milliseconds(tree.axis(member._start)) if member._start else None,
                milliseconds(elapsed(member)),
                queries_in(member),
                None if is_dispatch or not member.error else member.error[:_MAX_ERROR],
                sent._key,
            ]
        )
    return rows, node.count - len(rows)


def queries_in(node: Any) -> int:
    """The queries in a dispatch or call, as far as they are kept, with those nested in it."""
    count = 0
    waiting = [node]
    while waiting:
        for child in flat(waiting.pop()._children):
            if type(child) is Query:
                count += 1
            else:
                waiting.append(child)
    return count


def _stack(dispatch: Dispatch, tree: Tree) -> list[Place]:
    """The places that led to the first send of a row, through the receivers around it."""
    places: list[Place] = []
    around: Any = dispatch
    while around is not None and len(places) < _MAX_STACK:
        kind = (around._site, around._signal, around._sender)
        stack = around._stack or tree.stacks.get(kind)
        if stack is None:
            break
        places += stack.places
        if not stack.is_nested:
            break
        parent: Any = around._around
        while parent is not None and type(parent) is not ReceiverCall:
            # A block: the receiver that opened it is further out.
            parent = parent._around
        around = parent and parent._around
    return places[:_MAX_STACK]


def _dispatch(tree: Tree, node: FoldedDispatch, texts: Texts) -> Details:
    mine: Details = {}
    for member in tree.members(node)[:1]:
        lines = [place.source_line for place in _stack(member, tree)]
        stack = [
            [index, is_project_file(line.path)]
            for line in lines
            for index in [texts.line(line)]
            if index is not None
        ]
        if stack:
            mine["stack"] = stack
        if member.arguments:
            mine["arguments"] = [
                [clean(name), clean(text)] for name, text in member.arguments.items()
            ]
    return mine


def _call(tree: Tree, node: FoldedCall, texts: Texts) -> Details:
    mine: Details = {}
    if node.errors:
        for member in tree.members(node):
            if member.traceback:
                indexes = [texts.line(line) for line in member.traceback[-_MAX_STACK:]]
                mine["traceback"] = [index for index in indexes if index is not None]
                break
    return mine
