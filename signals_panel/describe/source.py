"""Lines of source code: what stands at a call site, where a receiver is defined."""

from __future__ import annotations

import ast
import linecache
import re
from functools import lru_cache
from types import CodeType
from typing import NamedTuple

from signals_panel.describe.faults import is_interruption
from signals_panel.describe.objects import short_name

# So many lines of a statement are shown.
_MAX_STATEMENT_LINES = 6
# Text longer than this is not parsed.
_MAX_FILE = 1_000_000
_MAX_TRIES = 5
_MAX_TEXT = 2_000


class SourceLine(NamedTuple):
    """One line of source code, with the whole statement that it belongs to."""

    path: str
    """The file, as Python knows it."""
    line: int
    """Its number, from 1."""
    function: str
    """The function it stands in, ``<module>`` outside of any."""
    text: str
    """The statement without indentation, its first lines where it has many; empty where the
    source can't be read."""

    @property
    def package(self) -> str | None:
        """The installed package that the file belongs to; None for the project's own code."""
        return package_of(self.path)


def package_of(path: str) -> str | None:
    """The top-level name under ``site-packages`` (or ``dist-packages``) of a file."""
    for folder in ("site-packages", "dist-packages"):
        for separator in ("/", "\\"):
            _, found, rest = path.rpartition(f"{separator}{folder}{separator}")
            if found:
                return rest.partition(separator)[0].removesuffix(".py")
    return None


def file_lines(path: str) -> list[str]:
    """The lines of a source file, as they are on disk now or when they were first read."""
    try:
        return linecache.getlines(path)
    except Exception as error:
        # A module's loader may be the program's own.
        if is_interruption(error):
            raise
        return []


def parsed(text: str) -> ast.Module | None:
    """Source code as a tree; None where it can't be parsed, or is too long to be."""
    if len(text) > _MAX_FILE:
        return None
    for _ in range(_MAX_TRIES):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        except SystemError:
            # Before Python 3.12, threads that parse at the same time may count each other's
            # recursion: "AST constructor recursion depth mismatch".
            continue
    return None


class Place:
    """An instruction in a code object. Its line is worked out when it is first read."""

    __slots__ = ("_line", "code", "instruction")

    def __init__(self, code: CodeType, instruction: int) -> None:
        self.code = code
        self.instruction = instruction
        self._line: SourceLine | None = None

    @property
    def source_line(self) -> SourceLine:
        """The line as it is on disk when this is first read."""
        if self._line is None:
            self._line = source_line(self.code, line_number(self.code, self.instruction))
        return self._line


def line_number(code: CodeType, instruction: int) -> int:
    """The line that an instruction of a code object belongs to."""
    for start, end, line in code.co_lines():
        if start <= instruction < end:
            return line or code.co_firstlineno
    return code.co_firstlineno


def call_text(code: CodeType, instruction: int) -> str:
    """The source of the call that an instruction makes; from Python 3.11 on, exactly that.

    Before, Python knows the line of a call and not where on it the call begins: the line's own
    text stands for it. Empty where the source can't be read.
    """
    positions = getattr(code, "co_positions", None)
    if positions is None:  # pragma: no cover - before Python 3.11
        return _line_of(code, line_number(code, instruction))
    for index, (line, end_line, column, end_column) in enumerate(positions()):
        if index * 2 == instruction:
            if None in (line, end_line, column, end_column):
                return ""
            lines = file_lines(code.co_filename)[line - 1 : end_line]
            if len(lines) != end_line - line + 1:
                return ""
            # Columns are counted in bytes of UTF-8.
            encoded = [text.encode() for text in lines]
            encoded[-1] = encoded[-1][:end_column]
            encoded[0] = encoded[0][column:]
            return b"".join(encoded).decode("utf-8", "replace")
    return ""


def definition_line(code: CodeType) -> SourceLine:
    """The line of a function's ``def`` (its code object begins with its first decorator)."""
    number = code.co_firstlineno
    is_def = re.compile(rf"\s*(async\s+)?def\s+{re.escape(code.co_name)}\b").match
    lines = file_lines(code.co_filename)
    # A decorator may span lines, but the def follows before the body's first line does.
    last = min((line for _, _, line in code.co_lines() if line and line > number), default=number)
    for candidate in range(number, last + 1):
        if candidate <= len(lines) and is_def(lines[candidate - 1]):
            number = candidate
            break
    return SourceLine(code.co_filename, number, _function(code), _line_of(code, number))


def _line_of(code: CodeType, number: int) -> str:
    lines = file_lines(code.co_filename)
    return lines[number - 1].strip()[:_MAX_TEXT] if 0 < number <= len(lines) else ""


def source_line(code: CodeType, number: int) -> SourceLine:
    """The ``number``-th line of the file that ``code`` comes from, and its statement's text."""
    path = code.co_filename
    return SourceLine(path, number, _function(code), _statement(path, number))


def _function(code: CodeType) -> str:
    # co_qualname names the class too, but came only with Python 3.11.
    return short_name(getattr(code, "co_qualname", code.co_name))


# Statements ----------------------------------------------------------------------------


def _statement(path: str, number: int) -> str:
    """The statement on a line, as it is written: its first lines, if it has many."""
    lines = file_lines(path)
    if not 0 < number <= len(lines):
        return ""
    first, last = number, number
    # Its size and time of change; a module that is loaded by other means has none.
    known = linecache.cache.get(path, ())
    for start, end in _statements(path, *(known[:2] if len(known) == 4 else ())):
        if start <= number <= end:
            first, last = start, end
    shown = [line.rstrip() for line in lines[first - 1 : last]]
    margin = len(shown[0]) - len(shown[0].lstrip())
    shown = [line[margin:] if not line[:margin].strip() else line.lstrip() for line in shown]
    if len(shown) > _MAX_STATEMENT_LINES:
        shown = [*shown[: _MAX_STATEMENT_LINES - 1], "…"]
    return "\n".join(shown).strip()[:_MAX_TEXT]


@lru_cache(maxsize=256)
def _statements(path: str, *version: object) -> list[tuple[int, int]]:
    """The first and last line of each statement over several lines, inner ones after outer ones.

    A compound statement (``with``, ``for``, ``if``, ``def``) counts with its head alone.
    ``version`` tells one state of the file from another.
    """
    text = "".join(file_lines(path))
    tree = parsed(text)
    found = []
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None) or getattr(node, "cases", None)
            end = node.end_lineno or node.lineno
            if body:
                inside = body[0]
                begin = getattr(inside, "lineno", None) or inside.pattern.lineno
                decorators = getattr(inside, "decorator_list", None)
                end = min([begin, *(each.lineno for each in decorators or ())]) - 1
            if end > node.lineno:
                found.append((node.lineno, end))
    return found
