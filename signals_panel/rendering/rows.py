"""The cascade's rows as the context of their templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from signals_panel.effects import kind_of
from signals_panel.rendering.names import Names
from signals_panel.wording import (
    deferred_text,
    duration_text,
    effects_text,
    fate_text,
    mark_text,
    operation_text,
    rolled_back_text,
    said_texts,
)

# Levels beyond this are indented no further.
_MAX_INDENT = 12

# A row is 16 high; this is half the height of the bar of a dispatch, a call, an effect.
_HALF = {
    "operation": 3.0,
    "deferred": 6.0,
    "line": 2.0,
    "dispatch": 2.0,
    "call": 6.0,
    "effect": 4.0,
}


class Rows:
    """One by one, as the template asks for them; there may be a thousand."""

    def __init__(self, stats: Mapping[str, Any], names: Names, kinds: list[str]) -> None:
        self._stats = stats
        self._names = names
        self._kinds = kinds
        self._phase_lines = _phase_lines(stats)
        self._phases = dict(stats["phases"])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for number, row in enumerate(self._stats["rows"]):
            yield self._row(number, row)

    def _row(self, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
        kind = row["kind"]
        # As text: a setting may have the template write 1,000 for a number, and to ask for it takes
        # longer than all else that is done with the number.
        shown: dict[str, Any] = {
            **row,
            "id": str(number),
            "level": str(row["level"]),
            "indent": str(min(row["level"], _MAX_INDENT)),
            "marks": tuple((code, mark_text(code)) for code in row.get("marks", ())),
            "template": f"signals_panel/rows/{kind}.html",
        }
        if kind == "phase":
            shown["from"] = duration_text(self._phases.get(row["name"], 0.0))
        elif kind == "more":
            shown["effects_text"] = effects_text(row["effects"]) or "0 queries"
            shown["outside_text"] = effects_text(row.get("outside", {}))
        else:
            shown |= self._times(row)
            if "own_effects" in row:
                shown |= self._cells(row)
            shown["number"] = self._names.number(row)
            shown |= {
                "operation": self._operation,
                "line": self._line,
                "deferred": self._deferred,
                "dispatch": self._dispatch,
                "call": self._call,
                "effect": self._effect,
            }[kind](row)
        return shown

    def _times(self, row: Mapping[str, Any]) -> dict[str, Any]:
        is_several = row["count"] > 1
        duration = duration_text(row["ms"])
        shown: dict[str, Any] = {
            "times": f"× {row['count']:,}" if is_several else "",
            "duration": duration,
            "longest": duration_text(row["longest_ms"]) if is_several else "",
            "undone": rolled_back_text(row),
            "bars": _bars(row["spans"], _HALF[row["kind"]] * self._density(row)),
            "phases_path": self._phase_lines,
        }
        if row["start_ms"] is not None:
            start = duration_text(row["start_ms"])
            took = f" on, {duration} in all" if is_several else f", {duration}"
            shown["when"] = f"from {start}{took}"
        return shown

    def _cells(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """How many effects of each kind, and which kinds for the filter."""
        own, inside = row["own_effects"], row["effects"]
        return {
            "with": " ".join(kind for kind in self._kinds if inside.get(kind)),
            "cells": tuple((inside.get(kind, 0), own.get(kind, 0)) for kind in self._kinds),
        }

    def _operation(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": self._operation_name(row),
            "self": duration_text(row["self_ms"]),
            "bypassed": tuple(self._names.name(name) for name in row["bypassed"]),
            **self._line(row),
        }

    def _operation_name(self, row: Mapping[str, Any]) -> SafeString:
        before, model, after = operation_text(row).partition(row["model"])
        return format_html("{}<b>{}</b>{}", before, model, after)

    def _deferred(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": self._names.name(row["name"]),
            "fate": deferred_text(row),
            "has_run": row["fate"] == "ran",
            "defined_at": self._names.line(row["defined_at"]),
        }

    def _line(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "sent_from": self._names.line(row["sent_from"]),
            "via": tuple(self._names.lines[index] for index in row["via"]),
        }

    def _dispatch(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": self._names.signal(row["signal"]),
            "said": tuple(said_texts(row)),
            "sent_from": self._names.line(row["sent_from"]),
            "via": tuple(self._names.lines[index] for index in row["via"]),
            "cells": tuple((row["effects"].get(kind, 0), 0) for kind in self._kinds),
        }

    def _call(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": self._names.name(row["receiver"]),
            "self": duration_text(row["self_ms"]),
            "fate": fate_text(row),
            "defined_at": self._names.line(row["defined_at"]),
        }

    def _effect(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "text": self._names.short_text(row),
            "label": "" if row["effect"] == "sql" else kind_of(row["effect"]).label,
            "cells": ((0, 0),) * len(self._kinds),
        }

    def _density(self, row: Mapping[str, Any]) -> float:
        """How much of its spans a row was running for, from 0.1 to 1: its bars' height.

        What ran two hundred times for a moment has spans close together, which are drawn as
        one; it didn't take the time from the first to the last.
        """
        covered = sum(row["spans"][1::2]) / 1000 * self._stats["totals"]["duration_ms"]
        # A single one is drawn as it is, rounded as it may be.
        if row["count"] == 1 or not covered:
            return 1.0
        return float(min(1.0, max(0.1, row["ms"] / covered)))


def _bars(spans: list[int], half: float) -> SafeString:
    """Spans as an SVG path, ``half`` above and below the middle of a row of 16."""
    return mark_safe(  # noqa: S308 - numbers
        "".join(
            f"M{int(start)} {8 - half:.2f}h{int(length)}v{2 * half:.2f}h-{int(length)}z"
            for start, length in zip(spans[::2], spans[1::2], strict=True)
        )
    )


def _phase_lines(stats: Mapping[str, Any]) -> SafeString:
    """Where the phases begin, as an SVG path; the first begins with the request."""
    whole = stats["totals"]["duration_ms"] or 1.0
    return mark_safe(  # noqa: S308 - numbers
        "".join(f"M{start / whole * 1000:.0f} 0v16" for _, start in stats["phases"][1:])
    )
