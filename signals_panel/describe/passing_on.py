"""Frames that only pass a request on to what they wrap: decorators around a view."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

from django.http import HttpRequest

_VARARGS = 0x04


def may_pass_on(frame: FrameType) -> bool:
    """Whether it may be a wrapper: it has something to call, and is given something.

    Other frames of the same code may be wrapped around other functions, and be given other
    things; that a closure has a function to call is the same for all of them.
    """
    code = frame.f_code
    if not code.co_argcount + bool(code.co_flags & _VARARGS):
        return False
    if code.co_name == "__call__":
        return True
    around = frame.f_locals if code.co_freevars else {}
    return any(
        type(around.get(name)) in (FunctionType, MethodType, partial) for name in code.co_freevars
    )


def passes_on(frame: FrameType, called: FrameType) -> bool:
    """Whether a frame calls what it has wrapped, with the request that it was given itself."""
    return (
        _has_request(frame)
        and _has_request(called)
        and any(called.f_code is code for each in _wrapped_by(frame) for code in _codes_of(each))
    )


def _wrapped_by(frame: FrameType) -> list[Any]:
    around = frame.f_locals
    wrapped = [around.get(name) for name in frame.f_code.co_freevars]
    if frame.f_code.co_name == "__call__" and frame.f_code.co_argcount:
        # A class has what it wraps in an attribute of the object.
        owner = around.get(frame.f_code.co_varnames[0])
        with contextlib.suppress(AttributeError):
            wrapped += list(object.__getattribute__(owner, "__dict__").values())
    return wrapped


def _has_request(frame: FrameType) -> bool:
    code = frame.f_code
    has_args, has_kwargs = bool(code.co_flags & _VARARGS), bool(code.co_flags & 0x08)
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + has_args + has_kwargs]
    values = [frame.f_locals.get(name) for name in names]
    values += [item for value in values if type(value) is tuple for item in value[:5]]
    return any(issubclass(type(value), HttpRequest) for value in values)


def _codes_of(wrapped: Any) -> Iterator[CodeType]:
    """The code of a function, and of those it wraps in turn; nothing of theirs is run."""
    for _ in range(20):
        if type(wrapped) is MethodType:
            wrapped = wrapped.__func__
        elif type(wrapped) is partial:
            wrapped = wrapped.func
        elif type(wrapped) is FunctionType:
            yield wrapped.__code__
            wrapped = wrapped.__dict__.get("__wrapped__")
        else:
            return
