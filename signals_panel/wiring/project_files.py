"""The files of the project's apps that nobody has imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

from django.apps import AppConfig, apps

from signals_panel.describe import is_project_file, namespace

# Migrations and commands are imported when they are run, and tests by what runs them.
_NOT_MISSING = frozenset({"migrations", "management", "tests", "test", "node_modules"})
_MAX_FILES = 5_000


class File(NamedTuple):
    """A source file of an app, with the name that it would be imported by."""

    path: str
    module: str
    app: AppConfig


def is_projects(app: AppConfig) -> bool:
    """Whether an app is the project's own, and not an installed package's."""
    return is_project_file(os.path.join(app.path, "__init__.py"))


def unloaded_files() -> Iterator[File]:
    """The files that no loaded module has come from, by app in the order of INSTALLED_APPS.

    Tests, migrations and management commands are left out. No more than 5,000 files are
    looked at.
    """
    is_loaded = _Loaded()
    project = [app for app in apps.get_app_configs() if is_projects(app)]
    homes = {os.path.realpath(app.path) for app in project}
    number = 0
    for app in project:
        for path in _sources(app.path, homes):
            number += 1
            if number > _MAX_FILES:
                return
            if not is_loaded(path):
                yield File(path, _module(path, app), app)


def _sources(home: str, homes: set[str]) -> Iterator[str]:
    for folder, folders, names in os.walk(home):
        folders[:] = sorted(
            name
            for name in folders
            if name.isidentifier()
            and name not in _NOT_MISSING
            # An app in another one's folder is read as its own.
            and os.path.realpath(os.path.join(folder, name)) not in homes
        )
        for name in sorted(names):
            stem, ending = os.path.splitext(name)
            if ending == ".py" and stem.isidentifier() and not _is_test(stem):
                yield os.path.join(folder, name)


def _is_test(stem: str) -> bool:
    return stem in ("tests", "conftest") or stem.startswith("test_") or stem.endswith("_test")


def _module(path: str, app: AppConfig) -> str:
    parts = os.path.relpath(path, app.path).removesuffix(".py").split(os.sep)
    return ".".join([app.name, *(parts[:-1] if parts[-1] == "__init__" else parts)])


class _Loaded:
    """Tells whether a file is the one of a loaded module, under whatever name it was imported."""

    def __init__(self) -> None:
        self._by_name: dict[str, set[str]] = {}
        for module in list(sys.modules.values()):
            path = namespace(module).get("__file__")
            if type(path) is str:
                self._by_name.setdefault(os.path.basename(path), set()).add(path)

    def __call__(self, path: str) -> bool:
        alike = self._by_name.get(os.path.basename(path), ())
        return path in alike or os.path.realpath(path) in map(os.path.realpath, alike)
