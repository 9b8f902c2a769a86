"""Findings in a report: each with the row that it is about, which is marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from signals_panel.analysis import milliseconds
from signals_panel.describe import clean
from signals_panel.findings import CODES, RULES, Found
from signals_panel.findings.rules import ERRORS
from signals_panel.recording import Group
from signals_panel.report.cascade import Cascade
from signals_panel.report.schema import FindingRow
from signals_panel.report.space import Space

# An operation names those that it bypassed by itself.
_NO_MARK = "bypassed"


def mark(cascade: Cascade, found: Iterable[Found]) -> None:
    """Add ``marks``, the codes of what was found, to the rows that it is about."""
    indexes = _indexes(cascade)
    codes: dict[int, set[str]] = {
        index: {"raised"}
        for index, row in enumerate(cascade.rows)
        if row["kind"] == "call" and row["errors"]
    }
    for each in found:
        index = indexes.get(id(each.group))
        if index is not None and each.code != _NO_MARK:
            codes.setdefault(index, set()).add(each.code)
    for index, mine in codes.items():
        cascade.rows[index]["marks"] = [code for code in CODES if code in mine]


def findings_of(cascade: Cascade, found: list[Found], space: Space) -> tuple[list[FindingRow], int]:
    """The findings of a report, in their order, and how many more there are."""
    indexes = _indexes(cascade)
    rows: list[FindingRow] = []
    for each in found:
        index = _index(indexes, each.group)
        row: FindingRow = {
            "code": each.code,
            "is_error": RULES[each.code].rank == ERRORS,
            "row": index,
            "key": None if index is None else cascade.rows[index]["key"],
            "figures": _plain(each.figures),
            "saves_ms": milliseconds(each.saves_ms * 1e6),
        }
        if not space.take(row):
            break
        rows.append(row)
    return rows, len(found) - len(rows)


def _indexes(cascade: Cascade) -> dict[int, int]:
    return {id(group): index for index, group in cascade.groups.items()}


def _index(indexes: dict[int, int], group: Group | None) -> int | None:
    """The index of a group's row; where it has no room, of the one it is in."""
    while group is not None:
        found = indexes.get(id(group))
        if found is not None:
            return found
        group = group.parent
    return None


def _plain(value: Any) -> Any:
    if type(value) is str:
        return clean(value)
    if type(value) is list:
        return [_plain(each) for each in value]
    if type(value) is dict:
        return {name: _plain(each) for name, each in value.items()}
    return value
