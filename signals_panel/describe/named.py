"""What a dotted path names, as far as that is loaded: nothing is imported, and nothing run."""

from __future__ import annotations

import dis
import sys
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from signals_panel.describe.modules import namespace
from signals_panel.describe.objects import class_dict, class_mro

# With one of these a function can read its variables without naming them.
_READERS = frozenset({"locals", "vars", "eval", "exec", "dir"})
_VARARGS, _VARKEYWORDS = 0x04, 0x08


class Named(NamedTuple):
    """What stands under a name in a loaded module."""

    module: str
    name: str
    """Its name in that module: ``log_change``, or ``Audit.log_change``."""
    value: Any
    """As the class or module holds it: of a class method, the ``classmethod`` object."""


def named(path: str) -> Named | None:
    """What ``shop.receivers.log_product_change`` names; None where no loaded module has it."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:length])
        value: Any = sys.modules.get(module)
        if value is None:
            continue
        for part in parts[length:]:
            value = _attribute(value, part)
            if value is None:
                break
        else:
            return Named(module, ".".join(parts[length:]), value)
    return None


def _attribute(holder: Any, name: str) -> Any:
    if issubclass(type(holder), type):
        for base in class_mro(holder):
            found = class_dict(base).get(name)
            if found is not None:
                return found
        return None
    return namespace(holder).get(name)


class Parameters(NamedTuple):
    """What a function makes of the arguments that it is given by name."""

    names: tuple[str, ...]
    takes_rest: bool
    """It takes others by ``**``, and looks at them."""


def parameters_of(function: object) -> Parameters | None:
    """The parameters of a plain function; None where something else may be called in its place."""
    if type(function) is not FunctionType or "__wrapped__" in function.__dict__:
        return None
    code = function.__code__
    number = code.co_argcount + code.co_kwonlyargcount
    names = code.co_varnames[:number]
    if not code.co_flags & _VARKEYWORDS:
        return Parameters(names, False)
    rest = code.co_varnames[number + bool(code.co_flags & _VARARGS)]
    return Parameters(names, _uses(code, rest))


def _uses(code: CodeType, name: str) -> bool:
    if name in code.co_cellvars or not _READERS.isdisjoint(code.co_names):
        return True
    # From Python 3.13 on, one instruction may load two variables.
    return any(
        name == each.argval or (type(each.argval) is tuple and name in each.argval)
        for each in dis.get_instructions(code)
    )
