"""Which receivers can be called by name, and how each of them is disconnected."""

from __future__ import annotations

from types import FunctionType
from typing import Any, NamedTuple

from django.db.models.signals import ModelSignal
from django.dispatch import Signal

from signals_panel.describe import (
    Named,
    Parameters,
    named,
    parameters_of,
    receiver_name,
    signal_name,
)
from signals_panel.exports.written_out.parts import Row
from signals_panel.exports.written_out.source import is_path
from signals_panel.wiring import PROJECT, Connection, Connections, origin_of


class Called(NamedTuple):
    """A receiver that is called by name."""

    found: Named
    parameters: Parameters | None
    """None where it isn't known which arguments it looks at."""
    connections: list[Connection]
    """What is disconnected for it; none where it is connected no longer."""


class Stays(NamedTuple):
    """A receiver that stays connected."""

    name: str
    why: str
    """A key of ``wording.written_out.STAYS``."""


def signal_of(row: Row) -> tuple[Named | None, Signal | None]:
    """A dispatch's signal under a name to import it by, and itself, as far as there are such."""
    found = named(row["signal"]) if is_path(row["signal"]) else None
    # Only what is a signal by its type has a name of its own.
    if found is None or not issubclass(type(found.value), Signal):
        return None, None
    return found, found.value


def receiver_of(name: str, row: Row, origin: str = PROJECT) -> Called | Stays:
    """What becomes of a receiver that a dispatch called, or would have called but for an error.

    ``row`` is the dispatch's.
    """
    if origin != PROJECT:
        return Stays(name, "other's")
    found = _importable(name)
    if found is None:
        return Stays(name, "unnamed")
    _, signal = signal_of(row)
    if signal is None:
        return Stays(name, "signal")
    entries = [
        each
        for each in Connections().of(signal_name(signal))
        if each.receiver is not None
        and each.receiver.text == name
        and (each.is_for_all or each.sender == row["sender"])
    ]
    if type(signal) is ModelSignal and any(each.is_for_all for each in entries):
        return Stays(name, "broad")
    if any(each.dispatch_uid is not None and type(each.key) is not str for each in entries):
        return Stays(name, "uid")
    return Called(found, parameters_of(_function(found)), entries)


def is_projects_own(row: Row) -> bool:
    """Whether a call's receiver is of the project's own code, and can be imported."""
    return row["origin"] == PROJECT and _importable(row["receiver"]) is not None


def _importable(name: str) -> Named | None:
    found = named(name) if is_path(name) else None
    if found is None or found.module == "__main__":
        return None
    function = _function(found)
    if function is None:
        return None
    # A name may have got another meaning since, or be that of the class of an object.
    words = receiver_name(function)
    is_it = words.text == name and origin_of(words) == PROJECT
    return found if is_it else None


def _function(found: Named) -> Any:
    """What is called by that name; None for a method that wants an object."""
    kind = type(found.value)
    if "." not in found.name:
        return found.value
    if kind is staticmethod:
        return found.value.__func__
    if kind is classmethod and type(found.value.__func__) is FunctionType:
        cls = named(f"{found.module}.{found.name.rpartition('.')[0]}")
        return cls and found.value.__get__(None, cls.value)
    return None
