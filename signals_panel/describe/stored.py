"""What is stored in an object, read without running any of its code."""

from __future__ import annotations

import pathlib
from types import MemberDescriptorType
from typing import Any

from signals_panel.describe.objects import class_dict, class_mro, own_dict
from signals_panel.describe.values import plain_text

_MISSING = object()

# Their str() is Python's own: exactly these, never a subclass.
_PATHS = frozenset(
    {
        pathlib.PurePosixPath,
        pathlib.PureWindowsPath,
        pathlib.PosixPath,
        pathlib.WindowsPath,
    }
)


def stored(value: Any, name: str) -> Any:
    """An attribute as it lies in an object or its class; None where it doesn't.

    Properties and ``__getattr__`` are passed over: they would run. So what is found may be such a
    thing itself, and the caller looks at its type.
    """
    found = _MISSING
    for base in class_mro(type(value)):
        found = class_dict(base).get(name, _MISSING)
        if found is not _MISSING:
            break
    if type(found) is MemberDescriptorType:
        try:
            return found.__get__(value)
        except AttributeError:
            # Nobody has put anything into this slot.
            return None
    own = dict.get(own_dict(value), name, _MISSING)
    if own is not _MISSING:
        return own
    return None if found is _MISSING else found


def text_of(value: Any) -> str:
    """A text of any class, or a path, as it is; anything else as ``plain_text`` has it."""
    kind = type(value)
    if issubclass(kind, str):
        # A template's text is of a class of Django's, and a program has its own ones.
        return str.__str__(value)
    return str(value) if kind in _PATHS else plain_text(value)
