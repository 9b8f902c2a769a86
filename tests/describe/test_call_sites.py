"""The line that sent a signal: in middleware, decorators, base classes, packages, commands."""

from __future__ import annotations

import ast
import asyncio
import functools
import importlib
import sys
import textwrap

import pytest
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand
from django.db import models
from django.dispatch import Signal
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.test.utils import isolate_apps
from django.urls import path

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.describe import frame_kinds, parsed

fired = Signal()


def text_of(dispatch):
    return dispatch.sent_from and dispatch.sent_from.text


# A package that is installed, as the interpreter sees it ----------------------------------


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


@pytest.mark.parametrize("decorate", [decorated, decorated_plainly, Decorator])
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


# Delegating ------------------------------------------------------------------------------


def test_a_base_class_that_sends_itself(connect):
    class Base:
        def save(self):
            models.signals.post_save.send(sender=type(self), instance=self)

    class Item(Base):
        def save(self):
            super().save()

    connect(models.signals.post_save, lambda **kwargs: None, sender=Item)
    with record_signals() as recording:
        Item().save()

    # The nearest line that doesn't delegate is where it is sent, whatever came before.
    (dispatch,) = recording.dispatches
    assert text_of(dispatch) == "models.signals.post_save.send(sender=type(self), instance=self)"
    assert dispatch.via == []


@pytest.mark.django_db
@isolate_apps("showcase")
def test_via(connect):
    class Saved(Tag):
        class Meta:
            proxy = True
            app_label = "showcase"

        def save(self, *args, **kwargs):
            super().save(*args, **kwargs)

    class Twice(Saved):
        class Meta:
            proxy = True
            app_label = "showcase"

        def save(self, *args, **kwargs):
            kwargs["force_insert"] = True
            super().save(*args, **kwargs)

    connect(models.signals.post_save, lambda **kwargs: None, sender=Twice)
    with record_signals() as recording:
        Twice(name="a").save()
        Twice(
            name="b",
        ).save()

    first, second = recording.dispatches
    assert text_of(first) == 'Twice(name="a").save()'
    assert [line.text for line in first.via] == [
        "super().save(*args, **kwargs)",
        "super().save(*args, **kwargs)",
    ]
    assert text_of(second) == 'Twice(\n    name="b",\n).save()'
    assert second.sent_from != first.sent_from


@pytest.mark.django_db
def test_a_manager_called_in_create(connect):
    class Shortcut:
        @classmethod
        def create(cls, name):
            return Tag.objects.create(name=name)

    connect(models.signals.post_save, lambda **kwargs: None, sender=Tag)
    with record_signals() as recording:
        Shortcut.create("a")

    (dispatch,) = recording.dispatches
    assert text_of(dispatch) == 'Shortcut.create("a")'
    assert [line.text for line in dispatch.via] == ["return Tag.objects.create(name=name)"]


@pytest.mark.django_db(transaction=True)
@isolate_apps("showcase")
def test_delegating_on_both_sides_of_a_thread(connect):
    class Item(Tag):
        class Meta:
            proxy = True
            app_label = "showcase"

        async def asave(self, *args, **kwargs):
            await super().asave(*args, **kwargs)

        def save(self, *args, **kwargs):
            super().save(*args, **kwargs)

    connect(models.signals.post_save, lambda **kwargs: None, sender=Item)

    async def sends():
        with record_signals() as recording:
            await Item(name="a").asave()
        return recording

    (dispatch,) = asyncio.run(sends()).dispatches
    assert text_of(dispatch) == 'await Item(name="a").asave()'
    assert [line.text for line in dispatch.via] == [
        "super().save(*args, **kwargs)",
        "await super().asave(*args, **kwargs)",
    ]


def test_nobody_further_out(connect):
    """The innermost that delegates is the line, where no other is the project's."""
    connect(fired, lambda **kwargs: None)
    namespace = {"fired": fired, "__name__": "shop.base"}
    source = textwrap.dedent(
        """
        class Parent:
            def save(self): fired.send(sender=None)
        class Child(Parent):
            def save(self): super().save()
        """
    )
    exec(compile(source, "/usr/lib/python3/site-packages/lib/base.py", "exec"), namespace)
    with record_signals() as recording:
        namespace["Child"]().save()

    assert text_of(recording.dispatches[0]) == 'namespace["Child"]().save()'


def test_an_argument_delegates_nothing(connect):
    class Item:
        def clean(self):
            return 1

    class Child(Item):
        def clean(self):
            fired.send(sender=None, n=super().clean())

        def save(self):
            fired.send(sender=None, count=Tag.objects.none().count())

    connect(fired, lambda **kwargs: None)
    with record_signals() as recording:
        Child().clean()
        Child().save()

    assert [each.via for each in recording.dispatches] == [[], []]
    assert [text_of(each)[:10] for each in recording.dispatches] == ["fired.send"] * 2


def test_one_decorator_around_several_functions(serve, storefront):
    """A helper first, without a request; then a view."""
    from storefront.models import save_it

    decorated(lambda request: save_it(None))(None)
    dispatches = serve(decorated(storefront.view))

    assert text_of(dispatches[0]) == "fired.send(sender=dict)"


# Setting, statements, beginnings ---------------------------------------------------------


def helper():
    fired.send(sender=None)


def test_skip_modules(connect, settings):
    connect(fired, lambda **kwargs: None)
    namespace = {"fired": fired, "__name__": "shop.base.models"}
    exec(compile("def save(): fired.send(sender=None)", "/srv/shop/base.py", "exec"), namespace)
    lines = []
    for skipped in ([], ["shop.base"], ["shop.*"], ["other"]):
        settings.SIGNALS_PANEL = {"SKIP_MODULES": skipped}
        with record_signals() as recording:
            namespace["save"]()
        lines.append(recording.dispatches[0].sent_from.path)

    assert lines == ["/srv/shop/base.py", __file__, __file__, "/srv/shop/base.py"]


def test_a_long_statement_is_cut(connect):
    connect(fired, lambda **kwargs: None)
    with record_signals() as recording:
        fired.send(
            sender=None,
            a=1,
            b=2,
            c=3,
            d=4,
            e=5,
            f=6,
        )

    lines = text_of(recording.dispatches[0]).splitlines()
    assert lines[0] == "fired.send("
    assert lines[-1] == "…"
    assert len(lines) == 6


def test_the_head_of_a_block(connect):
    connect(fired, lambda **kwargs: None)
    with record_signals() as recording:
        for _ in fired.send(
            sender=None,
        ):
            pass

    assert text_of(recording.dispatches[0]) == "for _ in fired.send(\n    sender=None,\n):"


def test_a_command_begins_the_search_anew(connect):
    connect(fired, lambda **kwargs: None)
    commands = {}
    exec(
        compile(
            "def handle(self, *args, **options): fired.send(sender=None)",
            "/venv/site-packages/storefront/command.py",
            "exec",
        ),
        {"fired": fired, "__name__": "storefront.command"},
        commands,
    )
    Command = type("Command", (BaseCommand,), commands)
    with record_signals() as recording:
        Command().run_from_argv(["manage.py", "command"])

    (dispatch,) = recording.dispatches
    assert dispatch.sent_from.package == "storefront"


def test_where_the_search_ends_is_where_django_says():
    from django.core.handlers import base, exception
    from django.core.management.base import BaseCommand

    inner = [
        code
        for code in exception.convert_exception_to_response.__code__.co_consts
        if getattr(code, "co_name", "") == "inner"
    ]
    codes = [
        base.BaseHandler._get_response.__code__,
        base.BaseHandler._get_response_async.__code__,
        BaseCommand.run_from_argv.__code__,
        *inner,
    ]
    assert len(inner) == 2
    assert all(frame_kinds.is_beginning(code) for code in codes)


def test_threads_that_parse_at_the_same_time(monkeypatch):
    """Python 3.11 counts one thread's recursion as another's, and says so: not our last word."""
    parse, tries = ast.parse, []

    def fails_twice(*args, **kwargs):
        tries.append(args)
        if len(tries) < 3:
            raise SystemError("AST constructor recursion depth mismatch (before=69, after=67)")
        return parse(*args, **kwargs)

    monkeypatch.setattr(ast, "parse", fails_twice)
    assert len(parsed("x = 1").body) == 1
    assert len(tries) == 3
