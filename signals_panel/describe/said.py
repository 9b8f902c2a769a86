"""What the sender of one of Django's model signals says of it, in a few words.

Nothing else of its arguments is kept unless the setting ``SHOW_ARGUMENTS`` asks for it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import signals

from signals_panel.describe.objects import clean
from signals_panel.describe.values import shorten

# Django's own, which live as long as the process; another signal may mean something else.
_MODEL_SIGNALS = frozenset(
    id(signal)
    for signal in (
        *(signals.pre_save, signals.post_save, signals.pre_delete, signals.post_delete),
        signals.m2m_changed,
    )
)
_MAX_TEXT = 100


def said(signal: object, named: dict[str, Any]) -> str:
    """``created``, ``raw``, ``only: price, stock``, ``using replica``, ``post_add, 3 keys``."""
    if id(signal) not in _MODEL_SIGNALS:
        return ""
    parts = []
    if named.get("created") is True:
        parts.append("created")
    if named.get("raw") is True:
        parts.append("raw")
    fields: Any = named.get("update_fields")
    if type(fields) in (frozenset, set, list, tuple):
        names = sorted(name for name in fields if type(name) is str)
        parts.append(f"only: {', '.join(names)}")
    action: Any = named.get("action")
    keys: Any = named.get("pk_set")
    if type(action) is str:
        parts.append(action)
        if type(keys) in (frozenset, set, list, tuple):
            parts.append("1 key" if len(keys) == 1 else f"{len(keys):,} keys")
    using = named.get("using")
    if type(using) is str and using != "default":
        parts.append(f"using {using}")
    return clean(shorten(", ".join(parts), _MAX_TEXT)) if parts else ""
