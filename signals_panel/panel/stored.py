"""The requests that the toolbar's store keeps, and which of them came before another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse

from signals_panel.describe import clean, shorten
from signals_panel.report.schema import RequestRow
from signals_panel.wording import headline

_MAX_PATH = 300


def request_row(request: HttpRequest, response: HttpResponse) -> RequestRow:
    """What a report says of its request, now that it is answered."""
    return {
        "method": clean(str(request.method)),
        "path": shorten(clean(request.path), _MAX_PATH),
        "status": response.status_code,
        "at": datetime.now(timezone.utc).isoformat(),
    }


class Stored(NamedTuple):
    """A stored request that the panel has a report of, or will have."""

    request_id: str
    request: RequestRow
    headline: str


def id_text(request_id: Any) -> str:
    """An id as the toolbar's page has it; its ``DatabaseStore`` gives UUIDs."""
    return str(getattr(request_id, "hex", request_id))


def stored_requests(store: Any, panel_id: str) -> list[Stored]:
    """All requests that there are reports of, the newest first.

    The stores don't agree on an order, and some of the requests may have been made without the
    panel.
    """
    found = []
    for request_id in list(store.request_ids()):
        stats = store.panel(id_text(request_id), panel_id)
        if stats and "request" in stats:
            found.append(Stored(id_text(request_id), stats["request"], headline(stats)))
    return sorted(found, key=lambda each: each.request["at"], reverse=True)


def previous(request: RequestRow, others: Iterable[Stored]) -> Stored | None:
    """The last request to the same address before this one; ``others`` is as it is stored."""
    for each in others:
        if is_alike(each.request, request) and each.request["at"] < request["at"]:
            return each
    return None


def is_alike(one: RequestRow, other: RequestRow) -> bool:
    """Whether two requests have one address."""
    return (one["method"], one["path"]) == (other["method"], other["path"])
