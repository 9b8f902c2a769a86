"""The panel's own views: what the page fetches when it is asked for, out of the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from debug_toolbar.decorators import render_with_toolbar_language, require_show_toolbar
from debug_toolbar.toolbar import DebugToolbar
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from signals_panel.conf import get_config
from signals_panel.describe import short_path
from signals_panel.exports import is_written_out, outline as outline_of, written_out as code_of
from signals_panel.rendering import (
    connected_context,
    details_context,
    head,
    map_context,
    not_called_context,
    runs_context,
    timeline as timeline_of,
)
from signals_panel.report import not_called as all_not_called
from signals_panel.wiring import UnknownName, connected as all_connected, runs_for, unimported

PANEL_ID = "FiredSignalsPanel"


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def details(request: HttpRequest) -> JsonResponse:
    """The details of one row, as HTML: ``?request_id=...&kind=row&number=12``."""
    stats = stats_of(request)
    kind, number = request.GET.get("kind", ""), request.GET.get("number", "")
    found = details_context(stats, kind, number, get_config())
    if found is None:
        raise Http404
    if kind == "row" and is_written_out(stats, int(number)):
        found["written_out"] = number
        found["written_out_text"] = code_of(stats, int(number), short_path)
    found["head"] = head(stats, kind, int(number))
    return JsonResponse({"content": render_to_string("signals_panel/inspected.html", found)})


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def outline(request: HttpRequest) -> JsonResponse:
    """The cascade as an indented outline: ``?request_id=...``."""
    return JsonResponse({"text": outline_of(stats_of(request), short_path)})


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def timeline(request: HttpRequest) -> JsonResponse:
    """What the picture of the request is drawn of: ``?request_id=...``."""
    return JsonResponse(timeline_of(stats_of(request)))


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def map_(request: HttpRequest) -> JsonResponse:
    """The map of the request, as SVG in HTML: ``?request_id=...``."""
    return JsonResponse({"content": map_html(stats_of(request))})


def map_html(stats: Mapping[str, Any], *, is_saved: bool = False) -> SafeString:
    """The map of a report; one that is saved says itself what it is."""
    found = {**map_context(stats), "is_saved": is_saved}
    return render_to_string("signals_panel/fetched/map.html", found)


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def written_out(request: HttpRequest) -> JsonResponse:
    """An operation or dispatch and its receivers as code: ``?request_id=...&number=12``."""
    number = request.GET.get("number", "")
    stats = stats_of(request)
    if not (number.isdecimal() and len(number) < 10 and is_written_out(stats, int(number))):
        raise Http404
    return JsonResponse({"text": code_of(stats, int(number), short_path)})


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def not_called(request: HttpRequest) -> JsonResponse:
    """Every receiver that wasn't called, and why, as HTML: ``?request_id=...``."""
    rows = all_not_called(stats_of(request), all_connected(), unimported())
    found = not_called_context(rows, get_config())
    return JsonResponse(
        {"content": render_to_string("signals_panel/fetched/not_called.html", found)}
    )


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def connected(request: HttpRequest) -> JsonResponse:
    """All that is connected, or what runs for a model, as HTML: ``?model=shop.Product``.

    It is of the process, and of no request.
    """
    model = request.GET.get("model")
    try:
        found = (
            runs_context(runs_for(model), get_config())
            if model
            else connected_context(all_connected(), get_config())
        )
    except UnknownName:
        raise Http404 from None
    return JsonResponse(
        {"content": render_to_string("signals_panel/fetched/connected.html", found)}
    )


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def content(request: HttpRequest) -> JsonResponse:
    """The panel, once more, for a page that waits for its report: ``?request_id=...``."""
    return JsonResponse({"content": panel_of(request).content})


def stats_of(request: HttpRequest) -> Mapping[str, Any]:
    """The report that is asked for; without one a 404."""
    stats: Mapping[str, Any] = panel_of(request).finished_stats()
    if not stats:
        raise Http404
    return stats


def panel_of(request: HttpRequest) -> Any:
    """The panel of the request that is asked for, out of the store; without one a 404."""
    try:
        toolbar = DebugToolbar.fetch(request.GET.get("request_id", ""), PANEL_ID)
    except ValidationError:
        # The toolbar's DatabaseStore wants an id that looks like one.
        raise Http404 from None
    if toolbar is None or not (panel := toolbar.get_panel_by_id(PANEL_ID)).get_stats():
        # The store keeps a limited number of requests.
        raise Http404
    return panel
