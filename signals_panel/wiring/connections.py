"""The receivers connected to a signal, and how: read from the signal itself, after the request.

``Signal.receivers`` has changed its shape over the versions (Django 5.2 has triples, 6.0
added the sender's reference), so its entries are read by index.
"""

from __future__ import annotations

import weakref
from types import FunctionType, MethodType
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
from signals_panel.recording import OTHER_SIGNALS, CallKey, Group, Root, walk, with_blocks

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
    identity: object = None
    """The same for two connections of one receiver."""
    may_vanish: bool = False
    """Whether it is a function that only the reference of the signal may hold, a weak one."""
    is_async: bool = False
    """Whether Django awaits it."""
    sender_id: int | None = None
    """What the sender is looked up by; None for all."""


class Connections:
    """The connections of the signals in one report; each signal is read once."""

    def __init__(self) -> None:
        self._found: dict[SignalName, list[Connection]] = {}

    @classmethod
    def at_end_of(cls, root: Root) -> Connections:
        """The connections of the signals that a recording knows, as they are now."""
        signals = {dispatch.signal for dispatch in walk(root)}
        for block in with_blocks(root):
            signals.update(signal for signal, _, _ in block.unheard if signal is not OTHER_SIGNALS)
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

    def fitting(self, dispatch: Group, receiver: ReceiverName) -> list[Connection]:
        """The connections by which one receiver was called in a dispatch.

        More than one where the very same receiver is connected several times, under different
        ``dispatch_uid`` or for one sender and for all; then it is called as often.
        """
        entries = [each for each in self.of(dispatch.key.signal) if each.receiver is receiver]
        fit = [each for each in entries if each.is_for_all or each.sender == dispatch.key.sender]
        fit = fit or entries[:1]
        # Two methods of one class, of two objects, have one name and are two receivers.
        same = [each for each in fit if each.identity == fit[0].identity]
        for each in fit:
            alike = [other for other in fit if other.identity == each.identity]
            if len(alike) > len(same):
                same = alike
        return same

    def imported_twice(self, dispatch: Group, receiver: ReceiverName) -> list[str]:
        """The names of one function that was connected from two imports of its file."""
        code = receiver.code
        if code is None:
            return []
        names = [
            call.key.receiver.text
            for call in dispatch.of(CallKey)
            if (other := call.key.receiver.code) is not None
            and other is not code
            and other.co_filename == code.co_filename
            and other.co_firstlineno == code.co_firstlineno
            and other.co_name == code.co_name
            and call.key.receiver.text != receiver.text
        ]
        return [receiver.text, *names] if names else []

    def of_receiver(self, dispatch: Group, receiver: ReceiverName) -> list[dict[str, Any]]:
        """How a receiver that was called is connected, once for each way.

        ``{"sender": "shop.Product", "weak": True, "dispatch_uid": None}``; the sender is None
        for a receiver of all senders. Empty when it is connected no longer.
        """
        return [
            {"sender": each.sender, "weak": each.weak, "dispatch_uid": each.dispatch_uid}
            for each in self.fitting(dispatch, receiver)
        ]


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
        identity=_identity(receiver),
        may_vanish=weak and _is_local(receiver),
        # The last of an entry in every version.
        is_async=entry[-1] is True,
        sender_id=sender_id if not is_for_all and type(sender_id) is int else None,
    )


def _is_local(receiver: Any) -> bool:
    """Whether it is made inside of another function, and no name of its module stands for it.

    Of a method the object is held by somebody, as long as it is called. With ``DEBUG`` Django's
    cache of signatures holds functions, and nobody notices.
    """
    if type(receiver) is not FunctionType or "<locals>" not in receiver.__qualname__:
        return False
    return all(value is not receiver for value in list(receiver.__globals__.values()))


def _identity(receiver: Any) -> object:
    if type(receiver) is MethodType:
        return id(receiver.__self__), id(receiver.__func__)
    return id(receiver)


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
