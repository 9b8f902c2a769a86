"""Cache operations: those of every backend that is built on Django's, sync and async.

It keeps the operation, the cache's alias and the key, cut at 80 characters; never a value, nor
the key of a session. Of operations that are made of others, such as ``get_or_set``, the outermost
is one.
"""

from __future__ import annotations

import contextlib
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.utils.module_loading import import_string

from signals_panel.describe import WordCache, plain_text
from signals_panel.effects.kinds import EffectKind, Invocation, watch

CACHE = EffectKind("cache", "cache operation", "cache operations", "Cache", "cache", max_text=100)

_MAX_KEY = 80
_SESSIONS = "django.contrib.sessions."
_MAX_KEYS = 20

_METHODS = (
    *("add", "get", "set", "touch", "delete", "get_or_set", "has_key", "incr", "decr"),
    *("get_many", "set_many", "delete_many", "incr_version", "decr_version", "clear"),
)
# What each takes first, by name.
_FIRST = {"get_many": "keys", "delete_many": "keys", "set_many": "data"}

# Which alias a backend has, it isn't told itself.
_aliases: WordCache[str] = WordCache()


def _alias(backend: Any) -> str:
    found = _aliases.get(id(backend))
    if found is None:
        found = ""
        for alias in caches.settings:
            # Only those of this thread or task that are there: asking for another makes it.
            if getattr(caches._connections, alias, None) is backend:  # type: ignore[attr-defined]
                found = _aliases.add(backend, alias)
                break
    return found


def _sync_name(method: str) -> str:
    """An async operation goes by its sync one's name."""
    return method if method in _METHODS else method[1:]


def _describe(operation: Invocation) -> tuple[str, str, str, None]:
    method = operation.method
    name = _sync_name(method)
    alias = _alias(operation.owner)
    if name == "clear":
        return name, alias, "", None
    first = operation.argument(0, _FIRST.get(name, "key"))
    if name not in _FIRST:
        return f"{name} {_cut(plain_text(first))}", alias, "", None
    if type(first) not in (list, tuple, set, frozenset, dict):
        # What can be gone through once is the program's to go through.
        return name, alias, "", None
    keys = [_cut(plain_text(key)) for key in list(first)[:_MAX_KEYS]]
    return f"{name} {_shorten(', '.join(keys))}", alias, "", None


def _cut(key: str) -> str:
    if key.startswith(_SESSIONS):
        # What follows is all that it takes to be somebody else.
        return f"{_SESSIONS}…"
    return _shorten(key)


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_KEY else f"{text[: _MAX_KEY - 1]}…"


def _result(operation: Invocation, value: Any) -> str | None:
    name = _sync_name(operation.method)
    if name == "get":
        # A None that was stored can't be told from one that stands for nothing.
        return "miss" if value is operation.argument(1, "default") else "hit"
    if name == "has_key":
        return "hit" if value else "miss"
    if name == "add":
        return "added" if value else "there already"
    if name in ("touch", "delete"):
        return None if value else "miss"
    if name == "get_many" and type(value) is dict:
        keys = operation.argument(0, "keys")
        if type(keys) in (list, tuple, set, frozenset, dict):
            return f"{len(value):,} of {len(keys):,} hit"
        return f"{len(value):,} hit"
    return None


def _backends() -> list[type]:
    """The base of all backends, with those of the settings imported: each is its subclass.

    Django imports one when it is first used, and the toolbar's cache panel keeps the methods that
    a cache had when it was made.
    """
    for alias in caches.settings:
        with contextlib.suppress(ImportError):
            # What is wrong with it is told to who uses it.
            import_string(caches.settings[alias]["BACKEND"])
    return [BaseCache]


watch(
    CACHE,
    owners=_backends,
    with_subclasses=True,
    methods=[*_METHODS, *(f"a{name}" for name in _METHODS)],
    describe=_describe,
    result=_result,
    inner=["get_or_set", "aget_or_set"],
)
