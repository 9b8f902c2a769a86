"""The sender of a dispatch, in words."""

from __future__ import annotations

from types import FunctionType, MethodType, ModuleType
from typing import Any

from signals_panel.describe.faults import is_own_fault
from signals_panel.describe.objects import (
    WordCache,
    class_path,
    function_path,
    options_of,
    short_name,
)

_cache: WordCache[str] = WordCache()

NO_SENDER = ""
"""What ``known_sender_names`` has for None."""
_cache.add(None, NO_SENDER)

UNNAMED_SENDER = "(a sender that can't be named)"


def sender_name(sender: Any) -> str | None:
    """``shop.Product`` for a model, a dotted path for another class or function.

    An instance is named by its class, a module by its name; ``None`` stays ``None``.
    """
    if sender is None:
        return None
    name = _cache.get(id(sender))
    if name is not None:
        return name
    try:
        return _name(sender)
    except Exception as error:
        if not is_own_fault(error):
            raise
        return UNNAMED_SENDER


known_sender_names = _cache.words
"""The names by id of living classes and functions that have been senders; also None's."""


def _name(sender: Any) -> str:
    kind = type(sender)
    # issubclass on the type: isinstance would ask the sender's own __class__.
    if issubclass(kind, type):
        options = options_of(sender)
        if options is not None:
            return _cache.add(sender, short_name(options.label))
        return _cache.add(sender, class_path(sender))
    if kind is FunctionType:
        return _cache.add(sender, function_path(sender))
    if kind is MethodType:
        function = sender.__func__
        is_plain = type(function) is FunctionType
        return function_path(function) if is_plain else class_path(type(function))
    if kind is ModuleType:
        name = ModuleType.__getattribute__(sender, "__name__")
        return short_name(name) if type(name) is str else "module"
    # An instance: one word per class, so that the next one finds it.
    name = _cache.get(id(kind))
    return name if name is not None else _name(kind)
