"""Requests served at the same time: each effect is its own receiver's, in its own request.

Each receiver says its name and the request's mark in all that it causes.
"""

from __future__ import annotations

import asyncio
import collections
import functools
import os
import shutil
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from asgiref.sync import sync_to_async
from celery import Celery
from debug_toolbar.store import MemoryStore
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.mail import send_mail
from django.db import connection, connections, transaction
from django.dispatch import Signal
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path
from effects.clients import by_http_client
from effects.loopback import serving
from reports import stored_panel

from example.urls import urlpatterns as example_urls

# asyncio asks for it, and keeps the warning back in a way that other threads can undo.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'get_child_watcher' is deprecated:DeprecationWarning"
)

REQUESTS = range(200)

# Made once: each client has a connection of its own, and none needs any.
CERTIFICATES = ssl.create_default_context()

marked, nested = Signal(), Signal()

# Not the one that shared tasks of other tests find.
celery = Celery("concurrent", broker="memory://", set_as_current=False)


class There:
    """What the receivers ask, for the length of a test."""

    url: str
    storage: FileSystemStorage

    @classmethod
    def program(cls, who, mark):
        """The path of a program of this name, which does nothing."""
        return f"{cls.storage.location}/{who}-{mark}"


def remembers(who, mark):
    """Deferred work: by what put it off."""
    cache.get(f"later:{who}:{mark}")


def causes(who, mark):
    cache.get(f"{who}:{mark}")
    There.storage.exists(f"{who}-{mark}.txt")
    by_http_client(f"{There.url}/{who}/{mark}")
    send_mail(f"{who} {mark}", "", None, ["reader@example.com"])
    celery.send_task(f"{who}.{mark}")
    subprocess.run([There.program(who, mark)], check=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", [f"{who} {mark}"])
        transaction.on_commit(functools.partial(remembers, who, mark))


async def run(program):
    process = await asyncio.create_subprocess_exec(program)
    await process.wait()


async def acauses(who, mark):
    await cache.aget(f"{who}:{mark}")
    async with httpx.AsyncClient(verify=CERTIFICATES, timeout=60) as client:
        await asyncio.gather(
            client.get(f"{There.url}/{who}/{mark}"),
            sync_to_async(There.storage.exists)(f"{who}-{mark}.txt"),
            sync_to_async(send_mail)(f"{who} {mark}", "", None, ["reader@example.com"]),
            sync_to_async(celery.send_task)(f"{who}.{mark}"),
            run(There.program(who, mark)),
        )

    def in_a_thread():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s", [f"{who} {mark}"])
            transaction.on_commit(functools.partial(remembers, who, mark))

    await sync_to_async(in_a_thread)()


def is_nested(sender, mark, inside, **kwargs):
    causes(f"{inside}.is_nested", mark)


def hears(sender, mark, **kwargs):
    causes("hears", mark)
    nested.send(None, mark=mark, inside="hears")


async def ahears(sender, mark, **kwargs):
    await acauses("ahears", mark)
    await nested.asend(None, mark=mark, inside="ahears")


nested.connect(is_nested)
marked.connect(hears)
marked.connect(ahears)

# A receiver, and those that it is inside of.
EVERYBODY = ("hears", "hears.is_nested", "ahears", "ahears.is_nested")


def times_of(mark):
    return mark % 2 + 1


def view(request, mark):
    for _ in range(times_of(mark)):
        marked.send(None, mark=mark)
    causes("view", mark)
    return HttpResponse(f"<body>{mark}</body>")


async def aview(request, mark):
    for _ in range(times_of(mark)):
        await marked.asend(None, mark=mark)
    await acauses("view", mark)
    return HttpResponse(f"<body>{mark}</body>")


urlpatterns = [
    path("mark/<int:mark>/", view),
    path("amark/<int:mark>/", aview),
    *example_urls,
]


@pytest.fixture(autouse=True)
def there(settings, transactional_db, tmp_path):
    settings.ROOT_URLCONF = __name__
    settings.DEBUG_TOOLBAR_PANELS = [
        "debug_toolbar.panels.history.HistoryPanel",
        "signals_panel.panel.FiredSignalsPanel",
    ]
    settings.DEBUG_TOOLBAR_CONFIG = {"RESULTS_CACHE_SIZE": 2_000, "IS_RUNNING_TESTS": False}
    There.storage = FileSystemStorage(tmp_path)
    nothing = shutil.which("true")
    for who in (*EVERYBODY, "view"):
        for mark in REQUESTS:
            os.symlink(nothing, There.program(who, mark))
    with serving() as server:
        There.url = server.url
        yield
    connections.close_all()
    MemoryStore.clear()


# What is expected, and what is found ----------------------------------------------------


def expected(mark):
    """By who caused it, or put it off: what, and how often."""
    found = {}
    for who in (*EVERYBODY, "view"):
        times = 1 if who == "view" else times_of(mark)
        caused = {
            f"cache get {who}:{mark}",
            f"file exists {who}-{mark}.txt",
            f"http GET {There.url.removeprefix('http://')}/{who}/{mark}",
            f"mail {who} {mark} (1 recipient)",
            f"task {who}.{mark}",
            f"process {who}-{mark}",
            "sql BEGIN",
            f'sql ["{who} {mark}"]',
            "transaction COMMIT",
        }
        found[who] = dict.fromkeys(caused, times)
        found[f"{who} later"] = {f"cache get later:{who}:{mark}": times}
    return found


def credited(report):
    """The same, as a report has it."""
    found = collections.defaultdict(collections.Counter)
    above = []
    for row in report["rows"]:
        above = [each for each in above if each["level"] < row["level"]]
        if row["kind"] == "effect":
            text = row["data"] or report["texts"][row["text"]]
            found[_who(above)][f"{row['effect']} {text}"] += row["count"]
        above.append(row)
    return {who: dict(caused) for who, caused in found.items()}


def _who(above):
    names = [row["receiver"].rpartition(".")[2] for row in above if row["kind"] == "call"]
    is_later = any(row["kind"] == "deferred" for row in above)
    return (".".join(names) or "view") + (" later" if is_later else "")


def assert_all_exact():
    marks = []
    for request_id in list(MemoryStore.request_ids()):
        url = MemoryStore.panel(request_id, "HistoryPanel")["request_url"]
        mark = int(url.strip("/").rpartition("/")[2])
        marks.append(mark)
        report = stored_panel(request_id).finished_stats()
        assert report["faults"] == []
        assert credited(report) == expected(mark)
    assert sorted(marks) == list(REQUESTS)


# Serving --------------------------------------------------------------------------------


def test_threads():
    handler, factory = WSGIHandler(), RequestFactory()

    def serve(mark):
        response = handler(factory.get(f"/mark/{mark}/").environ, lambda *args: None)
        response.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(serve, REQUESTS))
        list(pool.map(lambda _: connections.close_all(), range(8)))

    assert_all_exact()


@pytest.mark.parametrize("url", ["mark", "amark"])
def test_one_event_loop(url):
    handler = ASGIHandler()

    async def serve(mark):
        messages = iter([{"type": "http.request", "body": b""}])

        async def receive():
            for message in messages:
                return message
            await asyncio.sleep(60)

        async def send(message):
            pass

        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/{url}/{mark}/",
            "query_string": b"",
            "headers": [(b"host", b"testserver")],
            "client": ("127.0.0.1", 50000),
            "server": ("testserver", 80),
        }
        await handler(scope, receive, send)

    async def all_at_once():
        await asyncio.gather(*map(serve, REQUESTS))

    asyncio.run(all_at_once())

    assert_all_exact()
