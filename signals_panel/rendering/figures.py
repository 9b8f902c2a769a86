"""The bar of what the time went to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.wording import duration_text, share_text, time_label

# A shade of each part where there are no styles.
_SHADES = {"outside": "#ddd", "python": "#888", "effect": "#444"}


def time_parts(time: Mapping[str, Any], kinds: list[str]) -> list[dict[str, Any]]:
    """The parts of the bar, in thousandths of the whole; effects in the order of ``kinds``."""
    effects = time["effects"]
    in_order = [kind for kind in kinds if kind in effects]
    in_order += [kind for kind in effects if kind not in in_order]
    times = [("outside", "", time["outside"])]
    if time["python"]:
        times.append(("python", "", time["python"]))
    times += [("effect", kind, effects[kind]) for kind in in_order]
    whole = sum(ms for _, _, ms in times) or 1.0
    parts = []
    start = 0.0
    for part, kind, ms in times:
        width = ms / whole * 1000
        parts.append(
            {
                "key": kind or part,
                "is_effect": part == "effect",
                "label": time_label(part, kind),
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
