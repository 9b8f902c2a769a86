"""What every test stands on: the example site, real handlers, and nobody's hooks left behind."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished
from django.db import connection
from reports import stored_panel

from signals_panel import remove_hooks
from signals_panel.recording import current, lifecycle

# Helpers that assert: a failure of theirs shows the values, as one of a test does.
pytest.register_assert_rewrite("checked", "entries", "touching")


# What a test skips for, and how to get it.
_SERVERS = {
    "PostgreSQL": "TEST_POSTGRES=postgresql://user@host:port/name names a server for them.",
    "Redis": "TEST_REDIS=redis://host:port/number names a database for them, which they clear.",
    "memcached": "TEST_MEMCACHED=host:port names a server for them, which they clear.",
}


def pytest_terminal_summary(terminalreporter):
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    for server, way in _SERVERS.items():
        if any(f"no {server}: " in reason for reason in skipped):
            terminalreporter.write_line(f"Tests on {server} did not run: {way}")


def seams() -> dict[tuple[Any, str], Any]:
    """What stands at each place that a probe replaces."""
    return {
        (owner, name): vars(owner).get(name)
        for probe in lifecycle.probes()
        if hasattr(probe, "seams")
        for owner, name in probe.seams()
    }


@pytest.fixture(scope="session", autouse=True)
def djangos_own():
    """What stands there before anything was recorded."""
    import signals_panel.panel  # noqa: F401 - registers the probes on the toolbar

    return seams()


@pytest.fixture(autouse=True)
def nothing_left_behind(djangos_own, monkeypatch):
    """Outside of recordings every seam is Django's own, before and after each test."""
    # Of one that was defined meanwhile there is nothing to compare it with.
    assert djangos_own.items() <= seams().items()
    assert current.get() is None
    yield
    # What the test has put there itself.
    monkeypatch.undo()
    try:
        remove_hooks()
    except RuntimeError:
        # A request that was never closed is let go by the garbage collector.
        gc.collect()
        remove_hooks()
    assert djangos_own.items() <= seams().items()
    assert not {"send", "asend"} & set(vars(request_finished))
    assert current.get() is None


@dataclass
class Visit:
    """A request that was served, and what the toolbar's store has of it."""

    status: int
    headers: dict[str, str]
    body: bytes
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def request_id(self) -> str | None:
        return self.headers.get("djdt-request-id")


def _with_report(visit: Visit) -> Visit:
    if visit.request_id:
        visit.report = stored_panel(visit.request_id).finished_stats()
    return visit


def _environ(path: str, cookie: str = "") -> dict[str, Any]:
    path, _, query = path.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "REMOTE_ADDR": "127.0.0.1"}
    setup_testing_defaults(environ)
    environ.update({"HTTP_HOST": "testserver", "HTTP_COOKIE": cookie})
    return environ


@pytest.fixture
def visit(transactional_db, api):
    """Serve a path as a WSGI server does, to the end of the response."""
    handler = WSGIHandler()

    def get(path: str, cookie: str = "") -> Visit:
        started: list[Any] = []

        def start_response(status, headers, exc_info=None):
            started.extend([int(status.split()[0]), dict(headers)])

        response = handler(_environ(path, cookie), start_response)
        try:
            body = b"".join(response)
        finally:
            response.close()
        return _with_report(Visit(*started, body))

    return get


@pytest.fixture
def avisit(transactional_db, api):
    """Serve a path as an ASGI server does, to the end of the response."""
    handler = ASGIHandler()

    async def get(path: str) -> Visit:
        messages: list[dict[str, Any]] = []
        done = threading.Event()
        requests = iter([{"type": "http.request", "body": b""}])

        async def receive():
            for message in requests:
                return message
            while not done.is_set():
                await asyncio.sleep(0.01)
            return {"type": "http.disconnect"}

        async def send(message):
            messages.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"testserver")],
            "client": ("127.0.0.1", 50000),
            "server": ("testserver", 80),
        }
        await handler(scope, receive, send)
        done.set()
        headers = {key.decode(): value.decode() for key, value in messages[0]["headers"]}
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return _with_report(Visit(messages[0]["status"], headers, body))

    return get


@pytest.fixture(autouse=True)
def fresh_store():
    """Each test begins with an empty store."""
    from debug_toolbar.store import MemoryStore

    from signals_panel.panel.panel import unopened

    MemoryStore.clear()
    unopened.clear()


@pytest.fixture(scope="session")
def _api_server():
    class Quiet(WSGIRequestHandler):
        def log_message(self, *args):
            pass

    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/stock/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def api(_api_server, settings):
    """The small API that the site announces products to, served by the site itself."""
    settings.EXAMPLE_API_URL = _api_server


@pytest.fixture
def connect():
    """Connect receivers for the length of a test."""
    connected = []

    def add(signal, receiver, **kwargs):
        signal.connect(receiver, **{"weak": False, **kwargs})
        connected.append((signal, receiver, kwargs))
        return receiver

    yield add
    for signal, receiver, kwargs in connected:
        signal.disconnect(
            receiver, sender=kwargs.get("sender"), dispatch_uid=kwargs.get("dispatch_uid")
        )


class Clock:
    """A clock that moves only when it is told to; readings are nanoseconds."""

    def __init__(self) -> None:
        self.ns = 1_000_000

    def __call__(self) -> int:
        return self.ns

    def tick(self, ms: float) -> None:
        self.ns += int(ms * 1_000_000)


@pytest.fixture
def clock(monkeypatch):
    """Time stands still in every module that measures it; tests move it by hand."""
    clock = Clock()
    for name, module in list(sys.modules.items()):
        if name.startswith("signals_panel.") and hasattr(module, "perf_counter_ns"):
            monkeypatch.setattr(module, "perf_counter_ns", clock)
    return clock


@pytest.fixture
def query(clock, db):
    """Run a statement that takes some milliseconds."""

    @contextmanager
    def ticking(ms):
        def wrapper(execute, *args):
            clock.tick(ms)
            return execute(*args)

        with connection.execute_wrapper(wrapper):
            yield

    def run(ms, sql="SELECT 1"):
        with ticking(ms), connection.cursor() as cursor:
            cursor.execute(sql)

    return run
