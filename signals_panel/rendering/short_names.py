"""What the pictures call a row of the report: a few words, as people say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from signals_panel.describe import short_path
from signals_panel.effects import kind_of
from signals_panel.wording import operation_text

_MAX_NAME = 80

# What a statement does, and to which table.
_STATEMENT = re.compile(
    r"\s*(\w+)(?:.*?\b(?:INTO|FROM|UPDATE|TABLE)\s+[\"`\[]?([\w.]+))?", re.DOTALL
)


def short_name(row: Mapping[str, Any], stats: Mapping[str, Any]) -> str:
    """``post_save from shop.Product``, ``log_product_change``, ``INSERT shop_product``."""
    kind = row["kind"]
    if kind == "phase":
        name = row["name"].capitalize()
    elif kind == "dispatch":
        name = last_part(row["signal"])
        if row["sender"]:
            name += f" from {row['sender']}"
    elif kind == "call":
        name = last_part(row["receiver"])
    elif kind == "deferred":
        name = last_part(row["name"])
    elif kind == "operation":
        name = operation_text(row)
    elif kind == "line":
        name = line_place(row, stats)
    else:
        name = effect_name(row, stats)
    return name if len(name) <= _MAX_NAME else f"{name[:_MAX_NAME]}…"


def last_part(path: str) -> str:
    """What something is called, of its dotted path; of ``partial(shop.tell)`` too."""
    inside = path.rstrip(")")
    return inside.rpartition(".")[2]


def line_place(row: Mapping[str, Any], stats: Mapping[str, Any]) -> str:
    """``shop/views.py:27``: the line that a row was sent from, or happened in."""
    if row["sent_from"] is None:
        return "Outside of receivers"
    path, number, _, _ = stats["lines"][row["sent_from"]]
    return f"{short_path(path)}:{number}"


def effect_name(row: Mapping[str, Any], stats: Mapping[str, Any]) -> str:
    """``cache delete shop:catalogue``; of SQL what it does, and to which table."""
    text: str = " ".join(stats["texts"][row["text"]].split())
    if row["effect"] != "sql":
        return f"{kind_of(row['effect']).label} {text}"
    # It may be very long, and what is looked for stands in front.
    found = _STATEMENT.match(text[:2_000])
    if found is None:
        return text
    verb, table = found.groups()
    return f"{verb} {table}" if table else text
