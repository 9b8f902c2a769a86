"""The picture of a request: what is drawn, in plain JSON types; where, the script works out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from signals_panel.rendering.short_names import short_name
from signals_panel.wording import box_text, duration_text, kind_text, times_text


def timeline(stats: Mapping[str, Any]) -> dict[str, Any]:
    """The boxes of a report's rows, and what they say.

    ``end`` and ``boxes`` are in microseconds. ``row`` is the number of a row of the report,
    ``above`` the place, in the list that is given, of the row that it stands below.
    """
    whole = stats["totals"]["duration_ms"]
    shown: list[dict[str, Any]] = []
    # The places of the rows around the next one, by level.
    places: dict[int, int | None] = {0: None}
    for number, row, boxes in _drawn(stats):
        above = places.get(row["level"] - 1)
        places[row["level"]] = len(shown)
        shown.append({"row": number, "above": above, **_words(row, stats, whole, boxes)})
    return {"end": round(whole * 1000), "rows": shown}


def legend(stats: Mapping[str, Any]) -> list[dict[str, str]]:
    """The colours in the picture, each with what it means; empty where there is no picture.

    Django's housekeeping is in every request, and makes no picture by itself.
    """
    there: dict[tuple[str, str], None] = {}
    is_worth_it = False
    for _, row, _ in _drawn(stats):
        if row["kind"] != "phase":
            there[row["kind"], row.get("effect", "")] = None
            is_worth_it |= not row.get("housekeeping")
    if not is_worth_it:
        return []
    # As they stand above one another.
    order = ("line", "operation", "dispatch", "call", "deferred", "effect")
    return [
        {"kind": kind, "effect": effect, "text": kind_text(kind, effect or None)}
        for kind, effect in sorted(there, key=lambda key: order.index(key[0]))
    ]


def _drawn(stats: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any], list[int]]]:
    boxes = stats.get("boxes", {})
    for number, row in enumerate(stats["rows"]):
        if str(number) in boxes:
            yield number, row, boxes[str(number)]


def _words(
    row: Mapping[str, Any], stats: Mapping[str, Any], whole: float, boxes: list[int]
) -> dict[str, Any]:
    name = short_name(row, stats)
    count = row.get("count", 1)
    # A phase is as long as its box.
    ms = row["ms"] if "ms" in row else sum(boxes[1::2]) / 1000
    return {
        "kind": row["kind"],
        "effect": row.get("effect", ""),
        "name": name + times_text(count),
        "time": duration_text(ms),
        "words": box_text(name, row, ms, whole),
        "count": count,
        "failed": bool(row.get("errors")),
        "boxes": boxes,
    }
