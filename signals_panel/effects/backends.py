"""The backends that a project's settings name, found before the program first uses them."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from signals_panel.describe import came_through, is_interruption

# What couldn't be imported. Who uses it is told; here, once is enough.
_failed: set[str] = set()


def backends_of(setting: str, default: str = "") -> list[type]:
    """The classes that a setting such as ``CACHES`` names by ``BACKEND``, imported.

    Django imports one when it is first used, which may be while something is recorded. ``default``
    is the path of an entry that names none.
    """
    entries = setting_of(setting)
    if type(entries) is not dict:
        return []
    paths = [entry.get("BACKEND", default) for entry in entries.values() if type(entry) is dict]
    return imported(*paths)


def setting_of(name: str) -> object:
    """A setting as it was made, or None.

    Django warns of deprecated ones when they are first read. That is for the program to see.
    """
    return getattr(settings._wrapped, name, None)  # type: ignore[misc]


def imported(*paths: object) -> list[type]:
    """The classes at dotted paths, without those that can't be imported."""
    found = []
    for path in paths:
        if type(path) is not str or path in _failed:
            continue
        try:
            backend = import_string(path)
        except Exception as error:
            # Code of the program's has run in there, and may raise anything.
            if is_interruption(error) or not came_through(error, "import_string"):
                raise
            _failed.add(path)
            continue
        if isinstance(backend, type):
            found.append(backend)
    return found
