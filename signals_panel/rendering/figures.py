"""The bar of what the time went to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from signals_panel.wording import duration_text, row_part_label, share_text, time_label

# A shade of each part where there are no styles.
_SHADES = {
    "outside": "#ddd",
    "python": "#888",
    "effect": "#444",
    "signal": "#bbb",
    "deferred": "#bbb",
}

# A part, what tells it from others of its sort, and its milliseconds.
_Part = tuple[str, str, float]


def time_parts(time: Mapping[str, Any], kinds: list[str]) -> list[dict[str, Any]]:
    """The parts of the bar, in thousandths of the whole; effects in the order of ``kinds``."""
    effects = time["effects"]
    in_order = [kind for kind in kinds if kind in effects]
    in_order += [kind for kind in effects if kind not in in_order]
    times: list[_Part] = [("outside", "", time["outside"])]
    if time["python"]:
        times.append(("python", "", time["python"]))
    times += [("effect", kind, effects[kind]) for kind in in_order]
    return _bar((*each, time_label(*each[:2])) for each in times)


def row_time_parts(time: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of the bar of one row, largest first."""
    times: list[_Part] = [
        ("python", "", time["python"]),
        ("deferred", "", time["deferred"]),
        *(("effect", kind, ms) for kind, ms in time["effects"].items()),
        *(("signal", name, ms) for name, ms in time["signals"].items()),
    ]
    in_order = sorted((each for each in times if each[2]), key=lambda each: -each[2])
    return _bar((*each, row_part_label(*each[:2], row)) for each in in_order)


def _bar(labelled: Iterable[tuple[str, str, float, str]]) -> list[dict[str, Any]]:
    times = list(labelled)
    whole = sum(ms for _, _, ms, _ in times) or 1.0
    parts = []
    start = 0.0
    for part, name, ms, label in times:
        width = ms / whole * 1000
        parts.append(
            {
                "key": name if part == "effect" else part,
                "is_effect": part == "effect",
                "label": label,
                "shade": _SHADES[part],
                "ms": duration_text(ms),
                "share": share_text(ms / whole),
                "x": f"{start:.1f}",
                "width": f"{width:.1f}",
            }
        )
        start += width
    return parts


def toolbar_part(stats: Mapping[str, Any]) -> dict[str, Any] | None:
    """The toolbar's own time, outside of the bar's 100%: as wide as it was, beside the whole."""
    took, whole = stats["totals"]["toolbar_ms"], stats["totals"]["duration_ms"]
    if took < _LEAST_TOOLBAR_MS:
        return None
    return {
        "ms": duration_text(took),
        "x": "1010",
        "width": f"{min(1000.0, took / (whole or 1.0) * 1000):.1f}",
        "box": f"{1010 + min(1000.0, took / (whole or 1.0) * 1000):.0f}",
    }


# Less is nothing that a developer could see.
_LEAST_TOOLBAR_MS = 0.05
