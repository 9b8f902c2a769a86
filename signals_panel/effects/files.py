"""Files: what is saved, opened, deleted and looked for in a storage.

It keeps the operation, the name, cut at 100 characters, and the storage's alias or its class; never
what is in a file. That ``save`` looks whether a name is there is a part of it.
"""

from __future__ import annotations

from typing import Any

from django.core.files.storage import storages
from django.core.files.storage.base import Storage

from signals_panel.describe import class_name, cut, text_of
from signals_panel.effects.backends import backends_of
from signals_panel.effects.kinds import EffectKind, Invocation, watch

FILE = EffectKind("file", "file operation", "file operations", "Files", "file")

_MAX_NAME = 100


def _alias(storage: Any) -> str:
    # Only those that are there: asking for another makes it.
    for alias, known in list(storages._storages.items()):  # type: ignore[attr-defined]
        if known is storage:
            return cut(text_of(alias), _MAX_NAME)
    return class_name(type(storage))


def _describe(operation: Invocation) -> tuple[str, str, str, None]:
    name = operation.argument(0, "name")
    alias = _alias(operation.owner)
    if name is None:
        # The file has one itself, and it may have to find out which.
        return operation.method, alias, "", None
    return f"{operation.method} {cut(text_of(name), _MAX_NAME)}", alias, "", None


def _result(operation: Invocation, value: Any) -> str | None:
    if operation.method == "exists" and type(value) is bool:
        return "exists" if value else "missing"
    if operation.method == "save" and issubclass(type(value), str):
        name = operation.argument(0, "name")
        saved = text_of(value)
        # Another than the one asked for, which was taken.
        return None if name is not None and saved == text_of(name) else cut(saved, _MAX_NAME)
    return None


def _storages() -> list[type]:
    """The base of all storages, and those of the settings, which need not be built on it."""
    return [Storage, *backends_of("STORAGES")]


watch(
    FILE,
    owners=_storages,
    with_subclasses=True,
    methods=["save", "open", "delete", "exists"],
    describe=_describe,
    result=_result,
)
