"""What can be taken along: the report as Markdown, and as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import debug_toolbar
import django
from debug_toolbar.decorators import render_with_toolbar_language, require_show_toolbar
from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from signals_panel.conf import get_config
from signals_panel.describe import short_path
from signals_panel.exports import markdown as markdown_of
from signals_panel.panel.views import map_html, stats_of
from signals_panel.rendering import saved as saving
from signals_panel.rendering.map import has_map
from signals_panel.rendering.plain import plain_html


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def markdown(request: HttpRequest) -> JsonResponse:
    """The report as Markdown: ``?request_id=...``."""
    stats = stats_of(request)
    if stats["is_brief"]:
        raise Http404
    return JsonResponse({"text": markdown_of(stats, _versions(), short_path)})


@login_not_required
@require_show_toolbar
@render_with_toolbar_language
def saved(request: HttpRequest) -> HttpResponse:
    """The report as an HTML file to be saved: ``?request_id=...``."""
    stats = stats_of(request)
    if stats["is_brief"]:
        raise Http404
    panel = render_to_string("signals_panel/panel.html", saving.panel_context(stats, get_config()))
    page = saving.page_context(
        stats, _versions(), plain_html(panel), [_sheet(name) for name in saving.SAVED_SHEETS]
    )
    page["map"] = map_html(stats, is_saved=True) if has_map(stats) else ""
    response = HttpResponse(render_to_string("signals_panel/saved.html", page))
    name = saving.file_name(stats.get("request"))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _versions() -> dict[str, str]:
    return {
        "Django": django.get_version(),
        "django-debug-toolbar": debug_toolbar.VERSION,
        "django-signals-panel": _version(),
    }


def _version() -> str:
    module: Any = apps.get_app_config("signals_panel").module
    return str(module.__version__)


def _sheet(name: str) -> str:
    """A style sheet's text: from where it is developed, or else from where it was collected."""
    path = finders.find(name)
    if isinstance(path, str):
        return Path(path).read_text(encoding="utf-8")
    with staticfiles_storage.open(name) as file:
        text: str = file.read().decode("utf-8")
    return text
