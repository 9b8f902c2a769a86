"""Reading a name off an object without running any of its code."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import FunctionType
from typing import Any, Generic, TypeVar

W = TypeVar("W")


def clean(text: str) -> str:
    """``text`` as it can be encoded: lone surrogates are written out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def class_path(cls: type) -> str:
    """``module.Qualified.Name`` of a class, without ``builtins.``.

    Read through ``type`` so that a metaclass that overrides ``__getattribute__`` has no say.
    """
    name: str = type.__getattribute__(cls, "__qualname__")
    # A class may hold anything under __module__, a property included.
    module = type.__getattribute__(cls, "__module__")
    if type(module) is not str or module == "builtins":
        return clean(name)
    return clean(f"{module}.{name}")


def function_path(function: FunctionType) -> str:
    """``module.qualified_name`` of a plain function; wrappers made with ``wraps`` keep theirs."""
    module = function.__module__
    if type(module) is not str:
        return clean(function.__qualname__)
    return clean(f"{module}.{function.__qualname__}")


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
