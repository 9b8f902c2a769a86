"""URLs of every site here: those of the program, the toolbar, and the panel's report as JSON."""

from debug_toolbar.toolbar import DebugToolbar, debug_toolbar_urls
from django.conf import settings
from django.http import JsonResponse
from django.urls import include, path


def report(request, request_id):
    toolbar = DebugToolbar.fetch(request_id, "FiredSignalsPanel")
    return JsonResponse(toolbar.get_panel_by_id("FiredSignalsPanel").finished_stats())


urlpatterns = [
    path("__report__/<str:request_id>/", report),
    *debug_toolbar_urls(),
    # Last: a program may answer to all that is left.
    path("", include(settings.PROGRAM_URLCONF)),
]
