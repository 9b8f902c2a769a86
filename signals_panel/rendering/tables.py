"""The rows of the other views: receivers, signals, those not called, effects by their text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.rendering.names import Names
from signals_panel.wording import (
    count_text,
    duration_text,
    effects_text,
    reason_text,
    repeated_text,
)


class Tables:
    """The report's other lists, each made ready for its template."""

    def __init__(self, stats: Mapping[str, Any], names: Names, kinds: list[str]) -> None:
        self.stats = stats
        self._names = names
        self._kinds = kinds

    def receiver_groups(self) -> list[dict[str, Any]]:
        """The receivers, Django's housekeeping apart."""
        rows = [self.receiver(number) for number in range(len(self.stats["receivers"]))]
        groups = [
            {"title": "", "rows": [row for row in rows if not row["housekeeping"]]},
            {
                "title": "Django's housekeeping, not counted in the figures at the top",
                "rows": [row for row in rows if row["housekeeping"]],
            },
        ]
        return [group for group in groups if group["rows"]]

    def receiver(self, number: int) -> dict[str, Any]:
        """One receiver."""
        row = self.stats["receivers"][number]
        return {
            **row,
            "number": str(number),
            "name": self._names.name(row["receiver"]),
            "defined_at": self._names.line(row["defined_at"]),
            "total": duration_text(row["ms"]),
            "self": duration_text(row["self_ms"]),
            "longest": duration_text(row["longest_ms"]),
            "with": " ".join(kind for kind in self._kinds if row["effects"].get(kind)),
            "cells": [
                (row["effects"].get(kind, 0), row["own_effects"].get(kind, 0))
                for kind in self._kinds
            ],
        }

    def signal(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One signal and sender."""
        return {
            **row,
            "number": self._names.number_of_signal(row),
            "name": self._names.signal(row["signal"]),
            "total": duration_text(row["ms"]) if row["heard"] else "",
            "objects": _objects_text(row) if row["senders"] > 1 else "",
            "receivers": tuple(
                (self._names.name(name), f"× {calls:,}" if calls > 1 else "")
                for name, calls in row["receivers"]
            ),
        }

    def silent(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One receiver that wasn't called."""
        return {
            **row,
            "name": self._names.name(row["receiver"]) if row["receiver"] else None,
            "signal": self._names.signal(row["signal"]),
            "reason": reason_text(row),
            "defined_at": self._names.line(row["defined_at"]),
        }

    def effects(self, kind: str) -> list[dict[str, Any]]:
        """What receivers caused of one kind, put together by what it was."""
        return [
            self._effect(number, row)
            for number, row in enumerate(self.stats["effects"])
            if row["effect"] == kind
        ]

    def _effect(self, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **row,
            "number": str(number),
            "short": self._names.short_text(row),
            "text": self._names.text(row),
            "total": duration_text(row["ms"]),
            "longest": duration_text(row["longest_ms"]),
            "repeated": self._repeated(row),
            "receivers": [
                {"name": self._names.name(name), "text": _each_text(row["effect"], calls, count)}
                for name, calls, count in row["receivers"]
            ],
            "sent_from": [self._names.lines[index] for index in row["sent_from"]],
        }

    def _repeated(self, row: Mapping[str, Any]) -> str:
        """Empty for what only one receiver call caused."""
        if row["sends"] < 2:
            return ""
        calls = {each["receiver"]: each["calls"] for each in self.stats["receivers"]}
        is_every = not row["more_receivers"] and all(
            calls.get(name) == number for name, number, _ in row["receivers"]
        )
        return repeated_text(row["effect"], row["sends"], is_every=is_every)


def _objects_text(row: Mapping[str, Any]) -> str:
    """``412 objects of 12 models``: what a signal of each object was sent for, unheard."""
    objects = count_text(row["heard"] + row["unheard"], "object")
    return f"{objects} of {count_text(row['senders'], 'model')}"


def _each_text(kind: str, calls: int, count: int) -> str:
    """``ran 50 times, 1 query each``."""
    ran = "ran once" if calls == 1 else f"ran {calls:,} times"
    if calls == 1:
        return f"{ran}, {effects_text({kind: count})}"
    if count % calls:
        return f"{ran}, {effects_text({kind: count})} in all"
    return f"{ran}, {effects_text({kind: count // calls})} each"
