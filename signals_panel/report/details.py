"""The details of rows, shown when one is opened; by the row's index as text."""

from __future__ import annotations

from typing import Any

from signals_panel.analysis import Analysis, Tree, milliseconds
from signals_panel.describe import Place, clean, is_project_file
from signals_panel.recording import (
    CallKey,
    CallNode,
    DeferredKey,
    DeferredNode,
    DispatchKey,
    DispatchNode,
    EffectNode,
    Group,
    OperationKey,
    OperationNode,
    call_around,
    elapsed,
    flat,
)
from signals_panel.report.cascade import Cascade
from signals_panel.report.schema import Details
from signals_panel.report.space import Space, Texts

_MAX_EACH = 200
_MAX_STACK = 40
_MAX_ERROR = 200


def details(analysis: Analysis, cascade: Cascade, texts: Texts, space: Space) -> dict[str, Details]:
    """The details of the cascade's rows, as far as there is room."""
    found: dict[str, Details] = {}
    tree, connections = analysis.tree, analysis.connections
    for index, group in cascade.groups.items():
        key = group.key
        if type(key) is DispatchKey:
            mine = _dispatch(tree, group, texts)
        elif type(key) is CallKey and group.parent is not None:
            mine = _call(group, texts)
            connection = connections.of_receiver(group.parent, key.receiver)
            if connection:
                mine["connection"] = connection
            imported_as = connections.imported_twice(group.parent, key.receiver)
            if imported_as:
                mine["imported_as"] = [clean(name) for name in imported_as]
        elif type(key) in (OperationKey, DeferredKey):
            mine = {}
        else:
            continue
        if group.count > 1:
            mine["each"], mine["each_more"] = _each(tree, group)
        if mine and not space.take(mine):
            mine.pop("each", None)
            mine["each_more"] = group.count
            if not space.take(mine):
                continue
        if mine:
            found[str(index)] = mine
    return found


def _each(tree: Tree, group: Group) -> tuple[list[list[Any]], int]:
    rows = []
    for member in (group.members or [])[:_MAX_EACH]:
        sent = member.around if type(member) is CallNode else member
        rows.append(
            [
                milliseconds(tree.axis(member.start)) if member.start else None,
                milliseconds(elapsed(member)),
                _effects_in(member),
                _error(member),
                sent.key if type(sent) is DispatchNode else None,
            ]
        )
    return rows, group.count - len(rows)


def _error(member: DispatchNode | CallNode | OperationNode | DeferredNode) -> str | None:
    if isinstance(member, DispatchNode) or not member.error:
        return None
    return member.error[:_MAX_ERROR]


def _effects_in(node: Any) -> dict[str, int]:
    """The effects in a dispatch or call, as far as they are kept, with those nested in it."""
    counts: dict[str, int] = {}
    waiting = [node]
    while waiting:
        for child in flat(waiting.pop().children):
            if type(child) is EffectNode:
                counts[child.kind] = counts.get(child.kind, 0) + 1
            waiting.append(child)
    return counts


def _stack(dispatch: DispatchNode, tree: Tree) -> list[Place]:
    """The places that led to the first send of a row, through the receivers around it."""
    places: list[Place] = []
    around: DispatchNode | None = dispatch
    while around is not None and len(places) < _MAX_STACK:
        stack = around.stack or tree.stacks.get((around.site, around.signal, around.sender))
        if stack is None:
            break
        places += stack.places
        if not stack.is_nested:
            break
        # A block, or an effect: the receiver that it is in is further out.
        call = call_around(around.around)
        around = call.around if call is not None else None
    return places[:_MAX_STACK]


def _dispatch(tree: Tree, group: Group, texts: Texts) -> Details:
    mine: Details = {}
    for member in (group.members or [])[:1]:
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


def _call(group: Group, texts: Texts) -> Details:
    mine: Details = {}
    if group.errors:
        for member in group.members or ():
            if member.failure is not None and member.failure.traceback:
                lines = [place.source_line for place in member.failure.traceback[-_MAX_STACK:]]
                indexes = [texts.line(line) for line in lines]
                mine["traceback"] = [index for index in indexes if index is not None]
                break
    return mine
