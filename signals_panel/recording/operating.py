"""An operation of a model, from its beginning to its end."""

from __future__ import annotations

import sys

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import error_text, find_site
from signals_panel.recording.adding import live, parent_of
from signals_panel.recording.current import handed_over_from
from signals_panel.recording.folding import overflow_of
from signals_panel.recording.grouping import add_operation_to
from signals_panel.recording.groups import OperationKey
from signals_panel.recording.lines import find_instruction
from signals_panel.recording.nodes import Node, OperationNode

# At least as many are our own, from the hook to here: they needn't be looked at.
_OWN_FRAMES = 5


def begin_operation(node: Node, name: str, model: str, note: str = "") -> OperationNode | None:
    """An operation that begins while a node is current; None when nothing is recorded any more."""
    found = live(node)
    if found is None:
        return None
    frame = sys._getframe(_OWN_FRAMES)
    site = find_site(frame, handed_over_from.get)
    parent = parent_of(found)
    operation = OperationNode(name, model, parent, site)
    operation.note = note
    budget = operation.root.budget
    if budget.left > 0:
        budget.left -= 1
        operation.is_kept = True
        operation.at = find_instruction(parent, site, frame)
        if parent.children is None:
            parent.children = [operation]
        else:
            parent.children.append(operation)
    else:
        operation.overflow = overflow_of(parent).child(OperationKey(name, model, note, site))
        operation.overflow.count += 1
    operation.start = perf_counter_ns()
    return operation


def end_operation(operation: OperationNode, error: BaseException | None = None) -> None:
    """It has returned or raised."""
    operation.end = operation.end or perf_counter_ns()
    if error is not None:
        operation.error = error_text(error)
    if not operation.is_kept:
        add_operation_to(operation.overflow, operation)
        toolbar = operation.root.budget.toolbar
        if not toolbar.is_empty:
            toolbar.take(operation)
