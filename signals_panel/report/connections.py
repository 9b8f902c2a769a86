"""What is connected to a signal, and how: read from the signal itself, after the request.

``Signal.receivers`` has changed its shape over the versions (Django 5.2 has triples, 6.0
added the sender's reference), so its entries are read by index.
"""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple

from django.apps import apps

from signals_panel.describe import (
    ReceiverName,
    SignalName,
    known_sender_names,
    plain_text,
    receiver_name,
    sender_name,
)
from signals_panel.recording import Recording
from signals_panel.recording.unheard import OTHERS

_NONE_ID = id(None)


class Connection(NamedTuple):
    """One entry of ``Signal.receivers``."""

    receiver: ReceiverName | None
    """None once the receiver is gone."""
    key: Any
    """What the receiver is looked up by: an id, a pair of ids for a method, a dispatch_uid."""
    is_for_all: bool
    """Whether it was connected without a sender."""
    sender: str | None
    """The sender it was connected for, where it is known by name."""
    weak: bool
    dispatch_uid: str | None


class Connections:
    """What is connected to the signals of one report; each signal is read once."""

    def __init__(self) -> None:
        self._found: dict[SignalName, list[Connection]] = {}

    @classmethod
    def at_end_of(cls, recording: Recording) -> Connections:
        """What is connected now to the signals that a recording knows of, and their names."""
        signals = {dispatch._signal for dispatch in recording.walk()}
        for block in recording.with_blocks():
            signals.update(signal for signal, _, _ in block._unheard if signal is not OTHERS)
        connections = cls()
        for signal in signals:
            connections.of(signal)
            # A signal that is gone can't be looked for.
            str(signal)
        return connections

    def of(self, signal: SignalName) -> list[Connection]:
        """Every entry of the signal, in the order of connecting; none once it is gone."""
        found = self._found.get(signal)
        if found is None:
            live = signal.signal()
            entries = list(live.receivers) if live is not None else []
            found = self._found[signal] = [_connection(entry) for entry in entries]
        return found

    def of_receiver(
        self, signal: SignalName, receiver: ReceiverName, sender: str | None
    ) -> dict[str, Any]:
        """How a receiver that was called is connected; empty when it no longer is.

        ``{"sender": "shop.Product", "weak": True, "dispatch_uid": None}``; the sender is None
        for a receiver of all senders.
        """
        found = [each for each in self.of(signal) if each.receiver is receiver]
        fitting = [each for each in found if each.is_for_all or each.sender == sender] or found
        if not fitting:
            return {}
        return {
            "sender": fitting[0].sender,
            "weak": fitting[0].weak,
            "dispatch_uid": fitting[0].dispatch_uid,
        }


def _connection(entry: Any) -> Connection:
    (key, sender_id), reference = entry[0], entry[1]
    weak = isinstance(reference, weakref.ReferenceType)
    receiver = reference() if weak else reference
    is_for_all = sender_id == _NONE_ID
    return Connection(
        receiver=None if weak and receiver is None else receiver_name(receiver),
        key=key,
        is_for_all=is_for_all,
        sender=None if is_for_all else _sender(entry, sender_id),
        weak=weak,
        dispatch_uid=None if _is_id(key, receiver) else plain_text(key),
    )


def _sender(entry: Any, sender_id: Any) -> str | None:
    # From Django 6.0 on there is a reference between the receiver and is_async.
    reference = entry[2] if len(entry) > 3 else None
    if isinstance(reference, weakref.ReferenceType) and (sender := reference()) is not None:
        return sender_name(sender)
    if isinstance(sender_id, int):
        return known_sender_names.get(sender_id) or _model_label(sender_id)
    return None


def _model_label(sender_id: int) -> str | None:
    """The model with this id: models live as long as the program does."""
    for model in apps.get_models(include_auto_created=True):
        if id(model) == sender_id:
            return model._meta.label
    return None


def _is_id(key: Any, receiver: Any) -> bool:
    """Whether a look-up key was made from the receiver, rather than given as dispatch_uid."""
    if type(key) is tuple and len(key) == 2 and all(type(part) is int for part in key):
        return True
    # A receiver that is gone can't be asked; a number is far more often an id.
    return type(key) is int and (receiver is None or key == id(receiver))
