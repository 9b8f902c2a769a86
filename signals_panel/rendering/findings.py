"""Findings as cards: what was found, why it matters, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.rendering.names import Names
from signals_panel.wording import docs_of, finding_text, mark_text

# More than these say less; the others are behind a count.
_MAX_SHOWN = 4


def cards(stats: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """``shown`` and ``more``: the findings of a report, and how many have no room in it."""
    made = [_card(row, names) for row in stats.get("findings", ())]
    return {
        "shown": made[:_MAX_SHOWN],
        "more": made[_MAX_SHOWN:],
        "left_out": stats["left_out"].get("findings", 0),
    }


def _card(row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    text = finding_text(row["code"], row["figures"])
    is_path = text.subject == row["figures"].get("receiver")
    return {
        "code": row["code"],
        "mark": mark_text(row["code"]),
        "is_error": row["is_error"],
        # As text: a setting may have the template write 1,000 for a number.
        "row": "" if row["row"] is None else str(row["row"]),
        "subject": names.name(text.subject) if is_path else text.subject,
        "said": text.said,
        "why": text.why,
        "advice": text.advice,
        "docs": docs_of(row["code"]),
    }
