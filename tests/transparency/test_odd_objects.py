"""Senders, receivers, signals and arguments of every shape: as without us, and plain JSON."""

from __future__ import annotations

import functools
import json
import threading
from unittest import mock

import pytest
from django.dispatch import Signal
from hypothesis import HealthCheck, given, settings, strategies as st
from touching import assert_plain, touch

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.describe import (
    error_text,
    plain_arguments,
    plain_params,
    receiver_name,
    sender_name,
    sql_text,
)

pytestmark = pytest.mark.django_db


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
