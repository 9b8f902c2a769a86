"""Sentences with code and places in them, to be shown as HTML or as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any, NamedTuple


class Code(NamedTuple):
    """A piece of source, or a name in it."""

    text: str


class Place(NamedTuple):
    """A line of source."""

    line: int
    """An index into the report's lines."""


class Stress(NamedTuple):
    """Words that matter most."""

    text: str


Piece = str | Code | Place | Stress
Sentence = tuple[Piece, ...]

_MAX_CODE = 60


def sentence(template: str, **values: Piece | Sentence) -> Sentence:
    """A template's pieces with its fields filled in; values aren't read as templates."""
    pieces: list[Piece] = []
    for text, name, _, _ in Formatter().parse(template):
        if text:
            pieces.append(text)
        if name is not None:
            value: Any = values[name]
            # Part of a sentence; single pieces are of classes of their own.
            pieces.extend(value if type(value) is tuple else (value,))
    return tuple(pieces)


def plain_sentence(
    pieces: Sentence, report: Mapping[str, Any], short: Callable[[str], str] = str
) -> str:
    """A sentence as plain text; ``short`` makes of a file's path what is shown of it."""
    return "".join(_plain(piece, report, short) for piece in pieces)


def _plain(piece: Piece, report: Mapping[str, Any], short: Callable[[str], str]) -> str:
    if isinstance(piece, Place):
        path, number = report["lines"][piece.line][:2]
        return f"{short(path)}:{number}"
    if isinstance(piece, Code):
        return f"`{piece.text}`"
    return piece if isinstance(piece, str) else piece.text


# What a line does with the value of what it calls isn't what is told of it.
_ASSIGNED = re.compile(r"^(?:return\s+|[A-Za-z_][\w.]*\s*=(?!=)\s*)?(?:await\s+)?")


def statement_code(text: str) -> Code:
    """A line of source, short enough for a sentence: of ``a = b.save()`` the ``b.save()``."""
    whole = " ".join(text.split())
    called = whole[_ASSIGNED.match(whole).end() :] or whole  # type: ignore[union-attr] # always
    if len(called) <= _MAX_CODE:
        return Code(called)
    name, bracket, _ = called.partition("(")
    if bracket and called.endswith(")") and len(name) < _MAX_CODE - 3:
        # What it calls says more than half of what it is given.
        return Code(f"{name}(…)")
    return Code(f"{called[: _MAX_CODE - 1].rstrip()}…")
