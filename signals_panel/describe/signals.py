"""A signal's name: the place where it is defined."""

from __future__ import annotations

import os
import re
import sys
import threading
import weakref
from typing import Any

from django.dispatch import Signal

from signals_panel.clock import perf_counter_ns
from signals_panel.describe.faults import is_own_fault
from signals_panel.describe.modules import namespace
from signals_panel.describe.objects import WordCache, class_path, short_name
from signals_panel.describe.source import file_lines

_cache: WordCache[SignalName] = WordCache()


_AGAIN_NS = 1_000_000_000


class SignalName:
    """The name of one signal, looked for when it is first read: it takes a search.

    Two signals have two ``SignalName`` objects, even when both have the same words.
    """

    __slots__ = ("_again_at", "_class", "_reference", "_text")

    def __init__(self, signal: Signal) -> None:
        self._reference = weakref.ref(signal)
        self._class = class_path(type(signal))
        self._text: str | None = None
        # When to look for it once more, if it was found nowhere.
        self._again_at: int | None = 0

    def __str__(self) -> str:
        if self._text is None or (self._again_at and perf_counter_ns() >= self._again_at):
            self._text = self._find()
        return self._text

    def signal(self) -> Signal | None:
        """The signal itself while it lives."""
        return self._reference()

    def _find(self) -> str:
        signal = self._reference()
        if signal is not None:
            try:
                found = _find_definition(signal)
            except Exception as error:
                if not is_own_fault(error):
                    raise
                found = None
            if found is not None:
                self._again_at = None
                return found
            # It may get a name later: a module may be about to be loaded.
            self._again_at = perf_counter_ns() + _AGAIN_NS
        elif self._text is not None:
            return self._text
        return f"unnamed {self._class}"


def signal_name(signal: Signal) -> SignalName:
    """The signal's name: ``str()`` of it gives ``django.db.models.signals.post_save``."""
    word = _cache.get(id(signal))
    if word is None:
        word = _cache.add(signal, SignalName(signal))
    return word


known_signal_names = _cache.words
"""The names of living signals by id, of those that have one already."""


def defined_signals() -> list[SignalName]:
    """Every signal that an attribute of a loaded module or class holds, by name."""
    found: dict[int, Signal] = {}
    for places in _scan(list(sys.modules)).values():
        for module_name, name in places:
            signal = _value(module_name, name)
            # It may have been replaced meanwhile.
            if issubclass(type(signal), Signal):
                found[id(signal)] = signal  # type: ignore[assignment] # a signal, by its type
    return sorted(map(signal_name, found.values()), key=str)


# Where is it defined? ------------------------------------------------------------------
#
# A signal doesn't know its name, and modules that import it hold it under a name too. So:
# collect every module (then every class) attribute that is the signal, and prefer the one
# whose source assigns the name rather than imports it.

# Re-entrant: the garbage collector may run what asks for a name in turn.
_index_lock = threading.RLock()
if hasattr(os, "register_at_fork"):
    # A thread that holds it doesn't live on in the child.
    os.register_at_fork(after_in_child=_index_lock._at_fork_reinit)  # type: ignore[attr-defined] # of every lock that threading makes
_index: dict[int, list[tuple[str, str]]] = {}
# The modules that were scanned, as they were then; and when all may be once more: a program
# may send many signals that are no module's attribute, and a scan takes milliseconds. So
# modules that have changed are scanned at once, and all for a hundredth of the time at most.
_scanned: dict[str, tuple[int, int]] = {}
_next_scan = 0
_REST = 100


def _find_definition(signal: Signal) -> str | None:
    with _index_lock:
        candidates = _candidates(signal)
        if candidates is None:
            _scan_again()
            candidates = _candidates(signal)
    if not candidates:
        return None
    for module_name, name in candidates:
        if _assigns(module_name, name.rpartition(".")[2]):
            return short_name(f"{module_name}.{name}")
    module_name, name = candidates[0]
    return short_name(f"{module_name}.{name}")


def _scan_again() -> None:
    global _next_scan
    start = perf_counter_ns()
    if start >= _next_scan:
        _index.clear()
        _scanned.clear()
    # New ones, and those in which there are more names, or fewer, than there were.
    states = {
        name: (id(module), len(namespace(module))) for name, module in list(sys.modules.items())
    }
    new = [name for name, state in states.items() if _scanned.get(name) != state]
    for key, places in _scan(new).items():
        known = _index.setdefault(key, [])
        known.extend(place for place in places if place not in known)
    _scanned.update((name, states[name]) for name in new)
    if start >= _next_scan:
        end = perf_counter_ns()
        _next_scan = end + _REST * (end - start)


def _candidates(signal: Signal) -> list[tuple[str, str]] | None:
    """The indexed places that hold this very signal now; None when there is no such place."""
    held = [
        (module_name, name)
        for module_name, name in _index.get(id(signal), ())
        if _value(module_name, name) is signal
    ]
    return held or None


def _value(module_name: str, name: str) -> object:
    holder: object = sys.modules.get(module_name)
    for part in name.split("."):
        holder = namespace(holder).get(part)
    return holder


def _scan(modules: list[str]) -> dict[int, list[tuple[str, str]]]:
    """Every module and class attribute that is a signal: ``{id: [(module, name), ...]}``."""
    found: dict[int, list[tuple[str, str]]] = {}
    in_classes: dict[int, list[tuple[str, str]]] = {}
    for module_name in modules:
        for name, value in list(namespace(sys.modules.get(module_name)).items()):
            kind = type(value)
            if issubclass(kind, Signal):
                found.setdefault(id(value), []).append((module_name, name))
            elif issubclass(kind, type):
                _scan_class(module_name, value, in_classes)
    for key, places in in_classes.items():
        found.setdefault(key, []).extend(places)
    return found


def _scan_class(module_name: str, cls: Any, found: dict[int, list[tuple[str, str]]]) -> None:
    attributes = namespace(cls)
    # A class is looked at where it is defined, not where it is imported.
    if attributes.get("__module__") != module_name:
        return
    qualified_name = type.__getattribute__(cls, "__qualname__")
    for name, value in attributes.items():
        if issubclass(type(value), Signal):
            found.setdefault(id(value), []).append((module_name, f"{qualified_name}.{name}"))


def _assigns(module_name: str, name: str) -> bool:
    """Whether the module's source assigns ``name``, rather than importing it."""
    path = namespace(sys.modules.get(module_name)).get("__file__")
    if type(path) is not str:
        return False
    assignment = re.compile(rf"\s*{re.escape(name)}\s*(:[^=]*)?=(?!=)").match
    return any(assignment(line) for line in file_lines(path))
