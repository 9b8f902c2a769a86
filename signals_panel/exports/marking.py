"""Any text as Markdown that shows it as it is."""

from __future__ import annotations

import re

# What may begin something in the middle of a line; and, as in HTML, an entity.
_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~#])")


def plain(text: str) -> str:
    """A text in a line: nothing in it is emphasis, a link, a tag or an entity."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code_span(text: str) -> str:
    """A code span of any text: on one line, within more backticks than it has in a row."""
    text = re.sub(r"\s", " ", text)
    ticks = "`" * (1 + _longest_ticks(text))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def code_block(text: str) -> str:
    """A block of text, within a longer fence than it has itself."""
    fence = "`" * max(3, 1 + _longest_ticks(text))
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def _longest_ticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
