"""What the probes call: adding what they have seen to the tree, under the current node.

None of these raises but by a mistake of ours, which the probes catch.
"""

from __future__ import annotations

import threading
from typing import Any

from signals_panel.describe import SignalName
from signals_panel.recording.folding import add_leaf, fold_into
from signals_panel.recording.folds import Fold, Limits
from signals_panel.recording.nodes import (
    Child,
    Dispatch,
    Node,
    Query,
    ReceiverCall,
    add_child,
)
from signals_panel.recording.recording import Recording

# Each fold's own limits: wide enough for any real program, narrow enough to stay bounded
# when every statement or sender is a new one.
_FOLD_LIMITS = Limits(width=100, depth=40)
_MAX_COLLECTED = 200

# Re-entrant: see _fold().
_lock = threading.RLock()


def live(node: Node) -> Node | None:
    """The node to record under: the node itself, or a place outside its ended recording."""
    root = node._root
    while not root._is_open:
        outer = root._outer
        if outer is None:
            return None
        node, root = outer, outer._root
    return node


def add_unheard(root: Recording, signal: SignalName, sender: str | None) -> None:
    """Count a dispatch that nobody heard."""
    root._unheard.add(signal, sender)


def add_collected(root: Recording, signal: SignalName, keys: list[Any]) -> None:
    """Remember receivers that were gone when their signal was sent."""
    room = _MAX_COLLECTED - len(root._collected)
    root._collected.extend((signal, key) for key in keys[:room])


def add_query(node: Node, query: Query) -> None:
    """Keep a query under its receiver; outside of receivers, count it."""
    if type(node) is Dispatch:
        node = node._parent
    root = node._root
    receiver = _receiver_around(node)
    if receiver is None:
        root._outside_queries += 1
    elif root._budget.left > 0:
        root._budget.left -= 1
        # Under a block in a receiver: both the block's and, seen from outside, the receiver's.
        add_child(node, query)  # type: ignore[arg-type]
    else:
        if node is not receiver:
            root._outside_queries += 1
        _fold(receiver, query)


def _receiver_around(node: Node | None) -> ReceiverCall | None:
    while node is not None and type(node) is not ReceiverCall:
        node = node._outer  # type: ignore[union-attr]
    return node


def overflow_of(parent: Recording | ReceiverCall) -> Fold:
    """The fold that takes what ``parent`` has no budget for."""
    if type(parent) is ReceiverCall:
        if parent._overflow is None:
            parent._overflow = Fold(_FOLD_LIMITS)
        return parent._overflow
    phase = parent._root.phase
    overflows = parent._root._overflows
    if phase not in overflows:
        overflows[phase] = Fold(_FOLD_LIMITS)
    return overflows[phase]


def fold_away(parent: Recording | ReceiverCall, dispatch: Dispatch) -> None:
    """Add a finished dispatch to its parent's fold, and let it go."""
    _fold(parent, dispatch)


# What is to be folded while something is: the garbage collector may run a destructor of the
# user's in the middle of it, which may send or query in turn.
_waiting: list[tuple[Recording | ReceiverCall, Dispatch | Query]] = []
_is_folding = False


def _fold(parent: Recording | ReceiverCall, node: Dispatch | Query) -> None:
    global _is_folding
    with _lock:
        _waiting.append((parent, node))
        if _is_folding:
            return
        _is_folding = True
        try:
            while _waiting:
                _fold_one(*_waiting.pop(0))
        finally:
            _is_folding = False


def _fold_one(parent: Recording | ReceiverCall, node: Dispatch | Query) -> None:
    fold = overflow_of(parent)
    if isinstance(node, Query):
        fold.add_query(node)
    elif not add_leaf(fold, node):
        fold_into(fold, [node])
        _keep_counts(node)


def _keep_counts(dispatch: Dispatch) -> None:
    """Take over what blocks under a dispatch that is let go have counted."""
    root = dispatch._root
    waiting: list[Child] = [dispatch]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Recording):
            root._unheard.add_all(node._unheard)
            root._collected.extend(node._collected[: _MAX_COLLECTED - len(root._collected)])
            root._faults.extend(node._faults)
        if not isinstance(node, Query) and node._children:
            waiting.extend(node._children)
