"""Whose is an exception that came up while code of this package ran?

A timeout is raised in whatever code happens to run when its time has come: by the handler of a
signal such as ``SIGALRM``, or by another thread that sets it. It is the program's, and so is
what its own code raises. What remains is a mistake of this package's, or what an odd object led
it to.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import signal
import sys
from types import CodeType, FunctionType, MethodType
from typing import Any

from signals_panel.describe.owners import OWN, is_library

# What code of this package doesn't raise by mistake; somebody else may have had it raised.
_NEVER_BY_MISTAKE = frozenset(
    {
        Exception,
        TimeoutError,
        InterruptedError,
        # Others than the first, before Python 3.11.
        asyncio.TimeoutError,
        concurrent.futures.TimeoutError,
    }
)

# As C's code has them: a class of exceptions may have properties of these names.
cause_of = vars(BaseException)["__cause__"].__get__
context_of = vars(BaseException)["__context__"].__get__
traceback_of = vars(BaseException)["__traceback__"].__get__


def is_own_fault(error: BaseException) -> bool:
    """Whether an exception is this package's own mistake.

    Code of its own has raised it, or of the libraries that it has called. For where none of the
    program's code may run; the frame that has caught ``error`` is ours.
    """
    return _is_of_library(type(error)) and all(map(_is_ours, _codes(error)))


def is_interruption(error: BaseException) -> bool:
    """Whether the handler of a signal has raised an exception, or another thread has set it.

    For where code of the program's may have run, and what that raises is to be passed over.
    """
    codes = _codes(error)
    if all(_is_ours(code) for code in codes):
        return not _is_of_library(type(error))
    handlers = [_code_of(signal.getsignal(number)) for number in signal.valid_signals()]
    return any(code is handler for code in codes for handler in handlers)


def came_through(error: BaseException, *names: str) -> bool:
    """Whether an exception left a function of one of these names, whosever it is."""
    return any(code.co_name in names for code in _codes(error))


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(OWN) or is_library(code.co_filename)


def _code_of(handler: Any) -> CodeType | None:
    """The code of a signal's handler, whatever kind of callable it is."""
    while type(handler) is functools.partial:
        handler = handler.func
    if type(handler) not in (FunctionType, MethodType):
        # An object is called by a method of its class.
        handler = next(
            (vars(cls)["__call__"] for cls in type(handler).__mro__ if "__call__" in vars(cls)),
            None,
        )
    if type(handler) is MethodType:
        handler = handler.__func__
    return handler.__code__ if type(handler) is FunctionType else None


def _is_of_library(kind: type) -> bool:
    if kind in _NEVER_BY_MISTAKE or not issubclass(kind, Exception):
        return False
    module: Any = type.__dict__["__module__"].__get__(kind)
    top = module.partition(".")[0] if type(module) is str else ""
    return top in sys.stdlib_module_names or top == "django"


def _codes(error: BaseException) -> list[CodeType]:
    """The code that an exception came through, the innermost last."""
    codes = []
    traceback = traceback_of(error)
    while traceback is not None:
        codes.append(traceback.tb_frame.f_code)
        traceback = traceback.tb_next
    return codes
