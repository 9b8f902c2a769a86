"""Where a file's source connects receivers, read without importing it."""

from __future__ import annotations

import ast
import os
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from signals_panel.describe import parsed, shorten

# A larger file is none that people write. In bytes.
_MAX_SIZE = 1_000_000
_MAX_KNOWN = 20_000
_MAX_TEXT = 200


class Name(NamedTuple):
    """An expression that may stand for a signal, or for what decorates a receiver."""

    text: str
    """As it is written."""
    paths: tuple[str, ...]
    """The dotted paths it may stand for, by the file's imports; empty where it is no name."""


class Connecting(NamedTuple):
    """``@receiver(...)`` above a function, or ``signal.connect(function)``."""

    receiver: str
    """Its dotted path, or its text where it is no name."""
    decorator: Name | None
    """What decorates the receiver; None for a call of ``connect``."""
    signals: tuple[Name, ...]
    sender: str | None
    """As it is written; None for all senders."""
    line: int
    """Of the ``def``, or of the call; from 1."""
    function: str
    """The function it stands in, ``<module>`` outside of any."""
    text: str
    """The line's text."""


class Source(NamedTuple):
    """What one file says of signals."""

    connecting: tuple[Connecting, ...]
    signals: frozenset[str]
    """The dotted paths of what it assigns a call of ``Signal`` to."""


_NOTHING = Source((), frozenset())
# By path: the file's time of change and size, and what was found in it.
_known: dict[str, tuple[tuple[int, int], Source]] = {}


def read(path: str, module: str) -> Source:
    """What a file says, if it were imported as ``module``; nothing where it can't be read."""
    try:
        status = os.stat(path)
        version = (status.st_mtime_ns, status.st_size)
        known = _known.get(path)
        if known is None or known[0] != version:
            if len(_known) >= _MAX_KNOWN:
                _known.clear()
            known = _known[path] = (version, _read(path, status.st_size, module))
    except (OSError, SyntaxError, UnicodeError, RecursionError):
        return _NOTHING
    return known[1]


def _read(path: str, size: int, module: str) -> Source:
    if size > _MAX_SIZE:
        return _NOTHING
    with tokenize.open(path) as file:
        text = file.read()
    # Most files have none of these words, and parsing takes its time.
    tree = parsed(text) if any(word in text for word in ("receiver", "connect", "Signal")) else None
    if tree is None:
        return _NOTHING
    is_package = os.path.basename(path) == "__init__.py"
    return _Reader(tree, text.split("\n"), module, is_package).source()


class _Reader:
    """Reads one tree."""

    def __init__(self, tree: ast.Module, lines: list[str], module: str, is_package: bool) -> None:
        self.tree = tree
        self.lines = lines
        self.module = module
        self.package = module if is_package else module.rpartition(".")[0]
        self.imported: dict[str, str] = {}
        # Modules of which everything is imported.
        self.stars: list[str] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for each in node.names:
                    first = each.name.partition(".")[0]
                    self.imported[each.asname or first] = each.name if each.asname else first
            elif isinstance(node, ast.ImportFrom):
                self._import_from(node)

    def _import_from(self, node: ast.ImportFrom) -> None:
        home = node.module or ""
        if node.level:
            parts = self.package.split(".")
            parts = parts[: len(parts) - node.level + 1]
            home = ".".join([*parts, home] if home else parts)
        for each in node.names:
            if each.name == "*":
                self.stars.append(home)
            else:
                self.imported[each.asname or each.name] = f"{home}.{each.name}"

    def source(self) -> Source:
        connecting: list[Connecting] = []
        signals: set[str] = set()
        for node, around in self._walk():
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                connecting.extend(self._decorated(node, around))
            elif isinstance(node, ast.Call):
                connecting.extend(self._connected(node, around))
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                signals.update(self._signals(node, around))
        return Source(tuple(connecting), frozenset(signals))

    def _walk(self) -> Iterator[tuple[ast.AST, str]]:
        """Every node in the order of the file, with the qualified name of what is around it."""
        waiting: list[tuple[ast.AST, str]] = [(self.tree, "")]
        while waiting:
            node, around = waiting.pop()
            yield node, around
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                around = f"{around}{node.name}.<locals>."
            elif isinstance(node, ast.ClassDef):
                around = f"{around}{node.name}."
            waiting.extend((child, around) for child in reversed(list(ast.iter_child_nodes(node))))

    def _decorated(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, around: str
    ) -> Iterator[Connecting]:
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call):
                continue
            name = self._name(decorator.func)
            signal = _argument(decorator, 0, "signal")
            if name.paths and signal is not None:
                several = isinstance(signal, (ast.List, ast.Tuple, ast.Set))
                yield Connecting(
                    f"{self.module}.{around}{node.name}",
                    name,
                    tuple(map(self._name, signal.elts if several else [signal])),  # type: ignore[attr-defined] # as asked
                    _text(_argument(decorator, None, "sender")),
                    node.lineno,
                    f"{around}{node.name}",
                    self._line(node.lineno),
                )

    def _connected(self, node: ast.Call, around: str) -> Iterator[Connecting]:
        called = node.func
        receiver = _argument(node, 0, "receiver")
        if isinstance(called, ast.Attribute) and called.attr == "connect" and receiver is not None:
            name = self._name(receiver)
            if isinstance(receiver, ast.Lambda):
                name = Name("", (f"{self.module}.{around}<lambda>",))
            yield Connecting(
                name.paths[0] if name.paths else name.text,
                None,
                (self._name(called.value),),
                _text(_argument(node, 1, "sender")),
                node.lineno,
                around.removesuffix(".").removesuffix(".<locals>") or "<module>",
                self._line(node.lineno),
            )

    def _signals(self, node: ast.Assign | ast.AnnAssign, around: str) -> Iterator[str]:
        made = node.value
        if isinstance(made, ast.Call) and self._name(made.func).text.endswith("Signal"):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield f"{self.module}.{around}{target.id}"

    def _name(self, node: ast.expr) -> Name:
        attributes: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            attributes.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return Name(_text(node) or "", ())
        imported = self.imported.get(inner.id)
        homes = [imported] if imported else [f"{each}.{inner.id}" for each in self._homes()]
        paths = tuple(".".join([home, *attributes]) for home in homes)
        return Name(_text(node) or "", paths)

    def _homes(self) -> list[str]:
        """Where a name may be from that isn't imported by itself."""
        return [self.module, *reversed(self.stars)]

    def _line(self, number: int) -> str:
        return self.lines[number - 1].strip()[:_MAX_TEXT] if number <= len(self.lines) else ""


def _argument(call: ast.Call, place: int | None, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[place] if place is not None and place < len(call.args) else None


def _text(node: ast.expr | None) -> str | None:
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return None
    return shorten(ast.unparse(node), _MAX_TEXT)
