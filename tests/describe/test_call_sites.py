"""The line that sent a signal: a package's, behind middleware and decorators."""

from __future__ import annotations

import asyncio
import functools
import importlib
import sys
import textwrap

import pytest
from django.contrib.auth import get_user_model
from django.dispatch import Signal
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import path
from sent_lines import text_of

from signals_panel import record_signals
from signals_panel.describe import callsites

fired = Signal()

# A package that is installed, as the interpreter sees it.
PACKAGE = {
    "__init__.py": "",
    "views.py": """
        from django.http import HttpResponse
        from storefront.models import save_it, save_other

        def view(request):
            save_it(request)
            save_other(request)
            return HttpResponse("<body></body>")

        async def aview(request):
            save_it(request)
            return HttpResponse("<body></body>")
    """,
    "models.py": """
        def save_it(request):
            from test_call_sites import fired
            fired.send(sender=dict)

        def save_other(request):
            from test_call_sites import fired
            fired.send(
                sender=dict,
            )
    """,
}


@pytest.fixture(scope="module")
def storefront(tmp_path_factory):
    folder = tmp_path_factory.mktemp("venv") / "lib" / "site-packages"
    (folder / "storefront").mkdir(parents=True)
    for name, text in PACKAGE.items():
        (folder / "storefront" / name).write_text(textwrap.dedent(text))
    sys.path.insert(0, str(folder))
    yield importlib.import_module("storefront.views")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "storefront"]:
        del sys.modules[name]


def function_middleware(get_response):
    def middleware(request):
        return get_response(request)

    return middleware


class ClassMiddleware:
    async_capable = True
    sync_capable = True

    def __init__(self, get_response):
        from asgiref.sync import iscoroutinefunction, markcoroutinefunction

        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request):
        if self.is_async:
            return self.__acall__(request)
        response = self.get_response(request)
        return response

    async def __acall__(self, request):
        response = await self.get_response(request)
        return response


def sends_itself(get_response):
    def middleware(request):
        fired.send(sender=set)
        return get_response(request)

    return middleware


def decorated(view):
    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        return view(request, *args, **kwargs)

    return wrapper


def decorated_plainly(view):
    def wrapper(request):
        return view(request)

    return wrapper


class Decorator:
    def __init__(self, view):
        self.view = view

    def __call__(self, request):
        return self.view(request)


def logs_in(request):
    from django.contrib.auth import login

    login(request, get_user_model().objects.get(), backend="x")
    return HttpResponse()


urlpatterns = []


@pytest.fixture
def serve(settings, connect, storefront):
    connect(fired, lambda **kwargs: None)
    settings.ROOT_URLCONF = __name__

    def serve(view, *middleware, is_async=False):
        settings.MIDDLEWARE = [f"{__name__}.{each}" for each in middleware]
        urlpatterns[:] = [path("", view)]
        with record_signals() as recording:
            if is_async:

                async def get():
                    return await AsyncClient().get("/")

                asyncio.run(get())
            else:
                Client().get("/")
        return [each for each in recording.walk() if each.signal.endswith("fired")]

    return serve


MIDDLEWARE = ["function_middleware", "ClassMiddleware"]


@pytest.mark.parametrize("middleware", [[], *([each] for each in MIDDLEWARE), MIDDLEWARE])
def test_a_packages_line_behind_middleware(serve, storefront, middleware):
    dispatches = serve(storefront.view, *middleware)

    assert [text_of(each) for each in dispatches] == [
        "fired.send(sender=dict)",
        "fired.send(\n    sender=dict,\n)",
    ]
    assert [each.sent_from.package for each in dispatches] == ["storefront", "storefront"]


def test_an_async_view_behind_async_middleware(serve, storefront):
    (dispatch,) = serve(storefront.aview, "ClassMiddleware", is_async=True)

    assert text_of(dispatch) == "fired.send(sender=dict)"


def test_a_sync_view_behind_async_middleware(serve, storefront):
    dispatches = serve(storefront.view, "ClassMiddleware", is_async=True)

    assert text_of(dispatches[0]) == "fired.send(sender=dict)"


def test_two_saves_are_two_rows_with_stacks_of_their_own(serve, storefront):
    from reports import build

    from signals_panel.conf import Config

    connected = []
    settings_view = storefront.view
    with record_signals() as recording:
        connected = serve(settings_view, "function_middleware")
    report = build(recording, Config())
    rows = [i for i, row in enumerate(report["rows"]) if row.get("sender") == "dict"]

    assert len(connected) == len(rows) == 2
    functions = [
        [report["lines"][line][2] for line, _ in report["details"][str(row)]["stack"]][:2]
        for row in rows
    ]
    assert functions == [["save_it", "view"], ["save_other", "view"]]


def decorated_partial(view):
    return decorated_plainly(functools.partial(view))


def decorated_method(view):
    class Views:
        def get(self, request):
            return view(request)

    return decorated_plainly(Views().get)


@pytest.mark.parametrize(
    "decorate",
    [decorated, decorated_plainly, Decorator, decorated_partial, decorated_method],
)
def test_a_decorator_around_a_packages_view(serve, storefront, decorate):
    dispatches = serve(decorate(storefront.view))

    assert text_of(dispatches[0]) == "fired.send(sender=dict)"


def test_a_middleware_that_sends_itself(serve, storefront):
    dispatches = serve(storefront.view, "sends_itself")

    assert text_of(dispatches[0]) == "fired.send(sender=set)"


@pytest.mark.django_db
def test_a_view_that_hands_its_request_to_a_function(settings, connect, rf):
    """It isn't wrapped around that function: the line is the view's."""
    from django.contrib.auth.signals import user_logged_in
    from django.contrib.sessions.backends.db import SessionStore

    get_user_model().objects.create_user("ann")
    connect(user_logged_in, lambda **kwargs: None)
    request = rf.get("/")
    request.session = SessionStore()
    with record_signals() as recording:
        logs_in(request)

    dispatch = next(each for each in recording.walk() if "user_logged_in" in each.signal)
    assert text_of(dispatch).startswith("login(request, ")


def test_one_decorator_around_several_functions(serve, storefront):
    """A helper first, without a request; then a view."""
    from storefront.models import save_it

    decorated(lambda request: save_it(None))(None)
    dispatches = serve(decorated(storefront.view))

    assert text_of(dispatches[0]) == "fired.send(sender=dict)"


def test_more_places_than_are_kept(serve, storefront, monkeypatch):
    monkeypatch.setattr(callsites, "_MAX_PLACES", 1)
    dispatches = serve(storefront.view, "function_middleware")

    assert [text_of(each) for each in dispatches] == [
        "fired.send(sender=dict)",
        "fired.send(\n    sender=dict,\n)",
    ]
