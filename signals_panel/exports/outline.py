"""The cascade as an indented outline, to be pasted into a chat, a ticket or a commit message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from signals_panel.effects import kind_of
from signals_panel.wording import count_text, duration_text, effects_text, headline

_MAX_TEXT = 100
_INDENT = "  "


def outline(report: Mapping[str, Any], short: Any = str) -> str:
    """The report's rows as lines of text, without those that are all Django's housekeeping.

    ``short`` makes of a file's path what is shown of it.
    """
    if not report:
        return ""
    lines = [f"Signals: {headline(report)} of {duration_text(report['totals']['duration_ms'])}"]
    skipped = None
    waiting: list[str] = []
    for row in report["rows"]:
        if skipped is not None and row["level"] > skipped:
            continue
        skipped = None
        if row["kind"] == "phase":
            # Named only when something follows.
            waiting = [row["name"].capitalize()]
            continue
        if row.get("housekeeping"):
            skipped = row["level"]
            continue
        if row["kind"] != "more":
            # That one is of all phases.
            lines += waiting
        waiting = []
        lines.append(_INDENT * (row["level"] - 1) + _text(row, report, short))
    return "\n".join(lines) + "\n"


def _text(row: Mapping[str, Any], report: Mapping[str, Any], short: Any) -> str:
    if row["kind"] == "more":
        return ", ".join(
            [
                f"… {count_text(row['dispatches'], 'more dispatch', 'more dispatches')}",
                count_text(row["calls"], "receiver call"),
                effects_text(row["effects"]) or "0 queries",
            ]
        )
    if row["kind"] == "dispatch":
        what = f"{row['signal'].rpartition('.')[2]} from {row['sender'] or 'no sender'}"
        if row["method"] != "send":
            what += f" ({row['method']})"
    elif row["kind"] == "call":
        what = row["receiver"]
    elif row["kind"] == "effect":
        text = re.sub(r"\s+", " ", report["texts"][row["text"]]).strip()
        short = f"{text[:_MAX_TEXT]}{'…' if len(text) > _MAX_TEXT else ''}"
        what = f"{kind_of(row['effect']).label} {short}"
        if row["result"]:
            what += f" ({row['result']})"
    else:
        what = str(row.get("name") or row["kind"])
    if row.get("count", 1) > 1:
        what += f" × {row['count']:,}"
    notes = [duration_text(row["ms"])] if "ms" in row else []
    if row["kind"] == "call" and row["effects"]:
        notes.append(effects_text(row["effects"]))
    if row.get("error"):
        notes.append(f"raised {row['error']}")
    index = row.get("sent_from")
    if index is not None:
        path, number, _, text = report["lines"][index]
        notes.append(f"{short(path)}:{number} {' '.join(text.split())}".strip())
    for index in row.get("via", ()):
        notes.append(
            "via {}:{}".format(short(report["lines"][index][0]), report["lines"][index][1])
        )
    return f"{what} - {', '.join(notes)}" if notes else what
