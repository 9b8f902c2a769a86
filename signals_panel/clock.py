"""The clock that all times are read from, in nanoseconds.

Tools that make time stand still, such as freezegun, go through all modules and put a clock of
their own wherever they find Python's. Tests are frozen; what the panel measures isn't. So this
is a function object that nobody else has: that of a second instance of the module ``time``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.machinery import BuiltinImporter
from importlib.util import module_from_spec


def _second_instance() -> object:
    spec = BuiltinImporter.find_spec("time")
    if spec is None or spec.loader is None:  # pragma: no cover - not CPython
        # An interpreter that has another idea of what is built in.
        return time
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


perf_counter_ns: Callable[[], int] = vars(_second_instance())["perf_counter_ns"]
