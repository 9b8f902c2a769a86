"""Bulk operations, seen from the statements that they run.

They send no signals for the rows that they write, which surprises people. To replace their
methods would change ``QuerySet`` and so every queryset class, for each recording; but when one
runs an ``INSERT`` or ``UPDATE``, its frame is on the stack, a few calls further out.
"""

from __future__ import annotations

from types import FrameType

from django.db.models import QuerySet

from signals_panel.describe import options_of, receiver_callers
from signals_panel.recording import Root, note_bulk

# From the cursor to a queryset's method there are about ten, a few more with the toolbar.
_MAX_FRAMES = 25

_OPERATIONS = {
    id(method.__code__): name
    for name in ("bulk_create", "bulk_update", "update")
    for method in [getattr(QuerySet, name)]
    for method in [getattr(method, "__wrapped__", method)]
}


def note_bulk_operation(root: Root, frame: FrameType | None) -> None:
    """Note the bulk operation that runs this statement, if one does.

    ``bulk_update`` is made of updates, and is noted as itself.
    """
    found: FrameType | None = None
    for _ in range(_MAX_FRAMES):
        if frame is None:
            break
        code_id = id(frame.f_code)
        if code_id in _OPERATIONS:
            found = frame
        elif found is not None or code_id in receiver_callers:
            break
        frame = frame.f_back
    if found is None:
        return
    # From the queryset's own dict: a class of the program's may have a property of that name.
    model = object.__getattribute__(found.f_locals["self"], "__dict__").get("model")
    options = options_of(model)
    if options is not None and not options.auto_created:
        note_bulk(root, _OPERATIONS[id(found.f_code)], options.label)
