"""Deleting: what ``Collector`` collects and then deletes is one operation.

``delete()`` of an object and of a queryset make one collector each. The admin makes one to show
what would be deleted; that stays a collecting.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import WordCache
from signals_panel.probes.operations.around import Begin, End, new_operation
from signals_panel.recording import Node, OperationNode

COLLECT, DELETE = "collect", "delete"

# By collector, until it is gone.
_collected: WordCache[OperationNode] = WordCache()


def _model(collector: Any, objects: Any) -> Any:
    """The model whose objects are to be deleted."""
    origin = object.__getattribute__(collector, "__dict__").get("origin")
    for each in (origin, objects):
        # By its type: a lazy object would be evaluated.
        if issubclass(type(each), QuerySet):
            return object.__getattribute__(each, "__dict__").get("model")
        if type(each) in (list, tuple):
            return type(each[0]) if each else None
        if each is not None:
            return type(each)
    return None


def _collected_by(collector: Any, node: Node) -> OperationNode | None:
    """What goes on, if the collector has collected in this very place."""
    operation = _collected.get(id(collector))
    if operation is None or operation.around is not node or not operation.root.is_open:
        return None
    operation.pause_ns += perf_counter_ns() - operation.end
    operation.end = 0
    return operation


def _begin_collect(
    node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> OperationNode | None:
    operation = _collected_by(args[0], node)
    if operation is None:
        objects = args[1] if len(args) > 1 else kwargs.get("objs")
        operation = new_operation(node, COLLECT, _model(args[0], objects))
        if operation is not None and operation.is_kept:
            _collected.add(args[0], operation)
    return operation


def _begin_delete(
    node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> OperationNode | None:
    operation = _collected_by(args[0], node)
    if operation is not None:
        operation.name = DELETE
        return operation
    return new_operation(node, DELETE, _model(args[0], None))


def _end_collect(operation: OperationNode, value: None) -> None:
    """It may go on with a delete."""


def _end_delete(operation: OperationNode, value: Any) -> None:
    # How many objects, and how many of each model.
    if type(value) is tuple and value and type(value[0]) is int:
        operation.rows = value[0]


METHODS: dict[str, tuple[Begin, End]] = {
    "collect": (_begin_collect, _end_collect),
    "delete": (_begin_delete, _end_delete),
}
