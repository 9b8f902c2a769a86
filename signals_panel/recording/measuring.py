"""How long nodes took: readings of the clock, without what the toolbar did in between."""

from __future__ import annotations

import itertools
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.recording.intervals import union_ns
from signals_panel.recording.nodes import (
    CallNode,
    DeferredNode,
    DispatchNode,
    EffectNode,
    OperationNode,
    Root,
)
from signals_panel.recording.walking import DEFERRED_APART, calls_of, caused_by, scopes_below


def end_of_recording(root: Root) -> int:
    """When it ended, or now; while the toolbar works, when it began to."""
    return root.end or root.paused_at or perf_counter_ns()


Timed = DispatchNode | CallNode | EffectNode | OperationNode | DeferredNode


def end_of(node: Timed) -> int:
    """When it ended; for what still runs, the recording's end, or now."""
    return node.end or max(node.start, end_of_recording(node.root))


def elapsed(node: Timed) -> int:
    """Nanoseconds from its start to its end, without the toolbar's own work in between.

    0 for a call that never began.
    """
    start = node.start
    if not start:
        return 0
    ns = (node.end or end_of(node)) - start
    if type(node) is OperationNode:
        ns -= node.pause_ns
    toolbar = node.root.budget.toolbar
    return ns if toolbar.is_empty else max(0, ns - toolbar.of(node))


def self_ns(call: CallNode | OperationNode) -> int:
    """Nanoseconds of a call or an operation, without those of what is nested in it.

    Dispatches, and deferred work of others that it has run.
    """
    if not call.children:
        return max(0, elapsed(call) - call.folded_ns)
    start, end = call.start, end_of(call)
    nested: list[Any] = [
        child for child in caused_by(call, closed=DEFERRED_APART) if type(child) is DispatchNode
    ]
    nested += [child for child in scopes_below(call) if type(child) is DeferredNode]
    if not nested:
        return max(0, elapsed(call) - call.folded_ns)
    nested_ns: int = union_ns(
        (max(child.start, start), min(end_of(child), end)) for child in nested
    )
    # The toolbar's work in them is in the union, and no longer in what has elapsed.
    nested_ns -= sum(child.root.budget.toolbar.of(child) for child in nested)
    return max(0, elapsed(call) - max(0, nested_ns) - call.folded_ns)


def is_concurrent(dispatch: DispatchNode) -> bool:
    """Whether receivers overlapped; then their times don't add up to the dispatch's."""
    intervals = sorted((call.start, end_of(call)) for call in calls_of(dispatch) if call.start)
    return any(start < end for (_, end), (start, _) in itertools.pairwise(intervals))
