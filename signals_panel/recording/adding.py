"""What the probes call: adding what they have seen to the tree, under the current node.

None of these raises but by a mistake of ours, which the probes catch.
"""

from __future__ import annotations

from typing import Any

from signals_panel.describe import SignalName
from signals_panel.recording.folding import fold_into
from signals_panel.recording.folds import BOUNDED, Fold, FoldedDispatch, Rest
from signals_panel.recording.lock import lock
from signals_panel.recording.nodes import (
    Dispatch,
    Node,
    Query,
    ReceiverCall,
    elapsed,
)
from signals_panel.recording.recording import Recording

_MAX_COLLECTED = 200


def live(node: Node) -> Node | None:
    """The node to record under: the node itself, or a place outside its ended recording."""
    root = node._root
    while not root._is_open:
        outer = root._around
        if outer is None:
            return None
        node, root = outer, outer._root
    return node


def add_unheard(root: Recording, signal: SignalName, sender: str | None) -> None:
    """Count a dispatch that nobody heard."""
    root._unheard.add(signal, sender)


def add_collected(root: Recording, signal: SignalName, keys: list[Any]) -> None:
    """Remember receivers that were gone when their signal was sent."""
    add_all_collected(root, [(signal, key) for key in keys])


def add_all_collected(root: Recording, collected: list[tuple[SignalName, Any]]) -> None:
    """Remember as many as there is room for."""
    room = max(0, _MAX_COLLECTED - len(root._collected))
    root._collected.extend(collected[:room])


def add_query(node: Node, query: Query) -> None:
    """Keep a query under its receiver; outside of receivers, count it."""
    if type(node) is Dispatch:
        node = node._around
    root = node._root
    receiver = node if type(node) is ReceiverCall else _receiver_around(node)
    if receiver is None:
        root._outside_queries += 1
    elif root._budget.left > 0:
        root._budget.left -= 1
        # Under a block in a receiver: both the block's and, seen from outside, the receiver's.
        if node._children is None:
            node._children = [query]
        else:
            node._children.append(query)
    else:
        if node is not receiver:
            root._outside_queries += 1
        _overflow_of(receiver).add_query(query)


def _receiver_around(node: Node | None) -> ReceiverCall | None:
    while node is not None and type(node) is not ReceiverCall:
        node = node._around
    return node


# Beyond the budget ----------------------------------------------------------------------
#
# What isn't kept finds the folded nodes it belongs to when it begins, so that what is nested
# in it goes to the right place at once, and adds its time to them when it ends.


def _overflow_of(parent: Recording | ReceiverCall) -> Fold:
    """The fold that takes what ``parent`` has no budget for."""
    fold = parent._overflow
    if fold is not None:
        return fold
    if not isinstance(parent, ReceiverCall):
        return parent.find_overflow()
    # Made first: a destructor may run meanwhile and be here before us.
    new = Fold(BOUNDED)
    if parent._overflow is None:
        parent._overflow = new
    return parent._overflow


def fold_dispatch(dispatch: Dispatch) -> None:
    """Count a dispatch that begins; it isn't kept."""
    overflow = dispatch._around._overflow or _overflow_of(dispatch._around)
    key = (dispatch._signal, dispatch._sender, dispatch.method, dispatch._site)
    folded: Any = overflow.children.get(key)
    if folded is None:
        folded = overflow.find(*key)
    folded.count += 1
    dispatch._folded = folded


def fold_call(folded: FoldedDispatch, call: ReceiverCall) -> None:
    """Count a call that begins, in such a dispatch."""
    overflow = folded.calls.get((call._receiver, call.is_async))
    if overflow is None:
        overflow = folded.find_call(call._receiver, call.is_async)
    overflow.count += 1
    call._overflow = overflow


def end_folded(dispatch: Dispatch, folded: FoldedDispatch) -> None:
    """Add what such a dispatch took, and its calls; what still runs is added up to now."""
    calls: Any = dispatch._children
    ns = elapsed(dispatch)
    folded.ns += ns
    folded.ended += 1
    if ns > folded.longest_ns:
        folded.longest_ns = ns
    for call in calls:
        # None for a call that couldn't be counted, which has been told as a fault.
        if call._overflow is not None:
            call._overflow.add(call)
    parent: Any = dispatch._around
    while parent is not None and type(parent) is not ReceiverCall:
        parent = parent._around
    if parent is not None:
        parent._folded_ns += ns
    elif type(folded) is Rest:
        calls_ns = sum(map(elapsed, calls))
        folded.call_ns += calls_ns
    if len(calls) > 1 and not folded.is_concurrent:
        folded.is_concurrent = dispatch.is_concurrent
    root = dispatch._root
    if root._blocks:
        for call in calls:
            for child in call._children or ():
                if isinstance(child, Recording):
                    # The call itself is let go.
                    root._blocks.pop(child, None)
                    for block in child.with_blocks():
                        _take_over(block, call)
    if not root._budget.toolbar.is_empty:
        # Added up now, without it; they are let go.
        for node in (dispatch, *calls):
            root._budget.toolbar.take(node)


def give_up(block: Recording) -> None:
    """A block has ended: unless something is kept in it, what is around it keeps its counts.

    So it does where all that is kept is in blocks inside of it. A program may open any number.
    """
    around: Any = block._around
    if around is None or any(map(_is_going_on, list(block._overflows.values()))):
        return
    outer: Recording = around._root
    with lock:
        inner = [child for child in block._children if isinstance(child, Recording)]
        if len(inner) < len(block._children) or block not in outer._blocks:
            return
        del outer._blocks[block]
        # At the end, most likely; others may have begun meanwhile, in other threads.
        siblings = around._children
        index = len(siblings) - 1
        while siblings[index] is not block:
            index -= 1
        siblings[index : index + 1] = inner
        for child in inner:
            child._around = around
        outer._blocks.update(block._blocks)
        _take_over(block, around)
        block._toolbar_ns = block._budget.toolbar.let_go(block)


def _is_going_on(fold: Fold) -> bool:
    """Whether a dispatch that is added up here has yet to end."""
    waiting: list[Fold] = [fold]
    while waiting:
        for dispatch in waiting.pop().dispatches:
            if dispatch.ended < dispatch.count:
                return True
            waiting.extend(list(dispatch.calls.values()))
    return False


def _take_over(block: Recording, into: Recording | ReceiverCall) -> None:
    """Add what a block has counted to what is around it."""
    root = into._root
    for phase, fold in list(block._overflows.items()):
        # At the top, in the phase that it happened in.
        is_at_top = into is root and block.is_block
        target = root.overflow_in(phase) if is_at_top else _overflow_of(into)
        fold_into(target, (), [fold])
    if into is root:
        root._outside_queries += block._outside_queries
    root._unheard.add_all(block._unheard)
    add_all_collected(root, block._collected)
    for key, number in block._unrecorded.items():
        root._unrecorded[key] = root._unrecorded.get(key, 0) + number
    root._bulk.update(block._bulk)
    root._own_methods.update(block._own_methods)
    for fault in block._faults:
        root.keep_fault(fault)
