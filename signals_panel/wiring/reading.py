"""What is connected to signals, as plain facts that are the same in every process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.apps import apps

from signals_panel.describe import (
    UNNAMED_SENDER,
    SignalName,
    SourceLine,
    held_by_modules,
    sender_name,
)
from signals_panel.wiring.connections import Connection, Connections
from signals_panel.wiring.files import Files
from signals_panel.wiring.origin import is_the_programs, origin_of, origin_of_signal


class ConnectedReceiver(NamedTuple):
    """One receiver, as it is connected to one signal for one sender."""

    receiver: str
    """Its dotted path: ``shop.receivers.log_product_change``."""
    defined_at: SourceLine | None
    """The line of its ``def``, in a file as this machine knows it; None without Python code."""
    file: str | None
    """The same file as every machine has it: ``shop/receivers.py``."""
    sender: str | None
    """``shop.Product``, or the dotted path of what is no model; None for all senders."""
    weak: bool
    dispatch_uid: str | None
    is_async: bool
    origin: str
    """``project``, ``third-party`` or ``django``."""


class ConnectedSignal(NamedTuple):
    """One signal, and what is connected to it."""

    signal: str
    """Where it is defined: ``django.db.models.signals.post_save``."""
    origin: str
    receivers: tuple[ConnectedReceiver, ...]
    """In the order in which they run. Those of different senders, which never run in one send,
    are sorted by sender where nothing that hears both stands between them."""


def read_signals(names: Iterable[SignalName]) -> list[ConnectedSignal]:
    """These signals, with what is connected to each."""
    connections = Connections()
    read = [(name, connections.of(name)) for name in names]
    senders = _senders(each for _, entries in read for each in entries)
    files = Files()
    return [
        ConnectedSignal(
            str(name),
            origin_of_signal(str(name)),
            tuple(_in_order(_receivers(entries, senders, files))),
        )
        for name, entries in read
    ]


def _senders(entries: Iterable[Connection]) -> dict[int, str]:
    """The names of senders that haven't sent anything yet: no model, and known by id alone."""
    ids = {each.sender_id for each in entries if each.sender is None and each.sender_id is not None}
    if not ids:
        return {}
    found = held_by_modules(ids)
    # They are what receivers of post_migrate are connected for.
    found.update((id(config), config) for config in apps.get_app_configs() if id(config) in ids)
    return {key: sender_name(value) or UNNAMED_SENDER for key, value in found.items()}


def _receivers(
    entries: list[Connection], senders: dict[int, str], files: Files
) -> Iterator[ConnectedReceiver]:
    for each in entries:
        # Nothing is left of one that was connected weakly.
        if each.receiver is None or not is_the_programs(each.receiver.text):
            continue
        at = each.receiver.defined_at
        sender = each.sender
        if sender is None and not each.is_for_all:
            sender = senders.get(each.sender_id or 0, UNNAMED_SENDER)
        yield ConnectedReceiver(
            each.receiver.text,
            at,
            None if at is None else files.path_of(at.path),
            sender,
            each.weak,
            None if each.dispatch_uid is None else _stable(each.key, each.dispatch_uid),
            each.is_async,
            origin_of(each.receiver),
        )


def _stable(key: Any, text: str) -> str:
    """A ``dispatch_uid`` without what differs from run to run: an object's id or address."""
    text = re.sub(r"\b0x[0-9a-fA-F]{6,}\b", "0x…", text)
    return text if type(key) is str else re.sub(r"\d{10,}", "…", text)


def _in_order(receivers: Iterable[ConnectedReceiver]) -> Iterator[ConnectedReceiver]:
    """In the order in which they run, as far as any send can tell; the same in each process.

    Some packages connect in a loop over a set of models, in another order each time.
    """
    alike: list[ConnectedReceiver] = []
    # Django calls those that it awaits after all others.
    for each in sorted(receivers, key=lambda each: each.is_async):
        if each.sender is None or (alike and alike[-1].is_async != each.is_async):
            yield from sorted(alike, key=_by_sender)
            alike = []
        alike.append(each)
    yield from sorted(alike, key=_by_sender)


def _by_sender(each: ConnectedReceiver) -> str:
    # One for all senders is the first of its list.
    return each.sender or ""
