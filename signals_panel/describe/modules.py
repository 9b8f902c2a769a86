"""What loaded modules hold, read without running any code of theirs."""

from __future__ import annotations

import sys
from types import ModuleType

from signals_panel.describe.objects import class_dict


def namespace(holder: object) -> dict[str, object]:
    """The ``__dict__`` of a module or class; empty for anything else."""
    # By its type alone: isinstance would ask a module that is loaded lazily for its class.
    if issubclass(type(holder), type):
        return dict(class_dict(holder))
    if issubclass(type(holder), ModuleType):
        found = object.__getattribute__(holder, "__dict__")
        return found if isinstance(found, dict) else {}
    return {}


def held_by_modules(ids: set[int]) -> dict[int, object]:
    """The objects with these ids, of those that loaded modules and their classes hold.

    A module itself is found, too.
    """
    found: dict[int, object] = {}
    for module_name, module in sorted(sys.modules.items()):
        if id(module) in ids:
            found.setdefault(id(module), module)
        for value in list(namespace(module).values()):
            if id(value) in ids:
                found.setdefault(id(value), value)
            if issubclass(type(value), type):
                inner = namespace(value)
                # A class is looked into where it is defined, not where it is imported.
                if inner.get("__module__") == module_name:
                    found.update((id(one), one) for one in inner.values() if id(one) in ids)
    return found


def modules_by_file() -> dict[str, str]:
    """The names of loaded modules by the file they were loaded from.

    A file that was imported by two names goes by the shorter one; ``__main__`` is none.
    """
    names: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        path = namespace(module).get("__file__")
        if type(path) is str and name != "__main__":
            known = names.get(path)
            if known is None or (len(name), name) < (len(known), known):
                names[path] = name
    return names
