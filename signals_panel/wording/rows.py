"""What rows of the cascade say besides names and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.effects import kind_of
from signals_panel.wording.numbers import count_text

# Operations -----------------------------------------------------------------------------


def operation_text(row: Mapping[str, Any]) -> str:
    """``save shop.Product``, ``bulk_create shop.Product, 200 rows``."""
    text = f"{row['operation']} {row['model']}"
    if row["operation"] != "save" and row["table_rows"]:
        text += f", {count_text(row['table_rows'], 'row')}"
    return text


def said_texts(row: Mapping[str, Any]) -> list[str]:
    """What senders said: ``created``, or ``created × 3`` where some didn't say so."""
    return [_of_some(text, number, row) for text, number in row.get("said", ())]


def repeated_text(effect: str, sends: int, *, is_every: bool) -> str:
    """``same query on every send (200×)``, or ``on 20 sends`` where others went without."""
    same = f"same {kind_of(effect).singular}"
    return f"{same} on every send ({sends:,}×)" if is_every else f"{same} on {sends:,} sends"


def rolled_back_text(row: Mapping[str, Any]) -> str:
    """``rolled back``, or ``rolled back × 3`` where some weren't."""
    number = row.get("rolled_back", 0)
    return _of_some("rolled back", number, row) if number else ""


def _of_some(text: str, number: int, row: Mapping[str, Any]) -> str:
    if number == row["count"]:
        return text
    # Of those that were only added up it isn't known.
    least = "at least " if row["kept"] < row["count"] else ""
    return f"{text} × {least}{number:,}"


# Deferred work --------------------------------------------------------------------------


def deferred_text(row: Mapping[str, Any]) -> str:
    """Why it never ran; empty if it did."""
    if row["fate"] == "ran":
        return ""
    text = _NEVER_RUN.get(row["fate"], "")
    return f"{text}: {row['reason']}" if row["reason"] else text


_NEVER_RUN = {
    "rolled back": "never ran: its transaction was rolled back",
    "dropped": "never ran: an earlier callback raised",
    None: "didn't run: its transaction was still open",
}


# What became of an exception ------------------------------------------------------------

_FATES = {
    "ended": "It ended the request.",
    "caught": "It was caught by the code that sent the signal, or around it.",
    "swallowed": "{method} swallowed it.",
    "passed on": "It was passed on to the code that sent the signal.",
}


def fate_text(row: Mapping[str, Any]) -> str:
    """What became of a receiver's exception, and who wasn't called because of it."""
    if not row["fate"]:
        return ""
    text = _FATES.get(row["fate"], "").format(method=row["sent_by"])
    if row["from_nested"]:
        text = f"A receiver called inside it had raised it. {text}"
    if row["not_called"]:
        text += f" Not called because of it: {', '.join(row['not_called'])}."
    return text
