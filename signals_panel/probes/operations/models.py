"""What is an operation of ``Model`` and of ``QuerySet``, and what is known of it.

``save_base`` is where every ``save()`` sends its signals, that of a fixture included.
"""

from __future__ import annotations

from typing import Any

from signals_panel.describe import options_of
from signals_panel.probes.operations.around import SAVE, Begin, End, new_operation
from signals_panel.recording import EffectNode, Node, OperationNode, note_bulk

# They send no signals for the rows that they write, which surprises people.
_SURPRISING = frozenset({"bulk_create", "bulk_update", "update"})

CREATED, CHANGED = "created", "changed"


def begin_save(node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> OperationNode | None:
    """``Model.save_base(raw=False, ...)``."""
    operation = new_operation(node, SAVE, type(args[0]))
    if operation is not None:
        operation.rows = 1
        operation.table = options_of(type(args[0])).db_table
    return operation


def end_save(operation: OperationNode, value: None) -> None:
    """An object that has been inserted is new."""
    if not operation.is_kept:
        return
    for child in operation.children:
        if type(child) is not EffectNode or child.kind != "sql":
            continue
        # Into its own table: a program may write another row meanwhile.
        if child.text[:6] == "INSERT" and operation.table in child.text:
            operation.note = CREATED
            return
    operation.note = CHANGED


def _begin_of(name: str) -> Begin:
    def begin(node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> OperationNode | None:
        # From the queryset's own dict: a class of the program's may have a property of that name.
        model = object.__getattribute__(args[0], "__dict__").get("model")
        operation = new_operation(node, name, model)
        if operation is not None:
            operation.is_bulk = not model._meta.auto_created
        return operation

    return begin


def end_counted(operation: OperationNode, value: Any) -> None:
    """It returns how many rows it was about, or the objects."""
    if type(value) is list:
        operation.rows = len(value)
    elif type(value) is int:
        operation.rows = value
    # Without a row there was nothing to do; but an update asks the database.
    has_run = bool(operation.rows) or operation.name == "update"
    if has_run and operation.is_bulk and operation.name in _SURPRISING:
        note_bulk(operation.root, operation.name, operation.model)


MODEL_METHODS: dict[str, tuple[Begin, End]] = {"save_base": (begin_save, end_save)}

QUERYSET_METHODS: dict[str, tuple[Begin, End]] = {
    method: (_begin_of(name), end_counted)
    for method, name in {
        "bulk_create": "bulk_create",
        "bulk_update": "bulk_update",
        "update": "update",
        "_raw_delete": "raw delete",
    }.items()
}
