"""Python source in the making: its imports and names, its lines and comments."""

from __future__ import annotations

import builtins
import json
import keyword
import textwrap
import unicodedata
from collections.abc import Container

WIDTH = 100
_COMMENT_WIDTH = 92


def is_name(text: str) -> bool:
    """Whether it can be written as a name, and is the same name when it is read again."""
    return (
        text.isidentifier()
        and not keyword.iskeyword(text)
        and unicodedata.normalize("NFKC", text) == text
    )


def is_path(text: str) -> bool:
    """Whether it is names with dots in between."""
    return all(is_name(part) for part in text.split("."))


def quoted(text: str) -> str:
    """``text`` as a literal."""
    return json.dumps(text)


def plain(text: str) -> str:
    """``text`` on one line, in characters that show and can be encoded."""
    line = " ".join(text.split())
    return "".join(char if char.isprintable() else "?" for char in line)


def comment(text: str, indent: int = 0, further: str = "") -> list[str]:
    """A comment, on as many lines as it takes; ``further`` begins all lines but the first."""
    return textwrap.wrap(
        plain(text),
        _COMMENT_WIDTH,
        initial_indent=" " * indent + "# ",
        subsequent_indent=" " * indent + "# " + further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def call(
    function: str, arguments: list[str], note: str = "", indent: int = 0, end: str = ""
) -> list[str]:
    """A call on one line, or on three if it is long, with a note behind it."""
    margin = " " * indent
    note = f"  # {plain(note)}" if note else ""
    line = f"{margin}{function}({', '.join(arguments)}){end}"
    if len(line + note) <= WIDTH or not arguments:
        return [line + note]
    inside: list[str] = []
    for argument in arguments:
        if inside and len(f"{inside[-1]} {argument},") <= WIDTH:
            inside[-1] += f" {argument},"
        else:
            inside.append(f"{margin}    {argument},")
    return [f"{margin}{function}({note}", *inside, f"{margin}){end}"]


# What the code may need of others, by the name that it has there.
_OWN = frozenset(
    {
        ("asgiref.sync", "async_to_sync"),
        ("asgiref.sync", "sync_to_async"),
        ("django.apps", "apps"),
        ("django.db", "transaction"),
    }
)


class Names:
    """The names of one module: those that it imports, and those of its functions.

    No two things have one name, and none has that of a builtin.
    """

    def __init__(self) -> None:
        own = {name for _, name in _OWN} | {"asyncio", "logging", "logger", "_"}
        self._taken = {*dir(builtins), *keyword.kwlist, *own}
        self._local: set[str] = set()
        self._from: dict[tuple[str, str], str] = {}
        self._modules: set[str] = set()

    def new(self, wish: str) -> str:
        """A name that nothing else in the module has."""
        name = self._free(wish, self._local)
        self._taken.add(name)
        return name

    def local(self, wish: str, others: Container[str]) -> str:
        """A name for a variable of a function that has ``others`` already."""
        name = self._free(wish, others)
        self._local.add(name)
        return name

    def _free(self, wish: str, others: Container[str]) -> str:
        name, number = wish, 1
        while name in self._taken or name in others:
            number += 1
            name = f"{wish}_{number}"
        return name

    def module(self, name: str) -> str:
        """Import a module of the standard library."""
        self._modules.add(name)
        return name

    def has(self, name: str) -> bool:
        """Whether a module of the standard library is imported."""
        return name in self._modules

    def imported(self, module: str, path: str) -> str:
        """Import what a path begins with from a module; gives the path to write."""
        first, dot, rest = path.partition(".")
        name = self._from.get((module, first))
        if name is None:
            if (module, first) in _OWN:
                name = first
            elif first in self._taken or first in self._local:
                around = module.rpartition(".")[0] or module
                name = self.new(f"{around.rpartition('.')[2]}_{first}")
            else:
                name = self.new(first)
            self._from[module, first] = name
        return name + dot + rest

    def imports(self) -> list[str]:
        """The lines that import all of it."""
        by_module: dict[str, list[str]] = {}
        for (module, first), name in sorted(self._from.items()):
            text = first if name == first else f"{first} as {name}"
            by_module.setdefault(module, []).append(text)
        groups: list[list[str]] = [[f"import {name}" for name in sorted(self._modules)], [], []]
        for module, names in by_module.items():
            line = f"from {module} import {', '.join(names)}"
            lines = [line]
            if len(line) > WIDTH:
                lines = [f"from {module} import (", *(f"    {name}," for name in names), ")"]
            is_djangos = module.partition(".")[0] in ("asgiref", "django")
            groups[1 if is_djangos else 2] += lines
        return [line for group in groups if group for line in ["", *group]]


def words_of(name: str) -> str:
    """``audit_log`` for ``AuditLog``, ``http_log`` for ``HTTPLog``."""
    words = ""
    for index, char in enumerate(name):
        after = name[index + 1 : index + 2]
        starts = char.isupper() and index and (not name[index - 1].isupper() or after.islower())
        words += ("_" if starts and words[-1:] != "_" else "") + char.lower()
    return words if is_name(words) else "instance"
