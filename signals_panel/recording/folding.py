"""What isn't kept is added to groups.

It finds the groups it belongs to when it begins, so that what is nested in it goes to the right
place at once, and adds its time to them when it ends.
"""

from __future__ import annotations

from typing import Any

from signals_panel.recording.facts import add_collected, keep_fault
from signals_panel.recording.grouping import add_call_to, add_to
from signals_panel.recording.groups import (
    BOUNDED,
    CallKey,
    DispatchKey,
    Group,
    InRest,
    OperationKey,
)
from signals_panel.recording.lock import lock
from signals_panel.recording.measuring import elapsed, is_concurrent
from signals_panel.recording.nodes import (
    BLOCK,
    PHASE,
    CallNode,
    DispatchNode,
    OperationNode,
    Parent,
    Root,
    Scope,
)
from signals_panel.recording.walking import call_around, with_blocks


def overflow_of(parent: Parent) -> Group:
    """The group that takes what ``parent`` has no budget for."""
    if parent.overflow is not None:
        return parent.overflow
    # Made first: a destructor may run meanwhile and be here before us.
    new = Group(limits=BOUNDED)
    if parent.overflow is None:
        parent.overflow = new
    return parent.overflow


def fold_dispatch(dispatch: DispatchNode) -> None:
    """Count a dispatch that begins; it isn't kept."""
    overflow = dispatch.around.overflow or overflow_of(dispatch.around)
    key = (dispatch.signal, dispatch.sender, dispatch.method, dispatch.site)
    group: Any = overflow.children.get(key)  # type: ignore[call-overload] # equal to a DispatchKey
    if group is None:
        group = overflow.child(DispatchKey(*key))
    group.count += 1
    dispatch.group = group


def fold_call(group: Group, call: CallNode) -> None:
    """Count a call that begins, in such a dispatch."""
    inner: Any = group.children.get((call.receiver, call.is_async))  # type: ignore[call-overload] # equal to a CallKey
    if inner is None:
        inner = group.child(CallKey(call.receiver, call.is_async))
    inner.count += 1
    call.overflow = inner


def end_folded(dispatch: DispatchNode, group: Group) -> None:
    """Add what such a dispatch took, and its calls; what still runs is added up to now."""
    calls: Any = dispatch.children
    ns = elapsed(dispatch)
    group.add(ns)
    for call in calls:
        # None for a call that couldn't be counted, which is already reported as a fault.
        if call.overflow is not None:
            add_call_to(call.overflow, call)
    around: Any = dispatch.around
    while type(around) is OperationNode:
        # None of the operations that it is in, either.
        around.folded_ns += ns
        around = around.around
    parent = call_around(around)
    if parent is not None:
        parent.folded_ns += ns
    elif type(group) is InRest:
        calls_ns = sum(map(elapsed, calls))
        rest: Any = group.rest
        rest.top_call_ns += calls_ns
    if len(calls) > 1 and not group.is_concurrent:
        group.is_concurrent = is_concurrent(dispatch)
    root = dispatch.root
    if root.blocks:
        _take_blocks(root, dispatch)
    if not root.budget.toolbar.is_empty:
        # Added up now, without it; they are let go.
        for node in (dispatch, *calls):
            root.budget.toolbar.take(node)


# Blocks ---------------------------------------------------------------------------------


def _take_blocks(root: Root, dispatch: DispatchNode) -> None:
    """The calls of a dispatch are let go, and what blocks in them have counted is taken."""
    for call in dispatch.children or ():
        for child in call.children or ():
            if isinstance(child, Root):
                root.blocks.pop(child, None)
                for block in with_blocks(child):
                    take_over(block, call)


def give_up(block: Root) -> None:
    """A block has ended: unless something is kept in it, what is around it keeps its counts.

    So it does where all that is kept is in blocks inside of it. A program may open any number.
    """
    around = block.around
    if around is None or any(map(_is_going_on, _own_overflows(block))):
        return
    if any(scope.deferred for scope in _with_phases(block)):
        # That is kept in it.
        return
    outer = around.root
    with lock:
        inner: list[Any] = []
        for scope in _with_phases(block):
            inner += [child for child in scope.children if not _is_phase(child)]
        if block not in outer.blocks or not all(isinstance(child, Root) for child in inner):
            return
        del outer.blocks[block]
        # At the end, most likely; others may have begun meanwhile, in other threads.
        siblings: Any = around.children
        index = len(siblings) - 1
        while siblings[index] is not block:
            index -= 1
        siblings[index : index + 1] = inner
        for child in inner:
            child.around = around
        outer.blocks.update(block.blocks)
        take_over(block, around)
        block.toolbar_ns = block.budget.toolbar.let_go(block)


def phase_in(place: Scope, name: str, start: int) -> Scope:
    """A phase of a request, or of a block around its view; made if there is none yet."""
    for child in place.children:
        if isinstance(child, Scope) and child.kind == PHASE and child.name == name:
            return child
    phase = Scope(PHASE, name, place, place.root, start)
    place.children.append(phase)
    return phase


def _is_phase(node: object) -> bool:
    return isinstance(node, Scope) and node.kind == PHASE


def _with_phases(root: Root) -> list[Scope]:
    """A recording and its phases, without the blocks in it."""
    phases = (child for child in root.children if isinstance(child, Scope) and _is_phase(child))
    return [root, *phases]


def _own_overflows(root: Root) -> list[Group]:
    return [scope.overflow for scope in _with_phases(root) if scope.overflow is not None]


def _is_going_on(group: Group) -> bool:
    """Whether a dispatch or an operation that is added up here has yet to end."""
    waiting = [group]
    while waiting:
        for child in list(waiting.pop().children.values()):
            if type(child.key) in (DispatchKey, OperationKey) and child.unfinished():
                return True
            waiting.append(child)
    return False


def take_over(block: Root, into: Parent) -> None:
    """Add what a block has counted to what is around it."""
    for scope in _with_phases(block):
        target = into
        if scope is not block and block.kind == BLOCK and isinstance(into, Scope):
            # A block around the view of a request: in the same phase outside of it.
            place = into.around if into.kind == PHASE else into
            if isinstance(place, Scope):
                target = phase_in(place, scope.name, scope.start)
        if scope.overflow is not None:
            add_to(overflow_of(target), (), [scope.overflow])
        if isinstance(target, Scope):
            for kind, number in scope.outside.items():
                target.outside[kind] = target.outside.get(kind, 0) + number
    root = into.root
    root.unheard.add_all(block.unheard)
    add_collected(root, block.collected)
    for key, number in block.unrecorded.items():
        root.unrecorded[key] = root.unrecorded.get(key, 0) + number
    root.bulk.update(block.bulk)
    root.own_methods.update(block.own_methods)
    for fault in block.faults:
        keep_fault(root, fault)
