"""What receivers raise: it comes first, with what became of it and who wasn't called."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from django.core.exceptions import PermissionDenied
from django.dispatch import Signal
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import path
from reports import build, stored_panel

from example.urls import urlpatterns as example_urls
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.results import node_of
from signals_panel.wording import headline

fired, inner = Signal(), Signal()


def fails(request):
    fired.send(sender=int)
    return HttpResponse("<body></body>")


async def afails(request):
    await fired.asend(sender=int)
    return HttpResponse("<body></body>")


def reraises(request):
    try:
        fired.send(sender=int)
    except ValueError as error:
        raise RuntimeError("instead") from error


def catches(request):
    try:
        fired.send(sender=int)
    except ValueError:
        return HttpResponse("<body></body>")


def robust(request):
    fired.send_robust(sender=int)
    return HttpResponse("<body></body>")


def streams(request):
    def body():
        try:
            fired.send(sender=int)
        except ValueError:
            yield b"x"

    return StreamingHttpResponse(body())


urlpatterns = [
    path("fails/", fails),
    path("afails/", afails),
    path("reraises/", reraises),
    path("catches/", catches),
    path("robust/", robust),
    path("streams/", streams),
    *example_urls,
]


class HandlesExceptions:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return HttpResponse("<body></body>")


@pytest.fixture(autouse=True)
def urls(settings):
    settings.ROOT_URLCONF = __name__


def raises(**kwargs):
    raise ValueError("no stock")


def later(**kwargs):
    pass


async def araises(**kwargs):
    await asyncio.sleep(0)
    raise ValueError("no stock")


@pytest.fixture
def receivers(connect):
    for receiver in (raises, later):
        connect(fired, receiver)


def raised(report):
    return [row for row in report["rows"] if row["kind"] == "call" and row["errors"]]


@pytest.mark.parametrize(
    ("path", "status", "fate", "not_called"),
    [
        ("/fails/", 500, "ended", ["test_errors.later"]),
        ("/reraises/", 500, "ended", ["test_errors.later"]),
        ("/catches/", 200, "caught", ["test_errors.later"]),
        ("/robust/", 200, "swallowed", []),
        ("/streams/", 200, "passed on", ["test_errors.later"]),
    ],
)
def test_fate(visit, receivers, path, status, fate, not_called):
    served = visit(path)

    assert served.status == status
    (row,) = raised(served.report)
    assert (row["fate"], row["not_called"]) == (fate, not_called)
    assert row["error"] == "ValueError: no stock"
    assert row["open"]
    assert served.report["raised"] == 1
    assert headline(served.report).startswith("1 raised")


@pytest.mark.parametrize("error", [Http404, PermissionDenied])
def test_exceptions_that_are_responses_end_the_request(visit, connect, error):
    def receiver(**kwargs):
        raise error("no")

    connect(fired, receiver)
    served = visit("/fails/")

    assert served.status in (403, 404)
    assert [row["fate"] for row in raised(served.report)] == ["ended"]


def test_a_middleware_that_answers_for_the_view(request, receivers, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.HandlesExceptions"]
    served = request.getfixturevalue("visit")("/fails/")

    assert served.status == 200
    assert [row["fate"] for row in raised(served.report)] == ["ended"]


def test_async(avisit, connect):
    connect(fired, araises)
    connect(fired, later)
    served = asyncio.run(avisit("/afails/"))

    assert served.status == 500
    (row,) = raised(served.report)
    assert (row["fate"], row["not_called"]) == ("ended", [])


def test_in_a_block(receivers):
    with (
        record_signals() as around,
        pytest.raises(ValueError, match="no stock"),
        record_signals() as recording,
    ):
        fired.send(sender=int)

    assert raised(build(recording, Config()))[0]["fate"] == "ended"
    assert around.dispatches == recording.dispatches


def test_where_it_passed_through(receivers, connect):
    """It is told where it was raised; the receiver around it comes after that."""

    def outside(**kwargs):
        fired.send(sender=int)

    connect(inner, outside)
    with record_signals() as recording, pytest.raises(ValueError, match="no stock"):
        inner.send(sender=int)
    report = build(recording, Config())

    outer, origin = raised(report)
    assert (outer["from_nested"], origin["from_nested"]) == (True, False)
    assert [(found["code"], found["figures"]["receiver"]) for found in report["findings"]] == [
        ("raised", "test_errors.raises")
    ]
    assert report["raised"] == 1


def test_another_exception_in_its_place(receivers, connect):
    def outside(**kwargs):
        try:
            fired.send(sender=int)
        except ValueError:
            raise KeyError("other") from None

    connect(inner, outside)
    with record_signals() as recording, pytest.raises(KeyError):
        inner.send(sender=int)

    assert [row["from_nested"] for row in raised(build(recording, Config()))] == [False, False]


def test_the_last_of_several_ends_the_block(connect):
    """The exceptions before it are gone, and their ids may have become its own."""
    connect(fired, raises)

    def sends():
        for number in range(5):
            try:
                fired.send(sender=int)
            except ValueError:
                if number == 4:
                    raise

    with pytest.raises(ValueError, match="no stock"), record_signals() as recording:
        sends()

    fates = [node_of(call).failure.fate for dispatch in recording.walk() for call in dispatch.calls]
    assert fates == ["caught"] * 4 + ["ended"]


def test_what_raised_is_before_what_is_slow(clock, receivers, connect):
    def slow(**kwargs):
        clock.tick(500)

    connect(inner, slow)
    with record_signals() as recording:
        inner.send(sender=int)
        fired.send_robust(sender=int)
    report = build(recording, Config())

    marks = [report["rows"][found["row"]]["marks"] for found in report["findings"]]
    assert marks == [["raised"], ["slow"]]


def test_folded_errors_are_counted(settings, receivers):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 2}
    with record_signals() as recording:
        for _ in range(5):
            fired.send_robust(sender=int)
    report = build(recording, Config())

    assert report["raised"] == 5
    (row,) = raised(report)
    assert (row["errors"], row["fate"]) == (5, "swallowed")


def test_no_exception_is_kept_alive(connect):
    import gc
    import weakref

    class OwnError(Exception):
        pass

    alive = []

    def receiver(**kwargs):
        error = OwnError("x")
        alive.append(weakref.ref(error))
        raise error

    connect(fired, receiver)
    with record_signals() as recording:
        with contextlib.suppress(OwnError):
            fired.send(sender=int)
        gc.collect()
        assert alive[0]() is None
    assert recording.dispatches[0].calls[0].error == "OwnError: x"


def test_on_the_page(visit, receivers):
    served = visit("/fails/")
    content = stored_panel(served.request_id).content

    first = content.index('class="fsp-card fsp-raised"')
    found = content.index(
        "raised ValueError: no stock, which ended the request; not called because"
    )
    assert found > first
    assert "Not called because of it: test_errors.later." in content
    assert 'class="fsp-call fsp-raised"' in content
