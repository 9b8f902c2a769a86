"""The stored report as the context of ``signals_panel/panel.html``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.conf import Config
from signals_panel.effects import EffectKind, kind_of, kinds
from signals_panel.rendering.figures import time_parts, toolbar_part
from signals_panel.rendering.findings import cards
from signals_panel.rendering.inspected import selected
from signals_panel.rendering.map import has_map
from signals_panel.rendering.names import Names, file_stem
from signals_panel.rendering.rows import Rows
from signals_panel.rendering.tables import Tables
from signals_panel.rendering.timeline import legend
from signals_panel.rendering.verdict import sentence_html
from signals_panel.wording import duration_text, figures, notes, own_costs, verdict
from signals_panel.wording.taking import picture_title

# The views of a report with more rows than this are folded up until the script has come.
_MAX_UNFOLDED = 100

# Paths of static files.
SHEETS = ("signals_panel/panel.css", "signals_panel/pictures.css")


def context(stats: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """What the template shows of a report, which may be empty."""
    if not stats or stats["is_brief"]:
        return {"has_report": False, "is_brief": bool(stats), "sheets": SHEETS}
    costs = own_costs(stats)
    shown_kinds = _kinds(stats)
    names = Names(stats, config)
    kind_names = [kind.name for kind in shown_kinds]
    tables = Tables(stats, names, kind_names)
    return {
        "has_report": True,
        "sheets": SHEETS,
        "is_empty": not costs["calls"],
        "verdict": sentence_html(verdict(stats), names),
        "summary": figures(stats, kind_names),
        "time": time_parts(stats["time"], kind_names),
        "toolbar": toolbar_part(stats),
        "notes": notes(stats),
        "bulk": [f"{model}.objects.{name}()" for name, model in stats["bulk"]],
        "findings": cards(stats, names),
        "legend": legend(stats),
        "selected": selected(stats),
        "picture_name": file_stem(stats.get("request")),
        "picture_title": picture_title(stats.get("request")),
        "has_map": has_map(stats),
        "kinds": shown_kinds,
        "columns": 4 + len(shown_kinds),
        "views": _views(stats, tables, shown_kinds),
        # A browser would lay all of it out twice, first without styles.
        "is_long": len(stats["rows"]) > _MAX_UNFOLDED,
        "end": duration_text(stats["totals"]["duration_ms"]),
        "rows": Rows(stats, names, kind_names) if stats["rows"] else (),
        "receivers": tables.receiver_groups(),
        "signals": [tables.signal(row) for row in stats["signals"]],
        "silent": [tables.silent(row) for row in stats["silent"]],
        "left_out": stats["left_out"],
        "housekeeping": stats["housekeeping"],
        "faults": stats["faults"],
    }


def _kinds(stats: Mapping[str, Any]) -> list[EffectKind]:
    """The kinds that have a column: SQL, and those of which there is something."""
    there = stats["totals"]["all_effects"]
    known = [kind.name for kind in kinds()]
    # One that is known no longer is still in the store.
    return [
        kind_of(name)
        for name in (*known, *(each for each in there if each not in known))
        if name == "sql" or there.get(name)
    ]


def _views(
    stats: Mapping[str, Any], tables: Tables, shown_kinds: list[EffectKind]
) -> list[dict[str, Any]]:
    """Each with the number of its rows; Django's housekeeping is folded away."""
    cascade = sum(
        row["kind"] not in ("phase", "more") and not row.get("housekeeping")
        for row in stats["rows"]
    )
    receivers = sum(not row["housekeeping"] for row in stats["receivers"])
    views = [
        _view("cascade", "Cascade", cascade),
        _view("receivers", "Receivers", receivers),
        _view("signals", "Signals", len(stats["signals"])),
        # Made when they are asked for, since most people never ask.
        {**_view("not-called", "Not called"), "url": "djdt:fired_signals_not_called"},
        {**_view("connected", "Connected"), "url": "djdt:fired_signals_connected"},
        {**_view("compared", "Compared"), "url": "djdt:fired_signals_compare"},
    ]
    for kind in shown_kinds:
        rows = tables.effects(kind.name)
        view = _view(f"effects-{kind.name}", kind.title, len(rows))
        views.append({**view, "template": "signals_panel/effects.html", "kind": kind, "rows": rows})
    return views


def _view(name: str, title: str, count: int | None = None) -> dict[str, Any]:
    return {
        "id": name,
        "title": title,
        "count": "" if count is None else f"{count:,}",
        "template": f"signals_panel/{name.replace('-', '_')}.html",
    }
