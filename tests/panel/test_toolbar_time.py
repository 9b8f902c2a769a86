"""What the toolbar takes inside a request, and that it is nobody's cost but its own."""

from __future__ import annotations

import asyncio

import pytest
from debug_toolbar.panels import Panel
from debug_toolbar.panels.cache import CachePanel
from debug_toolbar.panels.sql import tracking
from django.core.cache import cache
from django.core.signals import request_finished
from django.dispatch import Signal
from django.http import HttpResponse, StreamingHttpResponse
from django.template import engines
from django.templatetags.static import static
from django.test import Client
from django.test.signals import template_rendered
from django.urls import path

from example.urls import urlpatterns as example_urls
from shop.models import AuditLog
from signals_panel import record_signals

fired = Signal()


def view(request):
    fired.send(sender=int)
    return HttpResponse("<body></body>")


async def aview(request):
    await fired.asend(sender=int)
    return HttpResponse("<body></body>")


def streams(request):
    def body():
        fired.send(sender=int)
        yield b"x"

    return StreamingHttpResponse(body())


urlpatterns = [
    path("view/", view),
    path("aview/", aview),
    path("streams/", streams),
    path("quiet/", lambda request: quiet(request)),
    *example_urls,
]


@pytest.fixture(autouse=True)
def urls(settings):
    settings.ROOT_URLCONF = __name__


def row_of(report, name):
    return next(
        row for row in report["rows"] if row["kind"] == "call" and row["receiver"].endswith(name)
    )


@pytest.fixture
def slow_toolbar(monkeypatch, clock):
    """A second for each thing that the toolbar does, on a clock that stands still otherwise."""

    def slow(owner, name, ms=1000):
        original = getattr(owner, name)

        def slowly(*args, **kwargs):
            clock.tick(ms)
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, slowly)

    return slow


def queries(**kwargs):
    AuditLog.objects.count()


def caches_a_value(**kwargs):
    cache.set("key", 1)
    cache.get_or_set("other", 2)


def renders(**kwargs):
    engines["django"].from_string("{{ x }}").render({"x": 1})


def links(**kwargs):
    static("example/site.css")


def test_queries(visit, connect, clock, slow_toolbar):
    connect(fired, queries)
    slow_toolbar(tracking, "get_stack_trace")
    slow_toolbar(tracking, "patch_cursor_wrapper_with_mixin")
    report = visit("/view/").report

    assert row_of(report, "queries")["ms"] == 0
    assert report["totals"]["duration_ms"] == 0
    assert report["totals"]["toolbar_ms"] >= 2000


def test_cache_calls(visit, connect, clock, slow_toolbar):
    connect(fired, caches_a_value)
    slow_toolbar(CachePanel, "_store_call_info")
    report = visit("/view/").report

    assert row_of(report, "caches_a_value")["ms"] == 0
    assert report["totals"]["toolbar_ms"] >= 2000


def test_receivers_of_the_toolbar(visit, connect, clock, slow_toolbar):
    from debug_toolbar.panels.templates import TemplatesPanel

    connect(fired, renders)
    slow_toolbar(TemplatesPanel, "_store_template_info")
    report = visit("/view/").report

    assert row_of(report, "renders")["ms"] == 0
    assert report["totals"]["toolbar_ms"] >= 1000
    assert not [row for row in report["rows"] if "template_rendered" in row.get("signal", "")]


def test_receivers_of_the_toolbar_beside_others(visit, connect, clock, slow_toolbar):
    from debug_toolbar.panels.templates import TemplatesPanel

    connect(fired, renders)
    connect(template_rendered, lambda **kwargs: clock.tick(3))
    slow_toolbar(TemplatesPanel, "_store_template_info")
    report = visit("/view/").report

    assert row_of(report, "renders")["ms"] == 3
    assert row_of(report, "renders")["self_ms"] == 0


def test_static_files(visit, connect, clock, slow_toolbar):
    from django.contrib.staticfiles import finders

    connect(fired, links)
    slow_toolbar(finders, "find")
    report = visit("/view/").report

    assert row_of(report, "links")["ms"] == 0
    assert report["totals"]["toolbar_ms"] >= 1000


def test_stats_stored_while_the_view_runs(visit, connect, clock, monkeypatch):
    from debug_toolbar.store import MemoryStore

    original = MemoryStore.save_panel.__func__

    def slowly(cls, *args):
        clock.tick(1000)
        return original(cls, *args)

    monkeypatch.setattr(MemoryStore, "save_panel", classmethod(slowly))

    def stores(**kwargs):
        from debug_toolbar.toolbar import DebugToolbar

        panel = Panel(DebugToolbar.__new__(DebugToolbar), None)
        panel.toolbar.stats, panel.toolbar.request_id = {}, "x"
        panel.toolbar.store = MemoryStore
        MemoryStore.set("x")
        panel.record_stats({})

    connect(fired, stores)
    report = visit("/view/").report

    assert row_of(report, "stores")["ms"] == 0


PHASES = {
    "/view/": ["before the view", "view", "response body", "after the response"],
    "/streams/": ["before the view", "view", "response body", "after the response"],
}


@pytest.mark.parametrize("path", PHASES)
def test_its_work_around_the_view(visit, connect, clock, slow_toolbar, path):
    """All panels' statistics, the store, the rendering: it isn't the request's time."""
    from debug_toolbar.panels.headers import HeadersPanel
    from debug_toolbar.panels.timer import TimerPanel
    from debug_toolbar.toolbar import DebugToolbar

    slow_toolbar(HeadersPanel, "generate_stats")
    slow_toolbar(TimerPanel, "generate_stats")
    slow_toolbar(HeadersPanel, "enable_instrumentation")
    slow_toolbar(HeadersPanel, "disable_instrumentation")
    slow_toolbar(DebugToolbar, "render_toolbar")
    connect(fired, lambda **kwargs: clock.tick(4))
    connect(request_finished, lambda **kwargs: clock.tick(2))
    report = visit(path).report

    assert report["totals"]["duration_ms"] == 6
    assert report["totals"]["toolbar_ms"] == 5000
    assert [name for name, _ in report["phases"]] == PHASES[path]
    assert all(start <= 6 for _, start in report["phases"])
    spans = [row["spans"] for row in report["rows"] if row.get("signal", "").endswith("fired")]
    assert spans == [[0, 667]]


def test_its_work_around_an_async_view(avisit, connect, clock, slow_toolbar):
    from debug_toolbar.panels.headers import HeadersPanel

    slow_toolbar(HeadersPanel, "generate_stats")
    slow_toolbar(HeadersPanel, "enable_instrumentation")

    async def receiver(**kwargs):
        clock.tick(4)
        await asyncio.sleep(0)

    connect(fired, receiver)
    report = asyncio.run(avisit("/aview/")).report

    assert report["totals"]["duration_ms"] == 4
    assert report["totals"]["toolbar_ms"] == 2000


def test_a_block_around_the_toolbar(visit, connect, clock, slow_toolbar):
    from debug_toolbar.panels.headers import HeadersPanel

    slow_toolbar(HeadersPanel, "generate_stats")
    connect(fired, lambda **kwargs: clock.tick(4))
    with record_signals() as recording:
        visit("/view/")

    assert recording.totals.duration_ms == 4
    assert recording.totals.toolbar_ms == 1000


def requests_another(**kwargs):
    Client().get("/quiet/")


def quiet(request):
    return HttpResponse("<body></body>")


def test_a_request_inside_a_request(visit, connect, clock, slow_toolbar):
    from debug_toolbar.panels.headers import HeadersPanel

    slow_toolbar(HeadersPanel, "generate_stats")
    connect(fired, requests_another)
    report = visit("/view/").report

    assert row_of(report, "requests_another")["ms"] == 0
    assert report["totals"]["duration_ms"] == 0
    assert report["totals"]["toolbar_ms"] == 2000


def blocks_around(get_response):
    def middleware(request):
        with record_signals() as recording:
            response = get_response(request)
        blocks.append(recording)
        return response

    return middleware


blocks: list = []


def test_a_block_of_a_middleware_around_the_toolbar(request, connect, settings):
    settings.MIDDLEWARE = [f"{__name__}.blocks_around", *settings.MIDDLEWARE]
    # A handler reads the setting when it is made.
    visit = request.getfixturevalue("visit")
    connect(fired, lambda **kwargs: None)
    report = visit("/view/").report

    block = blocks.pop()
    assert [each.signal.rpartition(".")[2] for each in block.walk()] == ["fired"]
    assert row_of(report, "<lambda>")["count"] == 1


# What is said of it ------------------------------------------------------------------------


class OtherPanel(Panel):
    title = "Other"
    has_content = False

    def generate_stats(self, request, response):
        self.record_stats({})


def test_what_cannot_be_told_apart_is_said(visit, settings):
    from debug_toolbar.toolbar import DebugToolbar
    from reports import stored_panel

    settings.DEBUG_TOOLBAR_PANELS = [
        "debug_toolbar.panels.history.HistoryPanel",
        "debug_toolbar.panels.sql.SQLPanel",
        f"{__name__}.OtherPanel",
        "signals_panel.panel.FiredSignalsPanel",
    ]
    DebugToolbar._panel_classes = None
    try:
        served = visit("/view/")
        content = stored_panel(served.request_id).content
    finally:
        DebugToolbar._panel_classes = None

    assert served.report["measured_by"] == {"is_profiled": False, "other_panels": ["OtherPanel"]}
    assert "Panels of other packages (OtherPanel)" in content


def test_profiling_is_said(visit):
    from reports import stored_panel

    served = visit("/view/", cookie="djdtProfilingPanel=on")

    assert served.report["measured_by"]["is_profiled"]
    assert "The profiling panel is on" in stored_panel(served.request_id).content


def test_the_toolbars_own_is_shown_outside_the_bar(visit, clock, slow_toolbar):
    from debug_toolbar.panels.headers import HeadersPanel
    from reports import stored_panel

    slow_toolbar(HeadersPanel, "generate_stats")
    content = stored_panel(visit("/view/").request_id).content

    assert "The toolbar's own panels took <b>1,000\N{NO-BREAK SPACE}ms</b>" in content
    assert "fsp-part-toolbar" in content
