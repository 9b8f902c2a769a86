"""A report's rows as a tree, and what senders said in them as facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Row = Mapping[str, Any]

_KEYS = re.compile(
    r"^(raw, )?(?P<when>pre|post)_(?P<verb>\w+?)(, [\d,]+ keys?)?(, using (?P<using>.+))?$"
)
_SAVE = re.compile(
    r"^(?P<created>created)?(, )?(?P<raw>raw)?(, )?"
    r"(only: (?P<only>.*?))??(, )?(using (?P<using>.+))?$"
)


class Part(NamedTuple):
    """A row, with what is below it."""

    number: int
    """The row's index."""
    row: Row
    parts: list[Part]

    @property
    def kind(self) -> str:
        """That of the row."""
        return str(self.row["kind"])

    def of(self, kind: str) -> list[Part]:
        """The parts of a kind, right below."""
        return [part for part in self.parts if part.kind == kind]


def part_at(rows: list[Any], index: int) -> Part:
    """The row at an index, and all that is below it."""
    top = Part(index, rows[index], [])
    around = [top]
    for number in range(index + 1, len(rows)):
        row = rows[number]
        if row["level"] <= top.row["level"]:
            break
        while around[-1].row["level"] >= row["level"]:
            around.pop()
        part = Part(number, row, [])
        around[-1].parts.append(part)
        around.append(part)
    return top


def operation_around(rows: list[Any], index: int) -> int:
    """The operation that sent a dispatch; the dispatch itself where none did."""
    for number in range(index - 1, -1, -1):
        if rows[number]["level"] < rows[index]["level"]:
            return number if rows[number]["kind"] == "operation" else index
    return index


class Said(NamedTuple):
    """What a sender said of a save or of a change of a relation."""

    created: bool = False
    raw: bool = False
    only: tuple[str, ...] | None = None
    """Its ``update_fields``."""
    using: str = "default"
    when: str = ""
    """``pre`` or ``post``, of a relation."""
    verb: str = ""


def said_in(dispatches: list[Part]) -> tuple[set[Said], bool]:
    """All that was said in these, and whether that is all there was to say."""
    found: set[Said] = set()
    is_whole = True
    for part in dispatches:
        row = part.row
        texts = [text for text, _ in row["said"]]
        found.update(_parsed(text) for text in texts)
        said_nothing = row["kept"] - sum(number for _, number in row["said"])
        if said_nothing > 0 or not texts:
            found.add(Said())
        # What is long is cut, and of many kinds some are left out.
        is_long = any("… (" in text for text in texts)
        is_whole = is_whole and not is_long and not (said_nothing > 0 and len(texts) > 2)
    return found, is_whole


def _parsed(text: str) -> Said:
    match = _KEYS.match(text)
    if match:
        return Said(using=match["using"] or "default", when=match["when"], verb=match["verb"])
    match = _SAVE.match(text)
    if not match:
        return Said()
    only = match["only"]
    return Said(
        created=bool(match["created"]),
        raw=bool(match["raw"]),
        only=None if only is None else tuple(name for name in only.split(", ") if name),
        using=match["using"] or "default",
    )


def guards(rows: list[Any]) -> dict[tuple[str, str | None, str], bool]:
    """For which receivers of ``post_save`` it matters whether an object is new.

    By signal, sender and receiver: True if each call for a new one caused something and no call
    for a changed one did, False the other way round.
    """
    acted: dict[tuple[str, str | None, str], dict[bool, bool]] = {}
    for dispatch, call in _calls(rows):
        if not dispatch["signal"].endswith(".post_save") or dispatch["kept"] < dispatch["count"]:
            continue
        created = sum(n for text, n in dispatch["said"] if text.split(", ")[0] == "created")
        if created not in (0, dispatch["count"]):
            continue
        part = acted.setdefault((dispatch["signal"], dispatch["sender"], call["receiver"]), {})
        has_acted = bool(call["effects"] or call["error"] or call["has_parts"])
        part[bool(created)] = part.get(bool(created), False) or has_acted
    return {
        key: each[True]
        for key, each in acted.items()
        if len(each) == 2 and each[True] != each[False]
    }


def _calls(rows: list[Any]) -> Iterator[tuple[Row, Row]]:
    around: dict[int, Row] = {}
    for number, row in enumerate(rows):
        around[row["level"]] = row
        above = around.get(row["level"] - 1)
        if row["kind"] == "call" and above is not None and above["kind"] == "dispatch":
            below = rows[number + 1] if number + 1 < len(rows) else None
            has_parts = below is not None and below["level"] > row["level"]
            yield above, {**row, "has_parts": has_parts}
