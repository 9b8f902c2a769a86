"""The room that a stored report may take, counted in bytes of JSON."""

from __future__ import annotations

from typing import Any

from signals_panel.describe import SourceLine, clean

_MAX_LINE = 300
_MAX_TEXT = 5_000
# A comma and a space between two items.
_SEPARATOR = 2


class Space:
    """So many bytes, and what is left of them."""

    def __init__(self, size: int) -> None:
        self.left = size

    def take(self, value: Any) -> bool:
        """Take the room for a value of plain JSON types; False where there is none."""
        size = size_of(value) + _SEPARATOR
        if size > self.left:
            return False
        self.left -= size
        return True


def size_of(value: Any) -> int:
    """At least the bytes that ``json.dumps`` takes for a value of plain JSON types.

    Python's own notation is made much faster, and differs in what it escapes.
    """
    text = repr(value)
    size = len(text) + text.count('"')
    if "\\" in text:
        # A control character is \\x00 here and \\u0000 there.
        size += 2 * text.count("\\x")
    if not text.isascii():
        # Five or eleven bytes more each there, for one to three more in UTF-8.
        size += 5 * (len(text.encode("utf-8", "surrogatepass")) - len(text))
    return size


class Texts:
    """Source lines and texts of effects, each stored once; the rest of the report has indexes."""

    def __init__(self, size: int) -> None:
        self.lines: list[list[Any]] = []
        self.texts: list[str] = []
        self.is_full = False
        """Whether something had no room."""
        self._space = Space(size)
        self._line_indexes: dict[SourceLine, int] = {}
        # The same by id, which is faster to find; with the line, so that its id stays its own.
        self._known_lines: dict[int, tuple[int, SourceLine]] = {}
        self._text_indexes: dict[str, int] = {}

    def line(self, line: SourceLine | None) -> int | None:
        """The line's index; None for no line, and where there is no room."""
        if line is None:
            return None
        known = self._known_lines.get(id(line))
        if known is not None:
            return known[0]
        index = self._line_indexes.get(line)
        if index is None:
            text = clean(line.text[:_MAX_LINE])
            index = self._add(self.lines, [clean(line.path), line.line, clean(line.function), text])
            if index is not None:
                self._line_indexes[line] = index
        if index is not None:
            self._known_lines[id(line)] = (index, line)
        return index

    def text(self, text: str) -> int | None:
        """The index of an effect's text; None where there is no room."""
        index = self._text_indexes.get(text)
        if index is None:
            left_out = len(text) - _MAX_TEXT
            kept = f"{text[:_MAX_TEXT]}… ({left_out:,} more characters)" if left_out > 0 else text
            index = self._add(self.texts, kept)
            if index is not None:
                self._text_indexes[text] = index
        return index

    def _add(self, texts: list[Any], text: Any) -> int | None:
        if not self._space.take(text):
            self.is_full = True
            return None
        texts.append(text)
        return len(texts) - 1
