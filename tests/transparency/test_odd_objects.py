"""Senders, receivers, signals and arguments of every shape: as without us, and plain JSON."""

from __future__ import annotations

import functools
import json
import threading
import types
from unittest import mock

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings, strategies as st
from reports import build

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.describe import (
    error_text,
    plain_arguments,
    plain_params,
    receiver_name,
    sender_name,
    sql_text,
)
from signals_panel.rendering import context

pytestmark = pytest.mark.django_db

fired_by_describing = Signal()
fired_by_describing.connect(lambda **kwargs: None, weak=False)


def touch():
    """What no description may do: query, and send a signal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'described'")
    fired_by_describing.send(sender=None)


class Talkative:
    """Queries and sends when anybody asks it for words."""

    def __str__(self):
        touch()
        return "str"

    __repr__ = __str__

    def __format__(self, spec):
        touch()
        return "format"

    @property
    def name(self):
        touch()
        return "name"

    def __call__(self, **kwargs):
        return "called"


class TalkativeTag(Tag):
    class Meta:
        app_label = "showcase"
        proxy = True

    __str__ = __repr__ = Talkative.__str__


class Raising:
    """Raises whatever it is asked."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __str__(self):
        raise RuntimeError("str")

    __repr__ = __str__

    def __bool__(self):
        raise RuntimeError("bool")

    def __call__(self, **kwargs):
        return "called"


class RaisingMeta(type):
    def __getattribute__(cls, name):
        if name in ("__name__", "__qualname__", "__module__", "_meta"):
            raise RuntimeError(name)
        return super().__getattribute__(name)

    def __repr__(cls):
        raise RuntimeError("repr")


class WithRaisingMeta(metaclass=RaisingMeta):
    def __call__(self, **kwargs):
        return "called"


class Slotted:
    __slots__ = ()

    def __call__(self, **kwargs):
        return "called"


class NoModule:
    __module__ = None  # type: ignore[assignment] # what is tested

    def __call__(self, **kwargs):
        return "called"


class OddNames:
    __qualname__ = "Lone\udc80Surrogate\x00"

    def __call__(self, **kwargs):
        return "called"

    def method(self, **kwargs):
        return "called"

    @classmethod
    def class_method(cls, **kwargs):
        return "called"

    @staticmethod
    def static_method(**kwargs):
        return "called"


class TalkativeError(Exception):
    def __str__(self):
        touch()
        return "talkative"

    __repr__ = __str__


class RaisingError(Exception):
    def __str__(self):
        raise RuntimeError("str")

    @property
    def args(self):
        raise RuntimeError("args")


def plain_receiver(**kwargs):
    return "called"


@functools.wraps(plain_receiver)
def wrapped_receiver(**kwargs):
    return plain_receiver(**kwargs)


wraps_itself = functools.wraps(plain_receiver)(lambda **kwargs: "called")
wraps_itself.__wrapped__ = wraps_itself

no_names = functools.partial(plain_receiver)
nested_partial = plain_receiver
for _ in range(50):
    nested_partial = functools.partial(nested_partial)  # folded by functools
odd_function = eval("lambda **kwargs: 'called'")
odd_function.__module__ = None
odd_function.__qualname__ = "Lone\udc80Surrogate"


class Box:
    """Holds what Hypothesis would otherwise ask for a repr()."""

    def __init__(self, content):
        self.content = content


def one_of(objects):
    """One of these, of which Hypothesis knows only the number."""
    return st.integers(0, len(objects) - 1).map(lambda number: objects[number])


words = st.text(max_size=20) | st.sampled_from(["\x00", "\udc80", "<script>", "é" * 300])
names = st.from_regex(r"[a-z]{3,8}", fullmatch=True)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**4_000, -(10**400), float("nan"), float("inf")])
    | st.floats()
    | words
    | st.binary(max_size=20)
    | st.decimals()
    | st.uuids()
    | st.datetimes()
    | st.timedeltas()
)
odd = one_of(
    [
        Talkative(),
        Raising(),
        WithRaisingMeta(),
        WithRaisingMeta,
        Slotted(),
        NoModule(),
        OddNames(),
        OddNames,
        mock.Mock(),
        mock.MagicMock(),
        threading.Lock(),
        memoryview(b"abc"),
        type,
        object(),
        len,
        ...,
        json,
        TalkativeTag(name="x", pk=1),
    ]
)
values = st.recursive(
    scalars | odd,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(words | st.integers(), inner, max_size=5)
        | st.tuples(inner, inner)
    ),
    max_leaves=20,
)
receivers = one_of(
    [
        plain_receiver,
        wrapped_receiver,
        wraps_itself,
        no_names,
        nested_partial,
        odd_function,
        Talkative(),
        Raising(),
        WithRaisingMeta(),
        NoModule(),
        OddNames(),
        OddNames().method,
        OddNames.class_method,
        OddNames.static_method,
        functools.partial(OddNames().method),
        mock.Mock(return_value="called"),
        mock.MagicMock(return_value="called"),
        mock.create_autospec(plain_receiver, return_value="called"),
    ]
)


def outcome(signal, method, sender, named):
    try:
        return [response for _, response in getattr(signal, method)(sender=sender, **named)]
    except Exception as error:  # noqa: BLE001 - compared with the other run's
        return type(error)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    connected=st.lists(receivers, max_size=4).map(Box),
    sender=values.map(Box),
    named=st.dictionaries(names, values, max_size=3).map(Box),
    method=st.sampled_from(["send", "send_robust"]),
    caching=st.booleans(),
)
def test_any_send(connected, sender, named, method, caching):
    connected, sender, named = connected.content, sender.content, named.content
    for taken in ("self", "signal", "sender"):
        named.pop(taken, None)
    signal = Signal(use_caching=caching)
    for receiver in connected:
        try:
            signal.connect(receiver, weak=False)
        except Exception:  # noqa: BLE001 - not every odd object can be connected
            continue
    plain = outcome(signal, method, sender, named)

    with record_signals() as recording:
        recorded = outcome(signal, method, sender, named)

    assert recorded == plain
    assert recording.faults == []
    # Describing neither queried nor sent anything.
    assert recording.totals.all_queries == 0
    assert recording.totals.dispatches + recording.totals.unheard <= 1
    assert_plain(recording)


def assert_plain(recording):
    stats = build(recording, Config())
    text = json.dumps(stats, allow_nan=False)
    assert json.loads(text) == stats
    text.encode()
    render_to_string("signals_panel/panel.html", context(stats, Config())).encode()


@settings(max_examples=300, deadline=None)
@given(value=values.map(Box))
def test_any_parameter(value):
    shown = plain_params(value.content)

    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    json.dumps(shown, ensure_ascii=False).encode()
    assert len(json.dumps(shown)) < 200_000


@settings(max_examples=100, deadline=None)
@given(named=st.dictionaries(words, values, max_size=5).map(Box))
def test_any_arguments(named):
    assert all(type(text) is str for text in plain_arguments(named.content).values())


@settings(max_examples=150, deadline=None)
@given(sql=(words | odd | st.binary(max_size=50)).map(Box))
def test_any_statement(sql):
    assert type(sql_text(sql.content)) is str
    sql_text(sql.content).encode()


@settings(max_examples=150, deadline=None)
@given(args=st.lists(values, max_size=3).map(Box))
@pytest.mark.parametrize(
    "kind", [ValueError, KeyError, OSError, TalkativeError, RaisingError, KeyboardInterrupt]
)
def test_any_error(kind, args):
    try:
        error = kind(*args.content)
    except Exception:  # noqa: BLE001 - OSError looks at what it is given
        return
    with record_signals() as recording:
        text = error_text(error)

    assert text.startswith(type(error).__name__)
    assert len(text) < 1_000
    text.encode()
    assert recording.totals.unheard == recording.totals.dispatches == 0


def test_descriptions_of_odd_objects_are_words():
    for describe in (receiver_name, sender_name):
        for each in (Talkative(), Raising(), WithRaisingMeta(), WithRaisingMeta, mock.Mock(), len):
            assert str(describe(each))


def test_a_mock_is_named_by_its_class():
    assert str(receiver_name(mock.Mock())) == "unittest.mock.Mock"


def test_a_partial_is_named_by_what_it_calls():
    assert str(receiver_name(no_names)) == "partial(test_odd_objects.plain_receiver)"


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
