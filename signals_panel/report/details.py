"""The details of rows, shown when one is opened; by the row's index as text."""

from __future__ import annotations

from typing import Any

from signals_panel.analysis import (
    Analysis,
    Tree,
    add_effects,
    lines_of,
    milliseconds,
    row_time,
)
from signals_panel.describe import Place, clean, is_project_file
from signals_panel.recording import (
    CallKey,
    CallNode,
    DeferredKey,
    DeferredNode,
    DispatchKey,
    DispatchNode,
    Group,
    OperationKey,
    OperationNode,
    call_around,
    elapsed,
    flat,
)
from signals_panel.report.cascade import Cascade
from signals_panel.report.schema import Details, RowTimeParts
from signals_panel.report.space import Space, Texts

_MAX_EACH = 200
_MAX_STACK = 40
_MAX_ERROR = 200
_MAX_LINES = 20
# So much of the room, at most, is for where the time of rows went.
_TIMES_PART = 4


def details(analysis: Analysis, cascade: Cascade, texts: Texts, space: Space) -> dict[str, Details]:
    """The details of the cascade's rows, as far as there is room."""
    found = _times(cascade, space)
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
            mine["each_more"] = group.count
        if mine and space.take(mine):
            found.setdefault(str(index), {}).update(mine)
    _add_each(tree, cascade, space, found)
    return found


def _add_each(tree: Tree, cascade: Cascade, space: Space, found: dict[str, Details]) -> None:
    """Each single time of rows, as far as there is room; first of what took longest of its own."""
    several = [
        (index, group)
        for index, group in cascade.groups.items()
        if group.count > 1 and type(group.key) in _TIMED and str(index) in found
    ]
    for index, group in sorted(several, key=lambda item: -_own_ns(item[1])):
        each, more = _each(tree, group)
        if space.take(each):
            found[str(index)] |= {"each": each, "each_more": more}


def _own_ns(group: Group) -> int:
    return group.self_ns if type(group.key) in (CallKey, OperationKey) else 0


def _times(cascade: Cascade, space: Space) -> dict[str, Details]:
    """Where the time of rows went, as far as there is room; those that took longest first."""
    found: dict[str, Details] = {}
    size = space.left // _TIMES_PART
    room = Space(size)
    timed = [item for item in cascade.groups.items() if type(item[1].key) in _TIMED]
    for index, group in sorted(timed, key=lambda item: -item[1].ns):
        if not group.ns:
            break
        mine: Details = {"time": _time(group)}
        if type(group.key) in (CallKey, DeferredKey):
            lines = _lines(group)
            if lines:
                mine["lines"] = lines
        # The key's quotes, a colon and a space.
        if not room.take([str(index), mine]):
            break
        found[str(index)] = mine
    space.left -= size - room.left
    return found


_TIMED = (DispatchKey, CallKey, OperationKey, DeferredKey)


def _time(group: Group) -> RowTimeParts:
    time = row_time(group)
    effects = {kind: milliseconds(ns) for kind, ns in time.effects.items()}
    signals = {clean(name): milliseconds(ns) for name, ns in time.signals.items()}
    deferred = milliseconds(time.deferred)
    others = sum(effects.values()) + sum(signals.values()) + deferred
    return {
        # So that the parts are the whole after rounding, too.
        "python": max(0.0, round(milliseconds(group.ns) - others, 4)),
        "effects": effects,
        "signals": signals,
        "deferred": deferred,
        "is_scaled": time.is_scaled,
    }


def _lines(group: Group) -> list[list[Any]]:
    return [
        [line.number, milliseconds(line.ns), line.effects, line.count]
        for line in lines_of(group)[:_MAX_LINES]
    ]


def _each(tree: Tree, group: Group) -> tuple[list[list[Any]], int]:
    """The slowest first, each with its number in the order in which they began."""
    rows = []
    times = [elapsed(member) for member in group.members or ()]
    # Those that took as long stay in order.
    slowest = sorted(range(len(times)), key=lambda index: -times[index])[:_MAX_EACH]
    for index in slowest:
        member: Any = (group.members or [])[index]
        sent = member.around if type(member) is CallNode else member
        rows.append(
            [
                milliseconds(tree.axis(member.start)) if member.start else None,
                milliseconds(times[index]),
                _effects_in(member),
                _error(member),
                sent.key if type(sent) is DispatchNode else None,
                index + 1,
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
    for child in flat(node.children):
        add_effects(counts, child)
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
