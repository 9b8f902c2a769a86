"""Why a receiver wasn't called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MAX_SENDERS = 3


def reason_text(silent: Mapping[str, Any]) -> str:
    """Why it wasn't called, from its ``reason`` and ``parameters``."""
    reason, parameters = silent["reason"], silent["parameters"]
    if reason == "other sender":
        sent_by = _some(parameters["sent_by"])
        which = "the signals were" if silent["more_signals"] else "the signal was"
        wanted = parameters["wanted"]
        several = f"{len(wanted)} other senders" if len(wanted) > 1 else ""
        named = several or wanted[0] or "another sender"
        return f"connected for {named}; {which} sent by {sent_by}"
    text = _REASONS.get(reason)
    # One that another version has stored may have no words here.
    return text.format(**parameters) if text is not None else str(reason)


_REASONS = {
    "earlier raised": "an earlier receiver raised: {receiver}, {error}",
    "own method": "{method} didn't call it",
    "not kept": "not called in what was kept in detail",
    "connected late": "connected only after the signal was sent",
    "collected": "connected weakly, and garbage-collected before the signal was sent",
}


def _some(names: list[str]) -> str:
    """The first three, and how many more there are."""
    more = len(names) - _MAX_SENDERS
    shown = ", ".join(names[:_MAX_SENDERS])
    return f"{shown} and {more:,} more" if more > 0 else shown
