"""The line that sent a signal: its whole statement, the setting, and where a search begins."""

from __future__ import annotations

import ast

from django.core.management import BaseCommand
from django.dispatch import Signal
from sent_lines import text_of

from signals_panel import record_signals
from signals_panel.describe import frame_kinds, parsed

fired = Signal()


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
