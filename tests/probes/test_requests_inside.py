"""Requests inside requests: made with the test client by whatever runs during one."""

from __future__ import annotations

import asyncio
import copy

import pytest
from asgiref.sync import sync_to_async
from django.core.signals import request_finished, request_started
from django.dispatch import Signal
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import include, path

from signals_panel import record_signals
from signals_panel.probes import requests
from signals_panel.probes.requests import ends
from signals_panel.recording import current, lifecycle
from signals_panel.results import node_of

pytestmark = pytest.mark.urls(__name__)

fired = Signal()


def send(number):
    fired.send(sender=None, number=number)


def ask():
    response = Client().get("/inner/")
    assert response.content == b"inner"


def inner(request):
    send(100)
    return HttpResponse("inner")


def plain(request):
    send(2)
    return HttpResponse("<body>plain</body>")


def asking(request):
    send(1)
    ask()
    send(2)
    return HttpResponse("<body>asking</body>")


async def asking_in_a_task(request):
    send(1)
    await asyncio.create_task(sync_to_async(ask)())
    send(2)
    return HttpResponse("<body>asking</body>")


def streaming(request):
    def body():
        send(2)
        yield b"<body>"
        ask()
        send(3)
        yield b"</body>"

    send(1)
    return StreamingHttpResponse(body())


def stopped(request):
    send(1)
    raise SystemExit


def asking_for_what_is_never_closed(request):
    send(1)
    # Neither gone through nor closed.
    Client().get("/streaming/")
    ask()
    send(2)
    return HttpResponse("<body>asking</body>")


urlpatterns = [
    path("inner/", inner),
    path("plain/", plain),
    path("asking/", asking),
    path("task/", asking_in_a_task),
    path("streaming/", streaming),
    path("stopped/", stopped),
    path("unclosed/", asking_for_what_is_never_closed),
    path("__debug__/", include("debug_toolbar.urls")),
]


def middleware_that_asks(get_response):
    def asking(request):
        if request.path == "/inner/":
            return get_response(request)
        send(1)
        ask()
        response = get_response(request)
        ask()
        send(3)
        return response

    return asking


@pytest.fixture
def hears(connect):
    connect(fired, lambda **kwargs: None)


def number_of_sends(report):
    return sum(
        row["count"]
        for row in report["rows"]
        if row["kind"] == "dispatch" and row["signal"].endswith(".fired")
    )


@pytest.mark.parametrize(
    ("url", "expected"), [("/plain/", 1), ("/asking/", 2), ("/task/", 2), ("/streaming/", 3)]
)
def test_what_follows_is_the_outer_one_s(visit, hears, url, expected):
    served = visit(url)
    assert number_of_sends(served.report) == expected
    assert current.get() is None
    assert requests.request_root.get() is None


@pytest.fixture
def asks_around(settings):
    settings.MIDDLEWARE = [f"{__name__}.middleware_that_asks", *settings.MIDDLEWARE]


def test_by_a_middleware_outside_of_the_toolbar(asks_around, visit, hears):
    served = visit("/plain/")
    assert number_of_sends(served.report) == 3
    assert current.get() is None


def test_of_an_async_view(avisit, hears):
    served = asyncio.run(avisit("/task/"))
    assert number_of_sends(served.report) == 2
    served = asyncio.run(avisit("/asking/"))
    assert number_of_sends(served.report) == 2


def test_one_that_never_ends(visit, hears):
    served = visit("/unclosed/")
    # What was asked for in between has taken the context along; it is given back to the last.
    assert number_of_sends(served.report) >= 1
    assert current.get() is None
    assert lifecycle._users == set()


def test_the_next_one_ends_what_has_no_response(visit, hears):
    with pytest.raises(SystemExit):
        visit("/stopped/")
    served = visit("/plain/")
    assert number_of_sends(served.report) == 1
    assert lifecycle._users == set()
    assert current.get() is None


def test_responses_that_are_kept_and_never_closed(transactional_db, hears):
    kept = [Client().get("/streaming/") for _ in range(30)]
    assert len(lifecycle._users) <= ends._MAX_OPEN + 1
    for response in kept:
        response.close()
    assert lifecycle._users == set()
    assert current.get() is None


def test_a_copy_of_the_signal_is_another_one(transactional_db):
    heard = []

    def hears(signal, **kwargs):
        heard.append(signal)

    for original in (request_started, request_finished):
        with record_signals():
            other = copy.copy(original)
            other.receivers = []
            other.connect(hears)
            other.send(sender=None)
        assert heard.pop() is other
        assert not {"send", "asend", "__getstate__"} & set(vars(other))
    assert requests.request_root.get() is None


def closing(request):
    send(1)
    HttpResponse("a part").close()
    send(2)
    return HttpResponse("<body>closing</body>")


urlpatterns.append(path("closing/", closing))


def test_a_response_that_a_view_closes_is_not_its_own(visit, hears):
    assert number_of_sends(visit("/closing/").report) == 2


def test_dropping_the_oldest_leaves_the_block_current(transactional_db, hears):
    with record_signals() as recording:
        kept = [Client().get("/streaming/") for _ in range(ends._MAX_OPEN + 2)]
        for response in kept:
            response.close()
        assert current.get() is node_of(recording)
        send(1)
    assert (
        sum(dispatch.signal.endswith(".fired") for dispatch in recording.dispatches)
        == len(kept) + 1
    )
