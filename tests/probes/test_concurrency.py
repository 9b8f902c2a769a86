"""Requests served at the same time: every fact in its own recording, every count exact."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async
from debug_toolbar.store import MemoryStore
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.dispatch import Signal
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import path
from reports import stored_panel

from example.urls import urlpatterns as example_urls
from signals_panel import record_signals
from signals_panel.recording import current

marked = Signal()
nested = Signal()


def query(mark):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [mark])


def hears_nested(sender, mark, **kwargs):
    query(f"nested {mark}")


def hears(sender, mark, **kwargs):
    query(mark)
    nested.send(sender=mark.__class__, mark=mark)


async def ahears(sender, mark, **kwargs):
    await asyncio.sleep(0.001)
    await sync_to_async(query)(mark)
    await nested.asend(sender=mark.__class__, mark=mark)


nested.connect(hears_nested)
marked.connect(hears)
marked.connect(ahears)


def view(request, mark):
    for _ in range(mark % 3 + 1):
        marked.send(sender=int, mark=mark)
    query(f"view {mark}")
    return HttpResponse(f"<body>{mark}</body>")


async def aview(request, mark):
    for _ in range(mark % 3 + 1):
        await marked.asend(sender=int, mark=mark)
    await sync_to_async(query)(f"view {mark}")
    return HttpResponse(f"<body>{mark}</body>")


async def slow(request):
    await marked.asend(sender=int, mark=-1)
    await asyncio.sleep(60)


def streams(request):
    def body():
        yield "first"
        marked.send(sender=int, mark=7)
        yield "second"

    return StreamingHttpResponse(body())


async def astreams(request):
    async def body():
        yield "first"
        await marked.asend(sender=int, mark=7)
        yield "second"

    return StreamingHttpResponse(body())


urlpatterns = [
    path("mark/<int:mark>/", view),
    path("amark/<int:mark>/", aview),
    path("slow/", slow),
    path("streams/", streams),
    path("astreams/", astreams),
    *example_urls,
]


@pytest.fixture(autouse=True)
def urls(settings, transactional_db):
    settings.ROOT_URLCONF = __name__
    settings.DEBUG_TOOLBAR_PANELS = [
        "debug_toolbar.panels.history.HistoryPanel",
        "signals_panel.panel.FiredSignalsPanel",
    ]
    settings.DEBUG_TOOLBAR_CONFIG = {"RESULTS_CACHE_SIZE": 2_000, "IS_RUNNING_TESTS": False}
    # The receivers' names are made once for all; without this the first request takes longest.
    yield
    MemoryStore.clear()


def reports():
    """By the mark in its URL: each request's report."""
    found = {}
    for request_id in list(MemoryStore.request_ids()):
        url = MemoryStore.panel(request_id, "HistoryPanel")["request_url"]
        mark = int(url.strip("/").rpartition("/")[2])
        found.setdefault(mark, []).append(stored_panel(request_id).finished_stats())
    return found


def assert_exact(report, mark):
    times = mark % 3 + 1
    totals = {key: value for key, value in report["totals"].items() if not key.endswith("_ms")}
    housekeeping = report["housekeeping"]
    assert totals["dispatches"] - housekeeping["dispatches"] == 3 * times
    assert totals["calls"] - housekeeping["calls"] == 4 * times
    assert totals["queries"] == 4 * times
    assert totals["all_queries"] == 4 * times + 1
    assert report["faults"] == []
    params = [row["data"] for row in report["rows"] if row["kind"] == "effect"]
    assert params
    for text in params:
        assert text in (f"[{mark}]", f'["nested {mark}"]', f'["view {mark}"]'), (text, mark)


@pytest.fixture
def many_connections(settings):
    """In-memory SQLite is one database for all threads of this process."""
    yield
    connections.close_all()


def test_threads(many_connections):
    """8 threads with 200 requests each."""
    handler = WSGIHandler()
    factory = RequestFactory()

    def serve(mark):
        response = handler(factory.get(f"/mark/{mark}/").environ, lambda *args: None)
        body = b"".join(response)
        response.close()
        assert current.get() is None
        return body

    marks = range(1_600)
    with ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(serve, marks))
        list(pool.map(lambda _: connections.close_all(), range(8)))

    assert all(str(mark).encode() in body for mark, body in zip(marks, bodies, strict=True))
    found = reports()
    assert sorted(found) == list(marks)
    for mark, (report,) in found.items():
        assert_exact(report, mark)


def scope(url):
    return {
        "type": "http",
        "method": "GET",
        "path": url,
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
    }


async def serve(handler, url, disconnect_after=None):
    """Serve as an ASGI server does; the client may go away."""
    messages = []
    first = True

    async def receive():
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": b""}
        await asyncio.sleep(60 if disconnect_after is None else disconnect_after)
        return {"type": "http.disconnect"}

    async def send(message):
        messages.append(message)

    await handler(scope(url), receive, send)
    return messages


def test_one_event_loop(many_connections):
    """200 requests at once."""
    handler = ASGIHandler()
    marks = range(200)

    async def all_at_once():
        await asyncio.gather(*(serve(handler, f"/amark/{mark}/") for mark in marks))

    asyncio.run(all_at_once())

    found = reports()
    assert sorted(found) == list(marks)
    for mark, (report,) in found.items():
        assert_exact(report, mark)


def test_sync_views_on_one_event_loop(many_connections):
    handler = ASGIHandler()
    marks = range(40)

    async def all_at_once():
        await asyncio.gather(*(serve(handler, f"/mark/{mark}/") for mark in marks))

    asyncio.run(all_at_once())

    for mark, (report,) in reports().items():
        assert_exact(report, mark)


def test_blocks_in_threads():
    def block(mark):
        with record_signals() as recording:
            for _ in range(50):
                marked.send(sender=int, mark=mark)
        return recording

    try:
        with ThreadPoolExecutor(8) as pool:
            recordings = list(pool.map(block, range(8)))
            list(pool.map(lambda _: connections.close_all(), range(8)))
    finally:
        connections.close_all()

    for mark, recording in enumerate(recordings):
        assert recording.totals[:5] == (150, 200, recording.totals.unheard, 200, 200)
        params = {tuple(q.params) for d in recording.walk() for c in d.calls for q in c.queries}
        assert params == {(mark,), (f"nested {mark}",)}


def test_client_that_goes_away():
    handler = ASGIHandler()

    asyncio.run(serve(handler, "/slow/", disconnect_after=0.05))

    assert current.get() is None


@pytest.mark.parametrize("url", ["/streams/", "/astreams/"])
def test_streaming_under_asgi(url):
    handler = ASGIHandler()
    with pytest.warns(Warning, match="consume") if url == "/streams/" else _nothing():
        messages = asyncio.run(serve(handler, url))

    assert b"".join(m.get("body", b"") for m in messages[1:]) == b"firstsecond"
    (request_id,) = MemoryStore.request_ids()
    report = MemoryStore.panel(request_id, "FiredSignalsPanel")
    phases, phase = {}, None
    for row in report["rows"]:
        if row["kind"] == "phase":
            phase = row["name"]
        elif row["kind"] == "dispatch":
            phases.setdefault(phase, set()).add(row["signal"].rpartition(".")[2])
    assert phases == {
        "before the view": {"request_started"},
        "response body": {"marked", "nested"},
        "after the response": {"request_finished"},
    }


def _nothing():
    import contextlib

    return contextlib.nullcontext()
