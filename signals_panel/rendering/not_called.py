"""What wasn't called, as the context of ``signals_panel/fetched/not_called.html``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from signals_panel.conf import Config
from signals_panel.rendering.links import place_html
from signals_panel.rendering.names import name_html, signal_html
from signals_panel.report import NotCalledRow
from signals_panel.wiring import PROJECT
from signals_panel.wording import advice_text, hint_text, others_text, reason_text

# More than these nobody reads.
_MAX_ROWS = 500


def not_called_context(rows: Iterable[NotCalledRow], config: Config) -> dict[str, Any]:
    """The project's receivers, and those of others apart."""
    own: list[NotCalledRow] = []
    others: list[NotCalledRow] = []
    for row in rows:
        (own if row["origin"] == PROJECT else others).append(row)
    groups = [("", own), (others_text(len(others)), others)]
    return {
        "groups": [
            {
                "title": title,
                "rows": [_row(row, config) for row in found[:_MAX_ROWS]],
                "more": len(found[_MAX_ROWS:]),
            }
            for title, found in groups
            if found
        ]
    }


def _row(row: NotCalledRow, config: Config) -> dict[str, Any]:
    receiver, line = row["receiver"], row["defined_at"]
    return {
        **row,
        "name": name_html(receiver) if receiver else None,
        "place": place_html(line, config.editor_url) if line else None,
        "signal_name": signal_html(row["signal"]),
        "why": reason_text(row),
        "advice": advice_text(row),
        "hint": hint_text(row),
    }
