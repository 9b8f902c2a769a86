"""The view "Compared": this request, and an earlier one out of the toolbar's store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from debug_toolbar.decorators import render_with_toolbar_language, require_show_toolbar
from debug_toolbar.toolbar import DebugToolbar
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string

from signals_panel.comparing import compare as compared
from signals_panel.conf import get_config
from signals_panel.panel.stored import (
    Stored,
    id_text,
    is_alike,
    previous,
    stored_requests,
)
from signals_panel.panel.views import PANEL_ID, panel_of
from signals_panel.rendering import compared_context
from signals_panel.wording import comparing as words


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def compare(request: HttpRequest) -> JsonResponse:
    """What changed since another request, as HTML: ``?request_id=...&with=...``.

    Without ``with``, since the last one to the same method and path.
    """
    panel = panel_of(request)
    stats = panel.finished_stats()
    own_id = id_text(panel.toolbar.request_id)
    others = [
        each for each in stored_requests(panel.toolbar.store, PANEL_ID) if each.request_id != own_id
    ]
    found = _found(stats, others, request.GET.get("with") or _previous_id(stats, others))
    return JsonResponse({"content": render_to_string("signals_panel/fetched/compared.html", found)})


def _previous_id(stats: Mapping[str, Any], others: list[Stored]) -> str | None:
    found = previous(stats["request"], others) if "request" in stats else None
    return found and found.request_id


def _found(stats: Mapping[str, Any], others: list[Stored], chosen: str | None) -> dict[str, Any]:
    """The template's context: a comparison, or in one sentence why there is none."""
    own = stats.get("request")
    context: dict[str, Any] = {
        "choices": [(each, own is not None and is_alike(each.request, own)) for each in others],
        "chosen": chosen,
        "own": own,
    }
    problem, other = "", None
    if stats["is_brief"]:
        problem = words.STILL_SENT
    elif chosen is None:
        problem = words.no_earlier_text(own, has_others=bool(others))
    else:
        other = _report_of(chosen)
        if other is None:
            problem = words.OTHER_GONE
        elif other["is_brief"]:
            problem = words.OTHER_STILL_SENT
    if problem:
        return compared_context(None, get_config(), problem=problem, **context)
    try:
        return compared_context(compared(other or {}, stats), get_config(), **context)
    except ValueError as error:
        # Of another version, in a store that outlives the process.
        return compared_context(None, get_config(), problem=str(error), **context)


def _report_of(request_id: str) -> Mapping[str, Any] | None:
    try:
        toolbar = DebugToolbar.fetch(request_id, PANEL_ID)
    except ValidationError:
        # The toolbar's DatabaseStore wants an id that looks like one.
        return None
    if toolbar is None:
        return None
    panel: Any = toolbar.get_panel_by_id(PANEL_ID)
    return panel.finished_stats() or None
