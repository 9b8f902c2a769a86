"""What is shown of a row only when it is opened, by the row's index as text.

``each``
    Of a folded row, every single one as far as it was kept: ``[start_ms, ms, queries, error]``;
    ``each_more`` says how many more there are.
``stack``
    Of a dispatch, the lines that led to the first send from its line, innermost first:
    ``[line, is_project]``.
``arguments``
    Of the first dispatch, when the setting asks: ``[name, text]``.
``connection``
    Of a call, while it is connected: ``sender``, ``weak``, ``dispatch_uid``.
``traceback``
    Of a call that raised: indexes into the report's lines.
"""

from __future__ import annotations

from typing import Any

from signals_panel.describe import clean
from signals_panel.describe.source import Place, is_project_file
from signals_panel.recording import Dispatch
from signals_panel.recording.folds import FoldedCall, FoldedDispatch
from signals_panel.recording.nodes import elapsed
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
    stacks = _stacks(tree, cascade)
    for index, node in cascade.nodes.items():
        if type(node) is FoldedDispatch:
            mine = _dispatch(tree, node, stacks, texts)
        elif type(node) is FoldedCall:
            dispatch = cascade.nodes[cascade.parents[index]]
            mine = _call(tree, node, texts)
            connection = connections.of_receiver(dispatch.signal, node.receiver, dispatch.sender)
            if connection:
                mine["connection"] = connection
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
    rows = [
        [
            milliseconds(member._start - tree.start_ns),
            milliseconds(elapsed(member)),
            None if type(member) is Dispatch else len(member.queries),
            None if type(member) is Dispatch or not member.error else member.error[:_MAX_ERROR],
        ]
        for member in kept[:_MAX_EACH]
    ]
    return rows, node.count - len(rows)


def _stacks(tree: Tree, cascade: Cascade) -> dict[Place, list[Place]]:
    """The stack of each sending line: it is kept with the first send from there."""
    return {
        member._place: member._stack
        for node in cascade.nodes.values()
        if type(node) is FoldedDispatch
        for member in tree.members(node)
        if member._stack
    }


def _dispatch(
    tree: Tree, node: FoldedDispatch, stacks: dict[Place, list[Place]], texts: Texts
) -> Details:
    mine: Details = {}
    if node.place in stacks:
        lines = [place.source_line for place in stacks[node.place][:_MAX_STACK]]
        mine["stack"] = [
            [index, is_project_file(line.path)]
            for line in lines
            for index in [texts.line(line)]
            if index is not None
        ]
    for member in tree.members(node)[:1]:
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
