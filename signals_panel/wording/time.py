"""What the parts of the time are called."""

from __future__ import annotations

from signals_panel.effects import kind_of

_LABELS = {"outside": "outside of receivers", "python": "receivers' Python"}


def time_label(part: str, kind: str = "") -> str:
    """``outside of receivers``; of an effect's kind ``SQL in receivers``."""
    return _LABELS[part] if part in _LABELS else f"{kind_of(kind).label} in receivers"
