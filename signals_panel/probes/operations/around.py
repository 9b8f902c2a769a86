"""A hook around a method that is an operation: it is the current node until it is over."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import options_of
from signals_panel.probes.passing import passing_through
from signals_panel.probes.patches import Layer, Method
from signals_panel.recording import (
    CallNode,
    DeferredNode,
    Node,
    OperationNode,
    begin_operation,
    current,
    end_operation,
    take_fault,
)

Begin = Callable[[Node, tuple[Any, ...], dict[str, Any]], "OperationNode | None"]
"""Gives the operation that a call begins; None for a part of another."""
End = Callable[[OperationNode, Any], None]
"""Notes what a call has returned."""

SAVE = "save"


def new_operation(node: Node, name: str, model: Any, note: str = "") -> OperationNode | None:
    """An operation on a model; None where there is no model, or for a part of another.

    Only a ``save()`` inside another operation is one of its own: it sends signals by itself.
    """
    options = options_of(model)
    if options is None or (name != SAVE and is_in_operation(node)):
        return None
    return begin_operation(node, name, options.label, note)


def is_in_operation(node: Node | None) -> bool:
    """Whether an operation is around a node, and no receiver or deferred work in between."""
    while node is not None and type(node) not in (CallNode, DeferredNode):
        if type(node) is OperationNode:
            return True
        node = node.around
    return False


def hook_around(begin: Begin, end: End, original: Method, layer: Layer) -> Method:
    """What stands in place of ``original``, a method."""

    @functools.wraps(original)
    def operation(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        mine = _begun(begin, node, args, kwargs)
        if mine is None:
            return original(*args, **kwargs)
        # A timeout may be raised at any line: what was current is put back twice.
        try:
            try:
                current.set(mine)
                value = original(*args, **kwargs)
                mine.end = perf_counter_ns()
            except BaseException as error:
                _ended(end, mine, None, error)
                raise
            finally:
                current.set(node)
        except BaseException:
            current.set(node)
            raise
        _ended(end, mine, value, None)
        return value

    return functools.wraps(original)(passing_through(original, operation))


def _begun(
    begin: Begin, node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> OperationNode | None:
    try:
        return begin(node, args, kwargs)
    except Exception as error:
        if not take_fault(node.root, "an operation", error):
            raise
        return None


def _ended(end: End, mine: OperationNode, value: Any, error: BaseException | None) -> None:
    try:
        if error is None:
            end(mine, value)
        end_operation(mine, error)
    except Exception as fault:
        if not take_fault(mine.root, "an operation", fault):
            raise
