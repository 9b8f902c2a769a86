"""Whether the panel's times are the program's: the same page with a toolbar, and without one.

A view twenty-five frames deep sends a signal; its receivers query, use the cache and render, as
often as a busy page's do. All of the toolbar's default panels watch it, or none: there is no
toolbar then, and the recorder's figures are the yardstick.
"""

import statistics
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.dispatch import Signal
from django.http import HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.urls import path

from signals_panel import record_signals
from signals_panel.panel import FiredSignalsPanel
from signals_panel.probes.requests import request_root

TOOLBAR = "debug_toolbar.middleware.DebugToolbarMiddleware"
_DEPTH = 25
_QUERIES = 60
_CALLS = 40

watched = Signal()
_recordings = []


def queries(**kwargs):
    """Ask the database sixty times."""
    for number in range(_QUERIES):
        list(get_user_model().objects.filter(pk=number))


def caches(**kwargs):
    """Use the cache and render a template, forty times each."""
    template = engines["django"].from_string("{% for x in numbers %}{{ x }} {% endfor %}")
    for number in range(_CALLS):
        cache.set(f"bench:{number}", number)
        cache.get(f"bench:{number}")
        template.render({"numbers": range(20)})


def _deep(depth):
    if depth:
        return _deep(depth - 1)
    return watched.send(sender=None)


def view(request):
    """Send from far down."""
    _deep(_DEPTH)
    return HttpResponse("<!doctype html><title>Watched</title><body></body>")


urlpatterns = [path("", view)]


def _innermost(get_response):
    """Keep the request's recording: without a toolbar it is dropped at the request's end."""

    def middleware(request):
        _recordings.append(request_root.get())
        return get_response(request)

    return middleware


@dataclass
class Figures:
    """Milliseconds of one visit."""

    queries: float
    caches: float
    request: float


def _figures(recording):
    own = {
        call.receiver.rpartition(".")[2]: call.duration_ms
        for dispatch in recording.walk()
        for call in dispatch.calls
    }
    return Figures(own["queries"], own["caches"], recording.totals.duration_ms)


def _visit(client):
    with record_signals():
        client.get("/")
    return _figures(_recordings.pop())


def measured(rounds):
    """Figures with and without the toolbar, visit by visit in turns: ``[(with, without)]``."""
    from django.conf import settings

    FiredSignalsPanel.ready()
    others = [each for each in settings.MIDDLEWARE if each != TOOLBAR]
    innermost = f"{__name__}._innermost"
    clients = []
    for middleware in ([TOOLBAR, innermost], [innermost]):
        with override_settings(MIDDLEWARE=[*middleware, *others]):
            clients.append(Client())
            clients[-1].handler.load_middleware()
    for receiver in (queries, caches):
        watched.connect(receiver)
    found = []
    with override_settings(ROOT_URLCONF="benchmarks.own_time_urls"):
        for number in range(rounds + 3):
            pair = tuple(_visit(client) for client in clients)
            if number >= 3:
                found.append(pair)
    for receiver in (queries, caches):
        watched.disconnect(receiver)
    return found


TITLES = {
    "queries": "a receiver that queries",
    "caches": "a receiver that caches and renders",
    "request": "the whole request",
}


def medians(pairs):
    """By what was measured: without a toolbar, with one, and the ratio, as medians."""
    return {
        name: (
            statistics.median(getattr(plain, name) for _, plain in pairs),
            statistics.median(getattr(shown, name) for shown, _ in pairs),
            statistics.median(
                getattr(shown, name) / getattr(plain, name) for shown, plain in pairs
            ),
        )
        for name in ("queries", "caches", "request")
    }
