"""What a report says of its request when it is taken along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from signals_panel.wording.numbers import count_text

FINDINGS = "What to do"
OUTLINE = "What was sent"


def request_title(request: Mapping[str, Any] | None) -> str:
    """``Signals of GET /shop/cascade/``."""
    return f"Signals of {request['method']} {request['path']}" if request else "Signals"


def answered_text(request: Mapping[str, Any] | None) -> str:
    """``2026-11-26 16:03:22+01:00, status 200``, in the server's time."""
    if not request:
        return ""
    at = datetime.fromisoformat(request["at"]).astimezone()
    return f"{at.isoformat(sep=' ', timespec='seconds')}, status {request['status']}"


def picture_title(request: Mapping[str, Any] | None) -> str:
    """``Signals of GET /shop/cascade/ · 2026-11-26 15:03:22 UTC``, above a picture in a file."""
    if not request:
        return request_title(request)
    return f"{request_title(request)} · {request['at'][:19].replace('T', ' ')} UTC"


def left_out_text(number: int) -> str:
    """How many findings had no room."""
    return f"… and {count_text(number, 'finding')} for which there was no room."


def made_with_text(versions: Mapping[str, str]) -> str:
    """``Django 6.1, django-debug-toolbar 8.0.0, django-signals-panel 0.1.0``."""
    return ", ".join(f"{name} {version}" for name, version in versions.items())


ABOUT = (
    "Saved from the panel “Fired signals” of Django Debug Toolbar. It holds what was kept in "
    "tables; the source and each single time are in the toolbar alone."
)
