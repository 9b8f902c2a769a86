"""A receiver, in words: its name and where it is defined."""

from __future__ import annotations

import functools
import inspect
import weakref
from types import CodeType, FunctionType, MethodType
from typing import Any

from signals_panel.describe.faults import is_own_fault
from signals_panel.describe.objects import WordCache, class_path, function_path, short_name
from signals_panel.describe.source import SourceLine, definition_line

# How many partials or wrappers are opened in search of the code of the real receiver.
_MAX_UNWRAP = 32

_cache: WordCache[ReceiverName] = WordCache()
_known = _cache.get

# A bound method is a new object each time it is looked up: its word is found by its function
# and the class it is bound to. The references tell a reused id from the pair that was meant.
_MAX_METHODS = 4096
_methods: dict[tuple[int, int], tuple[weakref.ref[Any], weakref.ref[Any], ReceiverName]] = {}


_alike: dict[tuple[str, CodeType | None], ReceiverName] = {}


class ReceiverName:
    """A receiver's dotted path, and the place of its code."""

    __slots__ = ("_defined_at", "code", "is_async_def", "is_toolbars", "text")

    def __init__(self, text: str, code: CodeType | None, is_async_def: bool = False) -> None:
        self.text = text
        # Calling it makes a coroutine, and does nothing else.
        self.is_async_def = is_async_def
        self.is_toolbars = text.startswith("debug_toolbar.")
        self.code = code
        self._defined_at: SourceLine | None = None

    def __str__(self) -> str:
        return self.text

    @property
    def defined_at(self) -> SourceLine | None:
        """The line of the receiver's ``def``; None for a callable without Python code."""
        if self._defined_at is None and self.code is not None:
            self._defined_at = definition_line(self.code)
        return self._defined_at


UNNAMED = ReceiverName("(a receiver that can't be named)", None)


def receiver_name(receiver: Any) -> ReceiverName:
    """``shop.receivers.log_product_change`` for a function or method.

    A partial is named after what it calls, another callable after its class.
    """
    word = _known(id(receiver))
    if word is not None:
        return word
    try:
        if type(receiver) is MethodType:
            return _method_name(receiver)
        word = _cache.add(receiver, _describe(receiver))
        if _known(id(receiver)) is None:
            # It can't be kept: those that look alike have one word.
            if len(_alike) >= _MAX_METHODS:
                _alike.clear()
            word = _alike.setdefault((word.text, word.code), word)
    except Exception as error:
        if not is_own_fault(error):
            raise
        return UNNAMED
    return word


def method_name(function_id: int) -> str | None:
    """The path of the function with this id, if a method of it has been a receiver."""
    for (known_id, _), (function, _, word) in list(_methods.items()):
        if known_id == function_id and function() is not None:
            return word.text
    return None


def _method_name(method: MethodType) -> ReceiverName:
    function, owner = method.__func__, method.__self__
    # A class method is bound to the class, which then stands for itself.
    cls: Any = owner if issubclass(type(owner), type) else type(owner)
    key = (id(function), id(cls))
    known = _methods.get(key)
    if known is not None and known[0]() is function and known[1]() is cls:
        return known[2]
    entry = (weakref.ref(function), weakref.ref(cls), _describe(method))
    if len(_methods) >= _MAX_METHODS:
        _methods.clear()
    if known is not None:
        # It was another method's, which is gone.
        _methods.pop(key, None)
    # Another thread may have been faster, and one word is enough.
    return _methods.setdefault(key, entry)[2]


def _describe(receiver: Any) -> ReceiverName:
    if type(receiver) is FunctionType:
        wrapped = receiver.__dict__.get("__wrapped__")
        if type(wrapped) in (FunctionType, MethodType):
            # Another tool may wrap a receiver anew for each send: it goes by the one inside.
            mine, inner = _new_name(receiver), receiver_name(wrapped)
            is_alike = (mine.text, mine.is_async_def) == (inner.text, inner.is_async_def)
            return inner if is_alike else mine
    return _new_name(receiver)


def _new_name(receiver: Any) -> ReceiverName:
    function = receiver.__func__ if type(receiver) is MethodType else receiver
    is_async_def = type(function) is FunctionType and bool(
        function.__code__.co_flags & inspect.CO_COROUTINE
    )
    return ReceiverName(_path(receiver), _code(receiver), is_async_def)


def _path(receiver: Any) -> str:
    kind = type(receiver)
    if kind is FunctionType:
        return function_path(receiver)
    if kind is MethodType:
        owner = receiver.__self__
        cls = owner if issubclass(type(owner), type) else type(owner)
        function = receiver.__func__
        if type(function) is FunctionType:
            return short_name(f"{class_path(cls)}.{str.__str__(function.__name__)}")
        return short_name(f"{class_path(cls)}.{class_path(type(function))}")
    if kind is functools.partial:
        for _ in range(_MAX_UNWRAP):
            if type(receiver) is not functools.partial:
                return f"partial({_path(receiver)})"
            receiver = receiver.func
        return "partial"
    return class_path(kind)


def _code(receiver: Any) -> CodeType | None:
    """The code to show for a receiver: behind partials, bound methods and ``wraps``."""
    for _ in range(_MAX_UNWRAP):
        kind = type(receiver)
        if kind is functools.partial:
            receiver = receiver.func
        elif kind is MethodType:
            receiver = receiver.__func__
        elif kind is FunctionType:
            wrapped = receiver.__dict__.get("__wrapped__")
            if type(wrapped) not in (FunctionType, MethodType, functools.partial):
                code: CodeType = receiver.__code__
                return code
            receiver = wrapped
        else:
            # Another callable: the nearest __call__ of its class, found without looking it up.
            for base in type.__dict__["__mro__"].__get__(kind):
                call = type.__dict__["__dict__"].__get__(base).get("__call__")
                if call is not None:
                    return call.__code__ if type(call) is FunctionType else None
            return None
    return None
