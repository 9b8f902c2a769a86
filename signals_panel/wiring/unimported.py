"""Receivers in modules of the project that nobody has imported: they aren't connected.

Found by reading the source of the installed apps; nothing is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.apps import AppConfig
from django.dispatch import Signal, receiver

from signals_panel.describe import (
    SourceLine,
    class_module,
    class_name,
    clean,
    defined_signals,
    namespace,
    short_name,
    signal_name,
)
from signals_panel.wiring import written
from signals_panel.wiring.project_files import File, unloaded_files

_MAX_FOUND = 500


class Unimported(NamedTuple):
    """A receiver that its module would connect, if somebody imported it."""

    receiver: str
    signals: list[str]
    """The signals' names where they are known, else as they are written."""
    sender: str | None
    """As it is written; None for all senders."""
    module: str
    """What has to be imported."""
    app: str
    """The app's dotted path."""
    config: str
    """The name of its class of configuration, or of the one to make for it."""
    has_config: bool
    """Whether there is such a class."""
    defined_at: SourceLine
    """The receiver's ``def``, or the call of ``connect``."""


def unimported() -> list[Unimported]:
    """The receivers that installed apps of the project write down and no loaded module connects.

    By app in the order of INSTALLED_APPS, then by file and line. Tests, migrations and
    management commands are left out.
    """
    files = [(file, written.read(file.path, file.module)) for file in unloaded_files()]
    # A signal may be defined in a file that nobody has imported, either.
    written_signals = frozenset().union(*(source.signals for _, source in files))
    djangos = {name.rpartition(".")[2] for name in map(str, defined_signals()) if _is_djangos(name)}
    found: list[Unimported] = []
    for file, source in files:
        for each in source.connecting:
            if _connects(each, written_signals, djangos):
                found.append(_unimported(file, each))
                if len(found) >= _MAX_FOUND:
                    return found
    return found


def _unimported(file: File, each: written.Connecting) -> Unimported:
    config, has_config = _config(file.app)
    return Unimported(
        short_name(each.receiver),
        [short_name(_signal_text(signal)) for signal in each.signals],
        each.sender and clean(each.sender),
        file.module,
        file.app.name,
        config,
        has_config,
        SourceLine(file.path, each.line, short_name(each.function), clean(each.text)),
    )


def _config(app: AppConfig) -> tuple[str, bool]:
    kind = type(app)
    if class_module(kind).partition(".")[0] == "django":
        # An app without a class of its own has Django's.
        words = app.label.replace("_", " ").title().replace(" ", "")
        return f"{words}Config", False
    return class_name(kind), True


# What is it? ----------------------------------------------------------------------------


def _connects(
    each: written.Connecting, written_signals: frozenset[str], djangos: Iterable[str]
) -> bool:
    if each.decorator is not None:
        return any(
            path == "django.dispatch.receiver" or _held(path) is receiver
            for path in each.decorator.paths
        )
    # Much else has a method ``connect``.
    (called,) = each.signals
    return any(
        issubclass(type(_held(path)), Signal)
        or path in written_signals
        or path.rpartition(".")[2] in djangos
        for path in called.paths
    )


def _signal_text(name: written.Name) -> str:
    for path in name.paths:
        held = _held(path)
        if issubclass(type(held), Signal):
            return str(signal_name(held))
    return name.text


def _held(path: str) -> Any:
    """What a loaded module holds at a dotted path; None where it holds nothing."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        held: Any = sys.modules.get(".".join(parts[:length]))
        if held is not None:
            for part in parts[length:]:
                held = namespace(held).get(part)
            return held
    return None


def _is_djangos(name: str) -> bool:
    return name.startswith("django.")
