"""Objects that are odd in one way each: as without us, and words in the report."""

from __future__ import annotations

import json
import types
from unittest import mock

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal
from reports import build
from touching import assert_plain, fired_by_describing, touch

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.describe import error_text, plain_arguments

pytestmark = pytest.mark.django_db


def test_an_instance_whose_deferred_fields_would_be_fetched():
    tag = Tag.objects.create(name="x")
    deferred = Tag.objects.only("pk").get(pk=tag.pk)
    with record_signals() as recording:
        assert plain_arguments({"instance": deferred}) == {"instance": f"showcase.Tag pk={tag.pk}"}

    assert recording.totals.all_queries == 0


def test_a_megabyte_of_sql():
    signal = Signal()

    def queries(**kwargs):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 -- {'x' * 1_000_000}")
            cursor.execute("SELECT %s, %s", ["x" * 1_000_000, b"\x00" * 1_000_000])

    signal.connect(queries)
    with record_signals() as recording:
        signal.send(sender=None)

    long, params = recording.dispatches[0].calls[0].queries
    assert len(long.sql) < 11_000
    assert long.sql.endswith("more characters)")
    assert params.params == ["x" * 200 + "… (999,800 more characters)", "<1,000,000 bytes>"]
    assert len(json.dumps(build(recording, Config()))) < 20_000


def test_recursion_until_it_ends():
    signal = Signal()
    depths = []

    def recurses(depth, **kwargs):
        depths.append(depth)
        signal.send(sender=Tag, depth=depth + 1)

    signal.connect(recurses)
    with record_signals() as recording, pytest.raises(RecursionError):
        signal.send(sender=Tag, depth=0)

    assert max(depths) > 50
    assert recording.totals.calls == pytest.approx(len(depths), abs=2)
    assert_plain(recording)
    deepest = max(row["level"] for row in build(recording, Config())["rows"])
    assert deepest > 50


class Text:
    """Has a __str__ that nobody may call."""

    def __str__(self):
        touch()
        return "text"


def with_text(error, *names):
    for name in names:
        setattr(error, name, Text())
    return error


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (OSError(2, "No such file", "a.txt", None, "b.txt"), "[Errno 2] No such file: 'a.txt'"),
        (with_text(OSError(2, "No such file", "a"), "strerror"), "FileNotFoundError"),
        (with_text(OSError(2, "No such file", "a", None, "b"), "filename2"), "FileNotFoundError"),
        (SyntaxError("bad", ("a.py", 3, 1, "x")), "SyntaxError: bad (a.py, line 3)"),
        (with_text(SyntaxError("bad"), "msg"), "SyntaxError"),
        (UnicodeDecodeError("ascii", b"\xff", 0, 1, "out of range"), "can't decode byte 0xff"),
        (with_text(ImportError("no module"), "msg"), "ImportError: no module"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_errors_with_fields_of_any_kind(error, shown):
    with record_signals() as recording:
        text = error_text(error)

    assert shown in text
    assert recording.totals.all_queries == 0


def test_absurdly_long_names_leave_room_for_the_rest():
    name = "x" * 1_000_000
    long_class = type(name, (), {"__module__": "m" * 1_000_000})
    exec(f"def {name}(**kwargs): pass", namespace := {})
    outer = Signal()
    outer.connect(namespace[name])
    with record_signals() as recording:
        outer.send(sender=long_class)
        fired_by_describing.send(sender=None)
    rows = build(recording, Config())["rows"]
    assert [row["kind"] for row in rows].count("dispatch") == 2
    assert not any(row["kind"] == "more" for row in rows)
    assert len(json.dumps(rows)) < 20_000


class OddError(Exception):
    """Has its own idea of everything that an exception has."""

    __traceback__ = property(lambda self: touch())
    __cause__ = property(lambda self: touch())
    __context__ = property(lambda self: touch())

    def __bool__(self):
        touch()
        raise TypeError("no truth")


class Shouting(str):
    """Formats itself."""

    def __format__(self, spec):
        touch()
        raise ValueError("no format")


@pytest.mark.parametrize("method", ["send", "send_robust"])
def test_odd_exceptions_arrive_as_they_are(method):
    error = OddError("odd")

    def raises(**kwargs):
        raise error

    def outcome():
        try:
            return getattr(signal, method)(sender=None)[0][1]
        except OddError as raised:
            return raised

    signal = Signal()
    signal.connect(raises)
    with mock.patch.object(signal, "_log_robust_failure"), record_signals() as recording:
        assert outcome() is error
    assert recording.faults == []
    assert recording.totals[:5] == (1, 1, 0, 0, 0)


def test_odd_methods_and_names_as_senders():
    class Callable:
        def __call__(self):
            pass

        def __getattr__(self, name):
            touch()
            raise LookupError(name)

    def named():
        pass

    named.__qualname__ = Shouting("named")
    signal = Signal()
    with record_signals() as recording:
        signal.send(sender=types.MethodType(Callable(), 1))
        signal.send(sender=named)
    assert recording.totals[:5] == (0, 0, 2, 0, 0)
    assert recording.faults == []


def test_a_cursor_without_a_database():
    class Bare(CursorWrapper):
        def __init__(self, cursor):
            self.cursor = cursor

        def __getattr__(self, name):
            raise LookupError(name)

        def execute(self, sql, params=None):
            return super().execute(sql, params)

    with connection.cursor() as cursor, record_signals() as recording, pytest.raises(LookupError):
        # Django's own method asks for it, too.
        Bare(cursor.cursor).execute("SELECT 1")
    assert recording.faults == []


def test_receivers_given_out_one_by_one_are_not_used_up():
    """What comes after one that raises is nobody's to ask for."""
    asked = []

    def first(**kwargs):
        raise ValueError("first")

    def gate():
        for receiver in (first, touch):
            asked.append(receiver)
            yield receiver

    class Gated(Signal):
        def _live_receivers(self, sender):
            return gate(), []

    signal = Gated()
    signal.connect(first)
    with record_signals(), pytest.raises(ValueError, match="first"):
        signal.send(sender=None)
    assert asked == [first]
