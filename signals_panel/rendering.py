"""The stored report as the template's context: short names, texts, formatted SQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

from signals_panel import report
from signals_panel.report import count_text, duration_text

# Levels beyond this are indented no further.
_MAX_INDENT = 12
# Formatting takes milliseconds a statement: long ones, and those past the first few dozen,
# are shown as they are.
_MAX_FORMATTED = 60
_MAX_FORMATTED_LENGTH = 4_000


def context(stats: Mapping[str, Any], format_sql: Callable[[str], str]) -> dict[str, Any]:
    """What ``signals_panel/panel.html`` shows of a report, which may be empty.

    ``format_sql`` turns a statement into HTML, escaped.
    """
    if not stats:
        return {"has_report": False}
    costs = report.own_costs(stats)
    statements = [
        _statement(sql, format_sql if number < _MAX_FORMATTED else None)
        for number, sql in enumerate(stats["statements"])
    ]
    lines = [_line(line) for line in stats["lines"]]
    rows = [_row(number, row, lines, statements) for number, row in enumerate(stats["rows"], 1)]
    totals = stats["totals"]
    return {
        "has_report": True,
        "is_empty": not costs["calls"],
        "summary": _summary(totals, costs),
        "housekeeping": stats["housekeeping"],
        "rows": rows,
        "unheard": [
            {"signal": _name(signal), "sender": sender, "count": f"{count:,}"}
            for signal, sender, count in stats["unheard"]
        ],
        "unheard_more": stats["unheard_more"],
        "faults": stats["faults"],
    }


def _summary(totals: Mapping[str, Any], costs: Mapping[str, Any]) -> list[dict[str, str]]:
    whole = totals["duration_ms"]
    # No share where none was measured.
    share = f"{costs['ms'] / whole:.0%} of {duration_text(whole)}" if whole else ""
    # Housekeeping's queries are queries too; the whole has all of them.
    return [
        {"label": "Signals fired", "value": f"{costs['dispatches'] + totals['unheard']:,}",
         "note": f"{costs['dispatches']:,} heard, {totals['unheard']:,} unheard"},
        {"label": "Receivers called", "value": f"{costs['calls']:,}", "note": ""},
        {"label": "Time in receivers", "value": duration_text(costs["ms"]), "note": share},
        {"label": "Queries in receivers", "value": f"{costs['queries']:,}",
         "note": f"of {count_text(totals['all_queries'], 'query', 'queries')}"},
    ]  # fmt: skip


def _row(
    number: int, row: Mapping[str, Any], lines: list[dict[str, str]], statements: list[SafeString]
) -> dict[str, Any]:
    shown: dict[str, Any] = {**row, "id": number, "indent": min(row["level"], _MAX_INDENT)}
    if row["kind"] in ("phase", "more"):
        return shown
    shown["times"] = f"× {row['count']:,}" if row["count"] > 1 else ""
    shown["duration"] = duration_text(row["ms"])
    shown["longest"] = duration_text(row["longest_ms"]) if row["count"] > 1 else ""
    if row["kind"] == "dispatch":
        shown["signal"] = _name(row["signal"])
        shown["sent_from"] = _at(lines, row["sent_from"])
    elif row["kind"] == "call":
        shown["receiver"] = _name(row["receiver"])
        shown["self"] = duration_text(row["self_ms"])
        shown["defined_at"] = _at(lines, row["defined_at"])
    else:
        shown["sql"] = statements[row["sql"]]
    return shown


def _at(lines: list[dict[str, str]], index: int | None) -> dict[str, str] | None:
    return None if index is None else lines[index]


def _name(path: str) -> dict[str, str]:
    """A dotted path as what it is called and where that is: ``post_save``, ``django.…``."""
    home, _, name = path.rpartition(".")
    return {"name": name, "home": home, "path": path}


def _line(line: list[Any]) -> dict[str, str]:
    path, number, function, text = line
    return {
        "place": f"{short_path(path)}:{number}",
        "full": f"{path}:{number}",
        "function": function,
        "text": text,
    }


def _statement(sql: str, format_sql: Callable[[str], str] | None) -> SafeString:
    if format_sql is None or len(sql) > _MAX_FORMATTED_LENGTH:
        return escape(sql)
    try:
        # The toolbar's formatter escapes what it is given.
        return mark_safe(format_sql(sql))  # noqa: S308
    except Exception:
        return conditional_escape(sql)


def short_path(path: str) -> str:
    """A file's path from the folder it is installed in, or from the project's folder."""
    for installed in ("site-packages", "dist-packages"):
        # Before the project's: a virtual environment often stands inside the project.
        _, found, rest = path.rpartition(f"{os.sep}{installed}{os.sep}")
        if found:
            return rest
    for folder in _project_folders():
        if path.startswith(folder):
            return path[len(folder) :]
    return path


@cache
def _project_folders() -> tuple[str, ...]:
    base = getattr(settings, "BASE_DIR", None)
    folders = [str(base)] if isinstance(base, (str, os.PathLike)) else []
    return tuple(os.path.join(folder, "") for folder in [*folders, os.getcwd()])
