"""Reports, as the panel makes them of a recording and as the toolbar stores them."""

from __future__ import annotations

import re
from typing import Any

from signals_panel import report
from signals_panel.analysis import analyse
from signals_panel.conf import Config
from signals_panel.results import Recording


def build(recording: Recording, config: Config | None = None) -> Any:
    """The report of a recording."""
    return report.build(analyse(recording), config or Config())


def stored_panel(request_id: str, panel_id: str = "FiredSignalsPanel") -> Any:
    from debug_toolbar.toolbar import DebugToolbar

    return DebugToolbar.fetch(request_id, panel_id).get_panel_by_id(panel_id)


def outline(report: dict[str, Any], *, housekeeping: bool = False) -> list[str]:
    """The cascade's rows as indented lines, without times.

    ``post_save shop.Product ×200`` or ``shop.receivers.f ValueError: x`` or ``INSERT shop_x`` or
    ``cache get shop:x``.
    """
    lines = []
    skipped = None
    base = None
    for row in report["rows"]:
        level = row["level"]
        if skipped is not None and level > skipped:
            continue
        skipped = None
        if row["kind"] == "phase":
            continue
        if row["kind"] == "dispatch":
            name = row["signal"].rpartition(".")[2]
            if not housekeeping and name in ("request_started", "request_finished"):
                skipped = level
                continue
            text = f"{name} {row['sender']}"
            if row["method"] != "send":
                text += f" {row['method']}"
        elif row["kind"] == "call":
            text = row["receiver"]
            if row["error"]:
                text += f" {row['error']}"
        elif row["kind"] == "effect" and row["effect"] != "sql":
            text = re.sub(r":\d+$", ":pk", f"{row['effect']} {report['texts'][row['text']]}")
        elif row["kind"] == "effect":
            sql = report["texts"][row["text"]]
            table = re.search(r'(?:INTO|FROM|UPDATE) "(\w+)"', sql)
            text = f"{sql.split()[0]} {table[1] if table else ''}"
        else:
            text = f"{row['dispatches']} {row['calls']} {row['effects'].get('sql', 0)} more"
        if row.get("count", 1) > 1:
            text += f" ×{row['count']}"
        base = level if base is None else min(base, level)
        lines.append((level, text))
    return ["  " * (level - (base or 0)) + text for level, text in lines]
