"""Reading a name off an object without running any of its code."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import FunctionType, GetSetDescriptorType
from typing import Any, Generic, TypeVar

from django.db.models.base import ModelBase
from django.db.models.options import Options

W = TypeVar("W")

# A name longer than this is no name.
_MAX_NAME = 300


def clean(text: str) -> str:
    """``text`` as it can be encoded: lone surrogates are written out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def short_name(text: str) -> str:
    """A name as it can be encoded and shown: whole, unless it is absurdly long."""
    return clean(text if len(text) <= _MAX_NAME else f"{text[:_MAX_NAME]}…")


def cut(text: str, length: int) -> str:
    """``text`` as it can be encoded, in at most ``length`` characters; "…" says that it was cut."""
    text = clean(text if len(text) <= length else text[: length + 1])
    return text if len(text) <= length else f"{text[: length - 1]}…"


# What ``type`` itself has to say of a class; a metaclass may have properties of these names.
class_dict = type.__dict__["__dict__"].__get__
class_mro = type.__dict__["__mro__"].__get__
_get_module = type.__dict__["__module__"].__get__
_get_name = type.__dict__["__name__"].__get__
_get_qualified_name = type.__dict__["__qualname__"].__get__


def class_name(cls: type) -> str:
    """A class's name alone."""
    return short_name(_get_name(cls))


def class_module(cls: type) -> str:
    """The name of the module that a class says it is from; empty where it says none."""
    # A class may hold anything under __module__, a property included.
    module = _get_module(cls)
    return module if type(module) is str else ""


def class_path(cls: type) -> str:
    """``module.Qualified.Name`` of a class, without ``builtins.``."""
    module, name = class_module(cls), _get_qualified_name(cls)
    return short_name(name if module in ("", "builtins") else f"{module}.{name}")


def function_path(function: FunctionType) -> str:
    """``module.qualified_name`` of a plain function; wrappers made with ``wraps`` keep theirs."""
    module = function.__module__
    # It may be a str of another class, which formats itself.
    name = str.__str__(function.__qualname__)
    return short_name(f"{module}.{name}" if type(module) is str else name)


def own_dict(thing: object) -> dict[str, Any]:
    """An object's own attributes; empty where it has none, or its class answers for it."""
    for base in class_mro(type(thing)):
        found = class_dict(base).get("__dict__")
        if found is not None:
            own: Any = found.__get__(thing) if type(found) is GetSetDescriptorType else {}
            # A class has a view of one.
            return own if issubclass(type(own), dict) else {}
    return {}


def options_of(cls: type) -> Any:
    """A model's ``_meta``; None for a class that isn't a model."""
    if not issubclass(type(cls), ModelBase):
        return None
    for base in class_mro(cls):
        options = class_dict(base).get("_meta")
        if options is not None:
            return options if type(options) is Options else None
    return None


class WordCache(Generic[W]):
    """Words by the identity of the object they describe, dropped when that object dies.

    ``words``, by id, is what the hot path looks into. Objects that can't be referred
    to weakly aren't cached. An entry is evicted by the weak reference's callback, which runs
    before the object's id can be used again.
    """

    __slots__ = ("_references", "get", "words")

    def __init__(self) -> None:
        self.words: dict[int, W] = {}
        self._references: dict[int, weakref.ref[Any]] = {}
        self.get: Callable[[int], W | None] = self.words.get

    def add(self, described: object, word: W) -> W:
        """Keep ``word`` for as long as ``described`` lives.

        Returns the word it has: another thread may have been faster, and one is enough.
        """
        key = id(described)
        if described is None:
            # It can't be referred to weakly, and lives as long as the process.
            self.words[key] = word
            return word

        def evict(
            reference: weakref.ref[Any],
            words: dict[int, W] = self.words,
            references: dict[int, weakref.ref[Any]] = self._references,
        ) -> None:
            # Only our own entry: another object may have taken the id's place meanwhile.
            if references.get(key) is reference:
                del references[key]
                words.pop(key, None)

        try:
            reference = weakref.ref(described, evict)
        except TypeError:
            return word
        kept = self.words.setdefault(key, word)
        if kept is word:
            self._references[key] = reference
        return kept

    def __len__(self) -> int:
        return len(self.words)
