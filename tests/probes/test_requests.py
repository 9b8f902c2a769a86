"""The whole request: from request_started, before any middleware, to request_finished."""

from __future__ import annotations

import asyncio
import re

import pytest
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.dispatch import Signal
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from reports import stored_panel

from example.urls import urlpatterns as example_urls
from signals_panel.probes.requests import begin_request, end_request
from signals_panel.recording import current, lifecycle

fired = Signal()
fired.connect(lambda **kwargs: None, weak=False)


class Outermost:
    """A middleware around the toolbar's."""

    async_capable = True

    def __init__(self, get_response):
        from asgiref.sync import iscoroutinefunction, markcoroutinefunction

        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request):
        if self.is_async:
            return self.__acall__(request)
        fired.send(sender="middleware in".__class__)
        response = self.get_response(request)
        fired.send(sender=Outermost)
        return response

    async def __acall__(self, request):
        await fired.asend(sender=str)
        response = await self.get_response(request)
        await fired.asend(sender=Outermost)
        return response


def view(request):
    fired.send(sender=int)

    def body():
        fired.send(sender=float)
        yield "body"

    return StreamingHttpResponse(body())


async def aview(request):
    await fired.asend(sender=int)

    async def body():
        await fired.asend(sender=float)
        yield "body"

    return StreamingHttpResponse(body())


class Late:
    """Who sends in a task that outlives the view."""


async def leaves_a_task(request):
    is_streaming = asyncio.Event()

    async def sends_late():
        await is_streaming.wait()
        await fired.asend(sender=Late)

    task = asyncio.create_task(sends_late())

    async def body():
        is_streaming.set()
        await task
        yield "body"

    return StreamingHttpResponse(body())


def fails(request):
    fired.send(sender=int)
    raise ValueError("no stock")


def plain(request):
    return HttpResponse("<body></body>")


urlpatterns = [
    path("view/", view),
    path("aview/", aview),
    path("fails/", fails),
    path("leaves-a-task/", leaves_a_task),
    path("plain/", plain),
    *example_urls,
]


@pytest.fixture(autouse=True)
def urls(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.Outermost", *django_settings.MIDDLEWARE]


def by_phase(report):
    phases = {}
    for row in report["rows"]:
        if row["kind"] == "phase":
            phases[row["name"]] = phase = []
        elif row["kind"] == "dispatch":
            sender = row["sender"] if row["signal"].endswith("fired") else ""
            phase.append((row["signal"].rpartition(".")[2], sender))
    return phases


WHOLE = {
    "before the view": [("request_started", ""), ("fired", "str")],
    "view": [("fired", "int")],
    "response body": [("fired", "test_requests.Outermost"), ("fired", "float")],
    "after the response": [("request_finished", "")],
}


def test_under_wsgi(visit):
    assert by_phase(visit("/view/").report) == WHOLE


def test_under_asgi(avisit):
    assert by_phase(asyncio.run(avisit("/aview/")).report) == WHOLE


def test_sync_view_under_asgi(avisit):
    with pytest.warns(Warning, match="consume"):
        report = asyncio.run(avisit("/view/")).report

    assert by_phase(report) == WHOLE


@pytest.mark.parametrize("path", ["/plain/", "/view/"])
def test_receivers_of_request_started_and_finished(visit, connect, path):
    heard = []
    connect(request_started, lambda **kwargs: heard.append("started"))
    connect(request_finished, lambda **kwargs: heard.append("finished"))

    report = visit(path).report

    assert heard == ["started", "finished"]
    receivers = [
        row["receiver"]
        for row in report["rows"]
        if row["kind"] == "call" and row["receiver"].startswith("test_requests.")
    ]
    assert len([name for name in receivers if "started_and_finished" in name]) == 2


def test_view_that_fails(visit, connect):
    from django.core.signals import got_request_exception

    connect(got_request_exception, lambda **kwargs: None)
    served = visit("/fails/")

    assert served.status == 500
    assert by_phase(served.report)["view"] == [("fired", "int"), ("got_request_exception", "")]


def test_error_page_shows_the_frames_it_shows_without_us(visit, connect):
    """But for the dispatcher's own: our loop stands in its place, and is hidden."""
    connect(fired, raises, sender=int)
    pages = [
        visit("/fails/", cookie=f"djdtFiredSignalsPanel={state}").body.decode()
        for state in ("on", "off")
    ]

    with_us, without = (re.findall(r'<code class="fname">(.*?)</code>', page) for page in pages)
    assert with_us == [file for file in without if not file.endswith("dispatch/dispatcher.py")]
    assert len(with_us) >= 3


def raises(**kwargs):
    raise KeyError("in a receiver")


def test_the_context_is_as_before(visit):
    visit("/view/")

    assert current.get() is None


def test_late_part_reaches_the_opened_panel(visit):
    served = visit("/view/")

    assert "float" in stored_panel(served.request_id).content


def test_exceptions_that_leave_the_handler(visit, settings):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    for _ in range(3):
        with pytest.raises(ValueError, match="no stock"):
            visit("/fails/")
    visit("/plain/")

    # The next request of this thread has let go of what never ended.
    assert lifecycle._users == set()
    assert current.get() is None


@pytest.fixture
def nothing(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.returns_nothing"]


def test_a_middleware_that_returns_nothing(nothing, visit):
    # The toolbar is given None in place of the response, and can't do without.
    with_us = visit("/plain/")
    assert current.get() is None

    without = visit("/plain/", cookie="djdtFiredSignalsPanel=off")
    assert with_us.status == without.status == 500
    errors = [
        re.search(r"<title>(.*?)</title>", page.body.decode(), re.DOTALL)[1]
        for page in (with_us, without)
    ]
    assert errors[0] == errors[1]


def returns_nothing(get_response):
    def middleware(request):
        get_response(request)

    return middleware


def test_a_response_of_another_kind(transactional_db):
    """Such as a stand-in of a test's, to which there can be no weak reference."""
    recording = begin_request()
    try:
        recording.respond(object())
        assert recording.phase_name == "response body"
    finally:
        end_request(recording)
    assert current.get() is None


def test_work_belongs_to_the_phase_that_began_it(avisit, connect):
    connect(fired, lambda **kwargs: None)
    report = asyncio.run(avisit("/leaves-a-task/")).report

    phases = by_phase(report)
    assert phases["view"] == [("fired", "test_requests.Late")]
    assert ("fired", "test_requests.Late") not in phases.get("response body", [])
