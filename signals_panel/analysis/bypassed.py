"""Receivers that a bulk operation bypassed: they are connected to signals that it doesn't send."""

from __future__ import annotations

from django.db.models import signals

from signals_panel.describe import ReceiverName, signal_name
from signals_panel.recording import OperationKey
from signals_panel.wiring import Connections, is_the_programs

# Which signals each would send, if it went about it object by object.
_NOT_SENT = {
    "bulk_create": (signals.pre_save, signals.post_save),
    "bulk_update": (signals.pre_save, signals.post_save),
    "update": (signals.pre_save, signals.post_save),
    "raw delete": (signals.pre_delete, signals.post_delete),
}


def signals_not_sent_by(operation: str) -> list[str]:
    """The names of the signals that a bulk operation doesn't send; none for any other."""
    return [str(signal_name(signal)) for signal in _NOT_SENT.get(operation, ())]


def bypassed(operation: OperationKey, connections: Connections) -> list[ReceiverName]:
    """The receivers, in the order in which they are connected."""
    found: dict[str, ReceiverName] = {}
    for signal in _NOT_SENT.get(operation.name, ()):
        for connection in connections.of(signal_name(signal)):
            fits = connection.is_for_all or connection.sender == operation.model
            receiver = connection.receiver
            if fits and receiver is not None and is_the_programs(receiver.text):
                found.setdefault(receiver.text, receiver)
    return list(found.values())
