"""The cascade as an indented outline, to be pasted into a chat, a ticket or a commit message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from signals_panel.effects import kind_of
from signals_panel.wording import (
    count_text,
    deferred_text,
    duration_text,
    effects_text,
    figures,
    headline,
    operation_text,
    plain_sentence,
    rolled_back_text,
    said_texts,
    verdict,
)

_MAX_TEXT = 100
_INDENT = "  "


def outline(report: Mapping[str, Any], short: Any = str) -> str:
    """The report's rows as lines of text, without those that are all Django's housekeeping.

    ``short`` makes of a file's path what is shown of it.
    """
    if not report:
        return ""
    lines = [
        f"Signals: {plain_sentence(verdict(report), report, short) or headline(report)}",
        " · ".join(figures(report, report["totals"]["all_effects"])),
    ]
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
        outside = effects_text(row.get("outside", {}))
        return ", ".join(
            [
                f"… {count_text(row['dispatches'], 'more dispatch', 'more dispatches')}",
                count_text(row["calls"], "receiver call"),
                effects_text(row["effects"]) or "0 queries",
                *([f"{outside} outside of receivers"] if outside else []),
            ]
        )
    what = _WHAT[row["kind"]](row, report, short)
    # A line's effects are said in its notes.
    if row["count"] > 1 and row["kind"] != "line":
        what += f" × {row['count']:,}"
    return f"{what} - {', '.join(_notes(row, report, short))}"


def _dispatch(row: Mapping[str, Any], _report: Mapping[str, Any], _short: Any) -> str:
    said = [*([row["method"]] if row["method"] != "send" else []), *said_texts(row)]
    name = row["signal"].rpartition(".")[2]
    sender = f"from {row['sender']}" if row["sender"] else "with sender=None"
    return f"{name} {sender}" + _in_brackets(said)


def _call(row: Mapping[str, Any], _report: Mapping[str, Any], _short: Any) -> str:
    return str(row["receiver"])


def _operation(row: Mapping[str, Any], _report: Mapping[str, Any], _short: Any) -> str:
    return operation_text(row) + _in_brackets([row["note"]])


def _deferred(row: Mapping[str, Any], _report: Mapping[str, Any], _short: Any) -> str:
    alias = f"on {row['alias']}" if row["alias"] != "default" else ""
    return f"deferred {row['name']}" + _in_brackets([alias])


def _line(row: Mapping[str, Any], report: Mapping[str, Any], short: Any) -> str:
    if row["sent_from"] is None:
        return "outside of receivers"
    return _sent_from(row, report, short)


def _effect(row: Mapping[str, Any], report: Mapping[str, Any], _short: Any) -> str:
    text = re.sub(r"\s+", " ", report["texts"][row["text"]]).strip()
    text = f"{text[:_MAX_TEXT]}{'…' if len(text) > _MAX_TEXT else ''}"
    return f"{kind_of(row['effect']).label} {text}" + _in_brackets([row["result"]])


_WHAT = {
    "dispatch": _dispatch,
    "call": _call,
    "operation": _operation,
    "deferred": _deferred,
    "line": _line,
    "effect": _effect,
}


def _in_brackets(words: list[str | None]) -> str:
    there = ", ".join(word for word in words if word)
    return f" ({there})" if there else ""


def _sent_from(row: Mapping[str, Any], report: Mapping[str, Any], short: Any) -> str:
    path, number, _, text = report["lines"][row["sent_from"]]
    return f"{short(path)}:{number} {' '.join(text.split())}".strip()


def _notes(row: Mapping[str, Any], report: Mapping[str, Any], short: Any) -> list[str]:
    kind = row["kind"]
    if kind == "deferred" and row["fate"] != "ran":
        notes = [deferred_text(row)]
    else:
        notes = [duration_text(row["ms"])]
    if kind not in ("dispatch", "effect") and row["effects"]:
        notes.append(effects_text(row["effects"]))
    if row["rolled_back"]:
        notes.append(rolled_back_text(row))
    if row.get("error"):
        notes.append(f"raised {row['error']}")
    if row.get("bypassed"):
        notes.append(f"bypassed {', '.join(row['bypassed'])}")
    if kind != "line" and row.get("sent_from") is not None:
        notes.append(_sent_from(row, report, short))
    for index in row.get("via", ()):
        path, number = report["lines"][index][:2]
        notes.append(f"via {short(path)}:{number}")
    return notes
