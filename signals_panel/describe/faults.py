"""Whose is an exception that came up while code of this package ran?

A timeout is raised in whatever code happens to run when its time has come: by the handler of a
signal such as ``SIGALRM``, or by another thread that sets it. It is the program's, and so is
what its own code raises. What remains is a mistake of this package's, or what an odd object led
it to.
"""

from __future__ import annotations

import signal
import sys
from types import CodeType
from typing import Any

from signals_panel.describe.owners import OWN, is_library

# What code of this package doesn't raise by mistake; somebody else may have had it raised.
_NEVER_BY_MISTAKE = frozenset({Exception, TimeoutError, InterruptedError})


def is_own_fault(error: BaseException) -> bool:
    """Whether an exception is this package's own mistake.

    Code of its own has raised it, or of the libraries that it has called. For where none of the
    program's code may run; the frame that has caught ``error`` is ours.
    """
    return _is_of_library(type(error)) and all(
        code.co_filename.startswith(OWN) or is_library(code.co_filename) for code in _codes(error)
    )


def is_interruption(error: BaseException) -> bool:
    """Whether the handler of a signal has raised an exception, or another thread has set it.

    For where code of the program's may have run, and what that raises is to be passed over.
    """
    codes = _codes(error)
    if not codes or codes[-1].co_filename.startswith(OWN):
        return not _is_of_library(type(error))
    handlers = [
        getattr(getattr(handler, "__func__", handler), "__code__", None)
        for handler in map(signal.getsignal, signal.valid_signals())
    ]
    return any(code is handler for code in codes for handler in handlers)


def came_through(error: BaseException, *names: str) -> bool:
    """Whether an exception left a function of one of these names, whosever it is."""
    return any(code.co_name in names for code in _codes(error))


def _is_of_library(kind: type) -> bool:
    if kind in _NEVER_BY_MISTAKE or not issubclass(kind, Exception):
        return False
    module: Any = type.__dict__["__module__"].__get__(kind)
    top = module.partition(".")[0] if type(module) is str else ""
    return top in sys.stdlib_module_names or top == "django"


def _codes(error: BaseException) -> list[CodeType]:
    """The code that an exception came through, the innermost last."""
    codes = []
    traceback = error.__traceback__
    while traceback is not None:
        codes.append(traceback.tb_frame.f_code)
        traceback = traceback.tb_next
    return codes
