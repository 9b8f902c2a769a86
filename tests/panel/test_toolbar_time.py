"""What the toolbar takes inside a request, and that it is nobody's cost but its own."""

from __future__ import annotations

import asyncio
import threading

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
from signals_panel.recording import Axis, credit, current
from signals_panel.results import node_of

fired, inner = Signal(), Signal()


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


# Credit, on a clock that stands still -----------------------------------------------------


def test_it_is_left_out_of_all_that_encloses_it(clock, connect):
    def measured(**kwargs):
        clock.tick(1)
        start = clock()
        clock.tick(10)
        credit(current.get(), start)
        clock.tick(2)

    def outside(**kwargs):
        clock.tick(5)
        inner.send(sender=None)

    connect(fired, outside)
    connect(inner, measured)
    with record_signals() as around, record_signals() as recording:
        clock.tick(7)
        fired.send(sender=None)

    for each in (around, recording):
        assert each.totals.duration_ms == 15
        assert each.totals.receiver_ms == 8
        assert each.totals.toolbar_ms == 10
    (dispatch,) = recording.dispatches
    (call,) = dispatch.calls
    (nested,) = call.dispatches
    assert (dispatch.duration_ms, call.duration_ms, call.self_ms) == (8, 8, 5)
    assert (nested.duration_ms, nested.calls[0].duration_ms, nested.calls[0].self_ms) == (3, 3, 3)


def test_folded_or_not(clock, connect, settings):
    def measured(**kwargs):
        clock.tick(1)
        start = clock()
        clock.tick(10)
        credit(current.get(), start)

    def outside(**kwargs):
        clock.tick(2)
        inner.send(sender=None)

    connect(fired, outside)
    connect(inner, measured)
    found = []
    for kept in (1_000, 3):
        settings.SIGNALS_PANEL = {"MAX_KEPT": kept}
        with record_signals() as recording:
            for _ in range(5):
                fired.send(sender=None)
        found.append(recording.totals)
        # What is folded isn't kept, not even for this.
        assert len(node_of(recording).budget.toolbar._ns) <= 1 + 4 * min(kept, 5)

    assert found[0] == found[1]
    assert (found[0].duration_ms, found[0].receiver_ms, found[0].toolbar_ms) == (15, 15, 50)


def test_what_outlives_a_receiver_is_not_taken_from_it(clock, connect):
    kept = []

    def receiver(**kwargs):
        clock.tick(4)
        kept.append(current.get())

    connect(fired, receiver)
    with record_signals() as recording:
        fired.send(sender=None)
        start = clock()
        clock.tick(10)
        credit(kept[0], start, clock())

    assert recording.dispatches[0].calls[0].duration_ms == 4
    assert recording.totals.toolbar_ms == 10
    assert recording.totals.duration_ms == 4


def test_receivers_side_by_side(connect):
    """What is measured in one of them isn't left out of the other."""

    async def measured(**kwargs):
        await asyncio.sleep(0.02)
        credit(current.get(), 0, 10_000_000)

    async def waits(**kwargs):
        await asyncio.sleep(0.03)

    connect(fired, measured)
    connect(fired, waits)

    async def sends():
        with record_signals() as recording:
            await fired.asend(sender=None)
        return recording

    recording = asyncio.run(sends())
    toolbar = node_of(recording).budget.toolbar
    assert [toolbar.of(node_of(call)) for call in recording.dispatches[0].calls] == [10_000_000, 0]


def test_threads_count_what_they_cover_together(clock):
    with record_signals() as recording:
        base = clock()
        stretches = ((0, 10), (5, 20), (30, 40))
        # All are alive at once: a thread's number is used again when it has ended.
        together = threading.Barrier(len(stretches))

        def work(start, end):
            together.wait()
            credit(node_of(recording), base + start, base + end)
            together.wait()

        threads = [threading.Thread(target=work, args=each) for each in stretches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.ns += 100

    assert node_of(recording).budget.toolbar.of(node_of(recording)) == 30


def test_threads_lose_nothing():
    with record_signals() as recording:

        def credit_often():
            for _ in range(500):
                credit(node_of(recording), 1, 3)

        threads = [threading.Thread(target=credit_often) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    node_of(recording).budget.toolbar.settle()
    assert node_of(recording).budget.toolbar._ns[node_of(recording)][0] == 8 * 500 * 2


def test_the_axis():
    axis = Axis(100, [(150, 160), (155, 170), (300, 400)])

    readings = [100, 149, 150, 160, 170, 180, 300, 350, 400, 500]
    assert [axis(each) for each in readings] == [0, 49, 50, 50, 50, 60, 180, 180, 180, 280]


# The seams ---------------------------------------------------------------------------------


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
