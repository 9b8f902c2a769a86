"""The rows of two reports, each beside the one that is the same in the other.

None is told by its key alone: that holds line numbers, which every edit of a file moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from signals_panel.comparing.figures import Row, counts, figure
from signals_panel.comparing.shapes import (
    BOTH,
    GONE,
    NEW,
    Costs,
    FindingChange,
    ReceiverChange,
    SignalChange,
)
from signals_panel.wording import finding_text

Pair = tuple[Row | None, Row | None]


def receivers(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[ReceiverChange, ...]:
    """All receivers of both; new and gone ones first."""
    pairs = _paired(first["receivers"], second["receivers"], lambda row: row["receiver"])
    found = [_receiver(before, after) for before, after in pairs]
    return tuple(
        sorted(
            found,
            key=lambda each: (
                each.housekeeping,
                each.status == BOTH,
                not each.is_changed,
                -abs(each.own.ms.difference),
            ),
        )
    )


def _receiver(before: Row | None, after: Row | None) -> ReceiverChange:
    one: Any = after or before
    return ReceiverChange(
        receiver=one["receiver"],
        status=_status(before, after),
        origin=one["origin"],
        housekeeping=one["housekeeping"],
        calls=figure(before, after, "calls"),
        errors=figure(before, after, "errors"),
        ms=figure(before, after, "ms"),
        effects=_counts(before, after, "effects"),
        own=Costs(
            calls=figure(before, after, "calls"),
            effects=_counts(before, after, "own_effects"),
            ms=figure(before, after, "self_ms"),
        ),
    )


def signals(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[SignalChange, ...]:
    """All signals and senders of both; new and gone ones first, then by their difference."""
    pairs = _paired(first["signals"], second["signals"], lambda row: (row["signal"], row["sender"]))
    found = [_signal(before, after) for before, after in pairs]
    return tuple(
        sorted(
            found,
            key=lambda each: (
                each.status == BOTH,
                -abs(each.heard.difference),
                -abs(each.ms.difference),
                -abs(each.unheard.difference),
            ),
        )
    )


def _signal(before: Row | None, after: Row | None) -> SignalChange:
    one: Any = after or before
    return SignalChange(
        signal=one["signal"],
        sender=one["sender"],
        status=_status(before, after),
        heard=figure(before, after, "heard"),
        unheard=figure(before, after, "unheard"),
        ms=figure(before, after, "ms"),
    )


def findings(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[FindingChange, ...]:
    """All findings of both; those that are new or gone first, errors before others."""
    found = []
    for before, after in _findings_paired(first["findings"], second["findings"]):
        one: Any = after or before
        found.append(
            FindingChange(
                code=one["code"],
                status=_status(before, after),
                is_error=one["is_error"],
                figures=one["figures"],
            )
        )
    return tuple(sorted(found, key=lambda each: (each.status == BOTH, not each.is_error)))


def _findings_paired(first: Iterable[Row], second: Iterable[Row]) -> Iterator[Pair]:
    """By the rows that they are about; of the others, by what they are about, in their order.

    Two sends of one receiver may each have a finding of the same words.
    """
    left, right = list(first), list(second)
    for identity in (_by_row, _by_subject):
        waiting: dict[Any, list[Row]] = {}
        for row in left:
            waiting.setdefault(identity(row), []).append(row)
        others = []
        for row in right:
            same = waiting.get(identity(row))
            if same:
                before = same.pop(0)
                left = [each for each in left if each is not before]
                yield before, row
            else:
                others.append(row)
        right = others
    yield from ((row, None) for row in left)
    yield from ((None, row) for row in right)


def _by_row(row: Row) -> Any:
    return row["code"], row["key"], finding_text(row["code"], row["figures"]).subject


def _by_subject(row: Row) -> Any:
    return row["code"], finding_text(row["code"], row["figures"]).subject


def _paired(
    first: Iterable[Row], second: Iterable[Row], identity: Callable[[Row], Any]
) -> Iterator[Pair]:
    """Rows that have an identity of their own in each report."""
    before = {identity(row): row for row in first}
    for row in second:
        yield before.pop(identity(row), None), row
    yield from ((row, None) for row in before.values())


def _counts(before: Row | None, after: Row | None, name: str) -> Any:
    return counts((before or {}).get(name, {}), (after or {}).get(name, {}))


def _status(before: Row | None, after: Row | None) -> str:
    return NEW if before is None else GONE if after is None else BOTH
