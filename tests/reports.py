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


def outline(
    report: dict[str, Any], *, housekeeping: bool = False, everything: bool = False
) -> list[str]:
    """The cascade's rows as indented lines, without times.

    ``post_save shop.Product ×200`` or ``shop.receivers.f ValueError: x`` or ``INSERT shop_x`` or
    ``cache get shop:x``. With ``everything`` also operations, as ``save shop.Product created``,
    and what happened outside of receivers, by line of code.
    """
    lines = []
    skipped = None
    base = None
    # The kinds of the rows around the next one, by level.
    around: dict[int, str] = {}
    for row in report["rows"]:
        level, kind = row["level"], row["kind"]
        if skipped is not None and level > skipped:
            continue
        skipped = None
        around[level] = kind
        above = [around[each] for each in range(1, level) if each in around]
        if kind == "phase" or (kind == "more" and not _is_of_signals(row) and not everything):
            continue
        if kind == "dispatch":
            name = row["signal"].rpartition(".")[2]
            if not housekeeping and name in ("request_started", "request_finished"):
                skipped = level
                continue
        if not everything:
            if kind in ("line", "operation") or (kind == "effect" and "call" not in above):
                continue
            level -= above.count("operation")
        base = level if base is None else min(base, level)
        times = f" ×{row['count']}" if row.get("count", 1) > 1 else ""
        lines.append((level, _text(row, report) + times))
    return ["  " * (level - (base or 0)) + text for level, text in lines]


def _is_of_signals(row: dict[str, Any]) -> bool:
    return bool(row["dispatches"] or row["calls"] or row["effects"])


def _text(row: dict[str, Any], report: dict[str, Any]) -> str:
    kind = row["kind"]
    if kind == "dispatch":
        text = f"{row['signal'].rpartition('.')[2]} {row['sender']}"
        return text if row["method"] == "send" else f"{text} {row['method']}"
    if kind == "call":
        return f"{row['receiver']} {row['error']}" if row["error"] else str(row["receiver"])
    if kind == "operation":
        return " ".join(filter(None, [row["operation"], row["model"], row["note"]]))
    if kind == "deferred":
        return f"deferred {row['name']} {row['fate']}"
    if kind == "line":
        if row["sent_from"] is None:
            return "(somewhere)"
        return " ".join(str(report["lines"][row["sent_from"]][3]).split())
    if kind == "effect" and row["effect"] != "sql":
        text = re.sub(r":\d+$", ":pk", f"{row['effect']} {report['texts'][row['text']]}")
        return re.sub(r"(127\.0\.0\.1):\d+", r"\1:port", text)
    if kind == "effect":
        sql = report["texts"][row["text"]]
        table = re.search(r'(?:INTO|FROM|UPDATE) "(\w+)"', sql)
        return f"{sql.split()[0]} {table[1] if table else ''}"
    return f"{row['dispatches']} {row['calls']} {row['effects'].get('sql', 0)} more"
