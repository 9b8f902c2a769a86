"""What stands above the details of a row: what it is, what it is called, and what it took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.rendering.names import name_html
from signals_panel.rendering.short_names import short_name
from signals_panel.wording import kind_text, times_text, took_text

Head = dict[str, Any]


def head(stats: Mapping[str, Any], kind: str, number: int) -> Head:
    """Of a ``row``, ``receiver`` or ``effect`` that there is: ``kind, name, times, took``.

    ``row`` is its number in the cascade, as text for a template.
    """
    row = stats[f"{kind}s"][number]
    if kind == "receiver":
        # The row of a table counts calls, which may have raised different things.
        row = {**row, "kind": "call", "count": row["calls"], "errors": 0}
    elif kind == "effect":
        row = {**row, "kind": "effect", "errors": 0}
    path = {"call": "receiver", "deferred": "name"}.get(row["kind"])
    return {
        "kind": kind_text(row["kind"], row.get("effect"), is_one=True),
        "name": name_html(row[path]) if path else short_name(row, stats),
        "times": times_text(row["count"]).strip(),
        "row": str(number) if kind == "row" else "",
        "took": took_text(row, row["ms"], stats["totals"]["duration_ms"]),
    }


def selected(stats: Mapping[str, Any]) -> int | None:
    """The row to be shown first: that of the first finding, else of the costliest receiver."""
    rows = stats["rows"]
    for finding in stats.get("findings", ()):
        if finding["row"] is not None:
            return int(finding["row"])
    calls = [
        (row["self_ms"], -number)
        for number, row in enumerate(rows)
        if row["kind"] == "call" and not row["housekeeping"]
    ]
    return -max(calls)[1] if calls else None
