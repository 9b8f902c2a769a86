"""Adding what the probes have seen to the tree, under the current node.

None of these raises but by a mistake of ours, which the probes catch.
"""

from __future__ import annotations

import sys
from threading import get_ident
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import find_site, instruction_in
from signals_panel.recording.current import handed_over_from
from signals_panel.recording.facts import take_fault
from signals_panel.recording.folding import overflow_of, phase_in
from signals_panel.recording.grouping import add_effect_to
from signals_panel.recording.lines import find_instruction, handed_over_instruction
from signals_panel.recording.lock import lock
from signals_panel.recording.measuring import elapsed
from signals_panel.recording.nodes import (
    PHASE,
    CallNode,
    DispatchNode,
    EffectNode,
    Node,
    OperationNode,
    Parent,
    Root,
    Scope,
)
from signals_panel.recording.toolbar_time import Stretch
from signals_panel.recording.walking import call_around


def live(node: Node) -> Node | None:
    """The node to record under: the node itself, or a place outside its ended recording."""
    root = node.root
    while not root.is_open:
        outer = root.around
        if outer is None:
            return None
        node, root = outer, outer.root
    return node


# Phases ---------------------------------------------------------------------------------


def begin_phase(place: Scope, name: str, start: int) -> Scope:
    """From now on, what is fired in a request, or a block around its view, is in this phase."""
    if place.phase is None or place.phase.name != name:
        place.phase = phase_in(place, name, start)
    return place.phase


def place_after(block: Root, before: Node | None) -> Node | None:
    """Where the code around a block goes on, when the block has ended.

    A request may have come to another phase meanwhile, in a block around its view.
    """
    node = before and live(before)
    if block.phase is not None and isinstance(node, Scope):
        place = node.around if node.kind == PHASE else node
        if isinstance(place, Scope):
            return begin_phase(place, block.phase.name, block.end)
    return node


# The toolbar's time ---------------------------------------------------------------------

_MAX_WAITING = 1_000


def credit(node: Node | None, start: int, end: int = 0, since: int = 0) -> None:
    """Leave the toolbar's work out of ``node`` and of all that encloses it: see ``Stretch``."""
    if node is None:
        return
    try:
        toolbar = node.root.budget.toolbar
        if len(toolbar.waiting) >= _MAX_WAITING:
            toolbar.settle()
        toolbar.waiting.append(Stretch(node, start, end, since, perf_counter_ns(), get_ident()))
    except Exception as error:
        if not take_fault(node.root, "the toolbar's time", error):
            raise


# Effects --------------------------------------------------------------------------------


def parent_of(node: Node) -> Parent:
    """Where something belongs that happens while a node is current."""
    if isinstance(node, DispatchNode):
        # While a dispatch runs, but in none of its receivers.
        return node.around
    parent: Parent = node
    while isinstance(parent, EffectNode) and not parent.is_kept:
        # It has no place of its own.
        parent = parent.around
    return parent


# At least as many are our own, from the hook to here: they needn't be looked at.
_OWN_FRAMES = 3


def begin_effect(effect: EffectNode) -> None:
    """Keep an effect where it happened; what has no room is counted, there or when it ends."""
    parent, budget = effect.around, effect.root.budget
    if type(parent) is CallNode and budget.left > 0:
        # Most often; as what follows would have it.
        budget.left -= 1
        effect.is_kept = True
        if parent.children is None:
            parent.children = [effect]
        else:
            parent.children.append(effect)
        code = parent.receiver.code
        if code is not None:
            at = instruction_in(code, sys._getframe(_OWN_FRAMES))
            effect.at = at if at >= 0 else handed_over_instruction(code)
        return
    call = call_around(parent)
    is_at_top = isinstance(parent, Scope) and type(parent) is not OperationNode
    if call is None and is_at_top:
        has_room = budget.outside_left > 0
        budget.outside_left -= has_room
    else:
        has_room = budget.left > 0
        budget.left -= has_room
    if has_room:
        effect.is_kept = True
        if is_at_top:
            frame = sys._getframe(_OWN_FRAMES)
            effect.site = find_site(frame, handed_over_from.get)
            effect.at = find_instruction(parent, effect.site, frame)
        # Under a block in a receiver: both the block's and, seen from outside, the receiver's.
        if parent.children is None:
            parent.children = [effect]
        else:
            parent.children.append(effect)
    elif call is None or call.root is not effect.root:
        _count_outside(parent, effect.kind)


def end_effect(effect: EffectNode) -> None:
    """It is over, and what is known of it is known; add it up if it isn't kept."""
    if effect.is_kept:
        return
    parent = effect.around
    call = parent if type(parent) is CallNode else call_around(parent)
    if call is not None:
        inside = overflow_of(parent if parent.root is call.root else call)
        effect.group = add_effect_to(inside, effect)
    if not effect.root.budget.toolbar.is_empty:
        # The toolbar forgets what it took in it: should it be extended, that is left out so.
        effect.start = effect.end - elapsed(effect)
        effect.root.budget.toolbar.take(effect)


def extend_effect(effect: EffectNode, end: int) -> None:
    """An effect that had ended has gone on until ``end``, a reading of the clock."""
    more = end - effect.end
    effect.end = end
    if effect.group is not None:
        effect.group.extend(more, end - effect.start)


def end_followed(root: Root) -> None:
    """Effects that are waiting for a later call have ended with their recording."""
    for key in list(root.followed):
        # Another thread may end some itself.
        effect = root.followed.pop(key, None)
        if effect is not None:
            effect.end = effect.end or root.end
            if effect.group is None:
                end_effect(effect)


def add_effect(effect: EffectNode) -> None:
    """Add an effect that is over."""
    begin_effect(effect)
    if not effect.is_kept:
        end_effect(effect)


def _count_outside(parent: Parent, kind: str) -> None:
    scope: Any = parent
    while not isinstance(scope, Scope) or (type(scope) is OperationNode and not scope.is_kept):
        scope = scope.around
    with lock:
        scope.outside[kind] = scope.outside.get(kind, 0) + 1
