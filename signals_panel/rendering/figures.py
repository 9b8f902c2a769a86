"""The figures at the top, and the bar of what the time went to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.effects import kind_of
from signals_panel.wording import count_text, duration_text


def figures(
    stats: Mapping[str, Any], costs: Mapping[str, Any], kinds: list[str]
) -> list[dict[str, str]]:
    """The figures that a developer looks for first."""
    totals, raised = stats["totals"], stats["raised"]
    whole = totals["duration_ms"]
    # No share where none was measured.
    share = f"{costs['ms'] / whole:.0%} of {duration_text(whole)}" if whole else ""
    shown = [
        {"label": "Signals fired", "value": f"{costs['dispatches'] + totals['unheard']:,}",
         "note": f"{costs['dispatches']:,} heard, {totals['unheard']:,} unheard"},
        {"label": "Receivers called", "value": f"{costs['calls']:,}",
         "note": f"{raised:,} raised" if raised else ""},
        {"label": "Time in receivers", "value": duration_text(costs["ms"]), "note": share},
    ]  # fmt: skip
    for name in kinds:
        kind = kind_of(name)
        # Housekeeping's are among all of them, too.
        number = count_text(totals["all_effects"].get(name, 0), kind.singular, kind.plural)
        value = f"{costs['effects'].get(name, 0):,}"
        label = f"{kind.plural[:1].upper()}{kind.plural[1:]} in receivers"
        shown.append({"label": label, "value": value, "note": f"of {number}"})
    return shown


# What each is called, and its shade where there are no styles.
_TIME_PARTS = {
    "outside_sql": ("outside SQL in receivers", "#888"),
    "sql": ("SQL in receivers", "#444"),
    "rest": ("the rest of the request", "#ddd"),
}


def time_parts(time: Mapping[str, float]) -> list[dict[str, Any]]:
    """The parts of the bar, in thousandths of the whole."""
    whole = sum(time.values()) or 1.0
    parts = []
    start = 0.0
    for key, (label, shade) in _TIME_PARTS.items():
        width = time[key] / whole * 1000
        parts.append(
            {
                "key": key,
                "label": label,
                "shade": shade,
                "ms": duration_text(time[key]),
                "share": _share(time[key] / whole),
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


def _share(part: float) -> str:
    return "<1%" if 0 < part < 0.005 else f"{part:.0%}"
