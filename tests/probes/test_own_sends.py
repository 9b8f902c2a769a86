"""Signal classes that send by themselves, and sends that were taken before the recording."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import gc
import pickle
import weakref
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from django.dispatch import Signal
from django.dispatch.dispatcher import NO_RECEIVERS
from reports import build

from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.results import node_of
from signals_panel.wording import reason_text


class PluginSignal(Signal):
    """As of an event system with plugins: its own order, its own filter, chained results."""

    def _is_active(self, receiver):
        return getattr(receiver, "is_active", True)

    def _sorted_receivers(self, sender):
        return sorted(self._live_receivers(sender)[0], key=lambda each: each.__module__)

    def send(self, sender, **named):
        if not self.receivers or self.sender_receivers_cache.get(sender) is NO_RECEIVERS:
            return []
        return [
            (receiver, receiver(signal=self, sender=sender, **named))
            for receiver in self._sorted_receivers(sender)
            if self._is_active(receiver)
        ]

    def send_chained(self, sender, name, **named):
        value = named.get(name)
        for receiver in self._sorted_receivers(sender):
            if self._is_active(receiver):
                value = receiver(signal=self, sender=sender, **{**named, name: value})
        return value


def one(**kwargs):
    return 1


def two(**kwargs):
    return 2


def off(**kwargs):
    raise AssertionError("it is off")


off.is_active = False


@pytest.fixture
def plugins():
    signal = PluginSignal(use_caching=True)
    for receiver in (one, off, two):
        signal.connect(receiver)
    return signal


class Sender:
    pass


def names(dispatch):
    return [call.receiver.rpartition(".")[2] for call in dispatch.calls]


def test_an_overridden_send(plugins):
    with record_signals() as recording:
        result = plugins.send(Sender, event=3)

    assert result == [(one, 1), (two, 2)]
    assert [receiver for receiver, _ in result] == [one, two]
    assert all(type(receiver) is type(one) for receiver, _ in result)
    (dispatch,) = recording.dispatches
    assert (dispatch.method, dispatch.sender) == ("send", "test_own_sends.Sender")
    assert names(dispatch) == ["one", "two"]
    assert dispatch.sent_from.text == "result = plugins.send(Sender, event=3)"


def test_a_method_of_its_own(plugins):
    with record_signals() as recording:
        value = plugins.send_chained(Sender, "value", value=0)

    assert value == 2
    (dispatch,) = recording.dispatches
    assert dispatch.method == "send_chained"
    assert names(dispatch) == ["one", "two"]
    assert dispatch.sent_from.text == 'value = plugins.send_chained(Sender, "value", value=0)'


def test_who_was_left_out_has_a_true_reason(plugins):
    with record_signals() as recording:
        plugins.send(Sender)

    silent = build(recording, Config())["silent"]
    reasons = {row["receiver"]: reason_text(row) for row in silent}
    assert reasons == {"test_own_sends.off": "PluginSignal.send didn't call it"}


def test_nobody_was_called(plugins):
    for receiver in (one, two):
        plugins.disconnect(receiver)
    with record_signals() as recording:
        assert plugins.send(Sender) == []
        assert plugins.send_chained(Sender, "value", value=5) == 5

    assert recording.dispatches == []
    assert recording.totals.unheard == 2
    report = build(recording, Config())
    assert "didn't call it" in reason_text(report["silent"][0])


def test_a_signal_without_receivers_counts_as_for_any_other():
    signal = PluginSignal()
    with record_signals() as recording:
        assert signal.send(Sender) == []

    assert list(recording.unheard.values()) == [1]


def test_a_receiver_that_raises(plugins):
    def raises(**kwargs):
        raise ValueError("no")

    plugins.disconnect(two)
    plugins.connect(raises)
    plugins.connect(two)
    with record_signals() as recording, pytest.raises(ValueError, match="no"):
        plugins.send(Sender)

    (dispatch,) = recording.dispatches
    assert [call.error for call in dispatch.calls] == [None, "ValueError: no"]


class Swallows(Signal):
    def send_quietly(self, sender):
        for receiver in self._live_receivers(sender)[0]:
            with contextlib.suppress(ValueError):
                receiver(signal=self, sender=sender)


def test_a_method_that_swallows(connect):
    signal = Swallows()

    def raises(**kwargs):
        raise ValueError("no")

    connect(signal, raises)
    with record_signals() as recording:
        signal.send_quietly(None)

    row = next(row for row in build(recording, Config())["rows"] if row["kind"] == "call")
    assert (row["error"], row["fate"]) == ("ValueError: no", "swallowed")


# Results in any shape --------------------------------------------------------------------


class Pair(NamedTuple):
    receiver: Any
    response: Any


@dataclass
class Result:
    receiver: Any
    responses: list[Any]


class Slotted:
    __slots__ = ("receiver",)

    def __init__(self, receiver):
        self.receiver = receiver


SHAPES = {
    "list": lambda receivers: list(receivers),
    "tuple": lambda receivers: tuple(receivers),
    "pairs": lambda receivers: [(each, 1) for each in receivers],
    "named tuples": lambda receivers: [Pair(each, 1) for each in receivers],
    "keys": lambda receivers: dict.fromkeys(receivers, 1),
    "values": lambda receivers: {str(each): {"receiver": each} for each in receivers},
    "set": lambda receivers: set(receivers),
    "frozenset": lambda receivers: frozenset(receivers),
    "objects": lambda receivers: [Result(each, [each]) for each in receivers],
    "slots": lambda receivers: [Slotted(each) for each in receivers],
    "a closure": lambda receivers: lambda: receivers,
}


class Shaped(Signal):
    def collect(self, sender, shape):
        receivers = self._live_receivers(sender)[0]
        for receiver in receivers:
            receiver(signal=self, sender=sender)
        return SHAPES[shape](receivers)


def held(value, depth=0):
    """Everything that a value holds."""
    yield value
    if depth < 5:
        if callable(value) and getattr(value, "__closure__", None):
            inner = [cell.cell_contents for cell in value.__closure__]
        elif isinstance(value, dict):
            inner = [*value, *value.values()]
        elif isinstance(value, (list, tuple, set, frozenset)):
            inner = list(value)
        elif isinstance(value, Result):
            inner = [value.receiver, value.responses]
        elif isinstance(value, Slotted):
            inner = [value.receiver]
        else:
            inner = []
        for each in inner:
            yield from held(each, depth + 1)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_result_holds_the_very_receivers(connect, shape):
    signal = Shaped()
    for receiver in (one, two):
        connect(signal, receiver)
    plain = signal.collect(None, shape)
    with record_signals() as recording:
        recorded = signal.collect(None, shape)

    assert recording.totals.calls == 2
    found = [each for each in held(recorded) if type(each) is type(one) and each in (one, two)]
    expected = [each for each in held(plain) if type(each) is type(one) and each in (one, two)]
    assert sorted(map(id, found)) == sorted(map(id, expected))
    assert not [each for each in held(recorded) if type(each).__name__.endswith("Wrapper")]


class Lazy(Signal):
    def each(self, sender):
        for receiver in self._live_receivers(sender)[0]:
            yield receiver, receiver(signal=self, sender=sender)

    def later(self, sender):
        return (
            (each, each(signal=self, sender=sender)) for each in self._live_receivers(sender)[0]
        )

    async def asend_slowly(self, sender):
        results = []
        for receiver in self._live_receivers(sender)[1]:
            results.append((receiver, await receiver(signal=self, sender=sender)))
            await asyncio.sleep(0)
        return results


@pytest.mark.parametrize("method", ["each", "later"])
def test_a_generator(connect, method):
    signal = Lazy()
    for receiver in (one, two):
        connect(signal, receiver)
    with record_signals() as recording:
        pairs = list(getattr(signal, method)(None))

    assert pairs == [(one, 1), (two, 2)]
    assert [type(receiver) for receiver, _ in pairs] == [type(one)] * 2
    (dispatch,) = recording.dispatches
    assert dispatch.method == method
    assert names(dispatch) == ["one", "two"]


def test_a_coroutine(connect):
    signal = Lazy()

    async def hears(**kwargs):
        await asyncio.sleep(0)
        return 3

    connect(signal, hears)

    async def sends():
        with record_signals() as recording:
            return recording, await signal.asend_slowly(None)

    recording, pairs = asyncio.run(sends())
    assert pairs == [(hears, 3)]
    assert type(pairs[0][0]) is type(hears)
    assert [dispatch.method for dispatch in recording.dispatches] == ["asend_slowly"]


# Where they are defined ------------------------------------------------------------------


class Delegates(Signal):
    def send(self, sender, **named):
        named["extra"] = True
        return super().send(sender, **named)

    def notify(self, *senders):
        return [self.send(sender) for sender in senders]


def test_a_send_that_delegates_is_one_dispatch(connect):
    signal = Delegates()
    heard = []
    connect(signal, lambda **kwargs: heard.append(kwargs["extra"]))
    with record_signals() as recording:
        signal.send(Sender)

    assert heard == [True]
    (dispatch,) = recording.dispatches
    assert dispatch.sent_from.text == "signal.send(Sender)"
    assert recording.totals.unheard == 0


def test_a_method_that_sends_is_no_dispatch_of_its_own(connect):
    signal = Delegates()
    connect(signal, one)
    with record_signals() as recording:
        signal.notify(int, str)

    assert [(each.method, each.sender) for each in recording.dispatches] == [
        ("send", "int"),
        ("send", "str"),
    ]
    assert recording.totals.unheard == 0


class Filtering:
    def send_to(self, sender, wanted):
        return [
            (each, each(signal=self, sender=sender))
            for each in self._live_receivers(sender)[0]
            if each == wanted
        ]


class Mixed(Filtering, Signal):
    pass


def test_a_method_of_a_mixin(connect):
    signal = Mixed()
    for receiver in (one, two):
        connect(signal, receiver)
    with record_signals() as recording:
        ((receiver, _),) = signal.send_to(None, two)

    assert receiver is two
    (dispatch,) = recording.dispatches
    assert (dispatch.method, names(dispatch)) == ("send_to", ["two"])


def test_a_class_defined_while_recording(connect):
    with record_signals() as recording:

        class Late(Signal):
            def send_late(self, sender):
                return [(each, each(signal=self)) for each in self._live_receivers(sender)[0]]

        signal = Late()
        connect(signal, one)
        assert signal.send_late(None) == [(one, 1)]

    assert [dispatch.method for dispatch in recording.dispatches] == ["send_late"]
    assert "__init_subclass__" not in vars(Signal)
    assert Late.send_late.__code__.co_filename == __file__


def test_several_senders_in_one_method(connect):
    class ToAll(Signal):
        def send_to_all(self, *senders):
            for sender in senders:
                for receiver in self._live_receivers(sender)[0]:
                    receiver(signal=self, sender=sender)

    signal = ToAll()
    connect(signal, one)
    with record_signals() as recording:
        signal.send_to_all(int, str)

    assert [(each.sender, names(each)) for each in recording.dispatches] == [
        ("int", ["one"]),
        ("str", ["one"]),
    ]


def test_receivers_that_are_handed_out_once():
    """The look-up is made as often as without the recorder: once."""

    class Once(Signal):
        def __init__(self):
            super().__init__()
            self.waiting = [[one], [acts]]

        def _live_receivers(self, sender):
            found, self.waiting = self.waiting, [[], []]
            return found

    called = []

    async def acts(**kwargs):
        called.append("async")

    signal = Once()
    signal.receivers = [None]
    with record_signals() as recording:
        result = signal.send(None)

    assert called == ["async"]
    assert [receiver for receiver, _ in result] == [one, acts]
    assert recording.totals.calls == 2


# Taken before the recording began --------------------------------------------------------


@pytest.mark.parametrize("method", ["send", "send_robust"])
@pytest.mark.parametrize(
    "take", [lambda method: method, functools.partial], ids=["bound", "partial"]
)
def test_a_send_that_was_taken_early(connect, take, method):
    signal = Signal()
    for receiver in (one, two):
        connect(signal, receiver)
    early = take(getattr(signal, method))
    with record_signals() as recording:
        result = early(sender=Sender)

    assert result == [(one, 1), (two, 2)]
    assert [type(receiver) for receiver, _ in result] == [type(one)] * 2
    (dispatch,) = recording.dispatches
    assert (dispatch.method, dispatch.sender) == (method, "test_own_sends.Sender")
    assert names(dispatch) == ["one", "two"]
    assert dispatch.sent_from.text == "result = early(sender=Sender)"
    assert recording.unrecorded == {}


@pytest.mark.parametrize("method", ["send", "send_robust"])
def test_an_early_send_whose_receiver_raises(connect, method, caplog):
    signal = Signal()

    def raises(**kwargs):
        raise ValueError("no")

    for receiver in (one, raises, two):
        connect(signal, receiver)
    early = getattr(signal, method)
    with record_signals() as recording:
        if method == "send":
            with pytest.raises(ValueError, match="no"):
                early(sender=Sender)
        else:
            assert [receiver for receiver, _ in early(sender=Sender)] == [one, raises, two]

    (dispatch,) = recording.dispatches
    assert names(dispatch)[:2] == ["one", "raises"]
    row = next(row for row in build(recording, Config())["rows"] if row.get("errors"))
    if method == "send":
        assert row["not_called"] == ["test_own_sends.two"]
        assert row["fate"] == "caught"
    else:
        assert row["fate"] == "swallowed"


def test_a_copied_signal(connect):
    signal = Signal()
    connect(signal, one)
    copied = copy.copy(signal)
    with record_signals() as recording:
        assert copied.send(None) == [(one, 1)]

    assert recording.totals.calls == 1


def test_what_cannot_be_recorded_is_counted(connect):
    async def hears(**kwargs):
        return 1

    signal = Signal()
    connect(signal, hears)
    early = signal.send

    def outsider():
        return list(signal._live_receivers(None)[1])

    with record_signals() as recording:
        assert early(None) == [(hears, 1)]
        assert outsider() == [hears]
        assert signal.has_listeners()

    assert recording.dispatches == []
    assert sorted(reason for _, reason in recording.unrecorded) == ["async", "by outsider"]
    assert [[row["reason"], row["count"]] for row in build(recording, Config())["unrecorded"]] == [
        ["async", 1],
        ["by outsider", 1],
    ]


def test_the_classes_are_as_before():
    before = {name: vars(PluginSignal)[name] for name in ("send", "send_chained")}
    with record_signals():
        assert vars(PluginSignal)["send"] is not before["send"]
    assert {name: vars(PluginSignal)[name] for name in before} == before
    assert "__init_subclass__" not in vars(Signal)


# What the program would notice -----------------------------------------------------------


class Own(Signal):
    def send(self, sender, **named):
        return [
            (each, each(signal=self, sender=sender)) for each in self._live_receivers(sender)[0]
        ]


class Unhashable:
    """As a model instance whose key is gone: it can be in a set, and not be put in again."""

    is_hashable = True

    def __hash__(self):
        if not self.is_hashable:
            raise TypeError("no key")
        return 1


def test_responses_are_not_touched(connect):
    item = Unhashable()
    responses = [{item}, frozenset({1, 2}), {"a": [1]}]
    item.is_hashable = False
    signal = Own()
    for response in responses:
        connect(signal, functools.partial(lambda response, **kwargs: response, response))
    with record_signals() as recording:
        found = [response for _, response in signal.send(None)]

    assert all(mine is given for mine, given in zip(found, responses, strict=True))
    assert len(responses[0]) == 1
    assert recording.faults == []


class Generates(Signal):
    def _live_receivers(self, sender):
        yield from super()._live_receivers(sender)[0]

    def send(self, sender, **named):
        return [each(signal=self, sender=sender) for each in self._live_receivers(sender)]


class Flat(Signal):
    def _live_receivers(self, sender):
        return super()._live_receivers(sender)[0]

    def send(self, sender, **named):
        return [each(signal=self, sender=sender) for each in self._live_receivers(sender) + []]  # noqa: RUF005 - a tuple would raise


class Tuples(Signal):
    def _live_receivers(self, sender):
        return tuple(map(tuple, super()._live_receivers(sender)))

    def send(self, sender, **named):
        return [each(signal=self, sender=sender) for each in self._live_receivers(sender)[0]]


@pytest.mark.parametrize(
    ("cls", "calls"), [(Generates, 2), (Flat, 0), (Tuples, 2)], ids=lambda each: str(each)
)
def test_a_look_up_of_its_own_shape(connect, cls, calls):
    signal = cls()
    for receiver in (one, two):
        connect(signal, receiver)
    with record_signals() as recording:
        assert signal.send(None) == [1, 2]

    assert recording.totals.calls == calls
    assert bool(recording.unrecorded) == (calls == 0)
    assert recording.faults == []


class Uses(Signal):
    def send_using(self, sender, use):
        return [use(each) for each in self._live_receivers(sender)[0] if each]


class Falsy:
    def __bool__(self):
        return False

    def __call__(self, **kwargs):
        raise AssertionError("it is false")


def counted(receiver):
    receiver.count = getattr(receiver, "count", 0) + 1
    del receiver.count


@pytest.mark.parametrize(
    "use",
    [
        counted,
        pickle.dumps,
        lambda each: weakref.ref(each) and None,
        lambda each: isinstance(each, type(one)),
        lambda each: each.__name__,
        lambda each: each in {one},
    ],
    ids=["attributes", "pickle", "weakref", "class", "name", "set"],
)
def test_what_a_method_does_with_a_receiver(connect, use):
    signal = Uses()
    connect(signal, one)
    connect(signal, Falsy())
    plain = signal.send_using(None, use)
    with record_signals():
        recorded = signal.send_using(None, use)

    assert [pickle.loads(each) if type(each) is bytes else each for each in recorded] == [
        pickle.loads(each) if type(each) is bytes else each for each in plain
    ]


def test_what_keeps_a_receiver_keeps_nothing_else(connect):
    kept = []

    class Keeps(Signal):
        def send_and_keep(self, sender):
            for each in self._live_receivers(sender)[0]:
                each(signal=self, sender=sender)
                kept.append(functools.partial(each, signal=self))

    signal = Keeps()
    connect(signal, one)
    with record_signals() as recording:
        signal.send_and_keep(None)
    gone = weakref.ref(node_of(recording))
    del recording
    gc.collect()

    assert gone() is None
    assert kept[0]() == 1


def test_receivers_in_an_exception(connect):
    class Raises(Signal):
        def send_or_raise(self, sender):
            for each in self._live_receivers(sender)[0]:
                each(signal=self, sender=sender)
                raise LookupError(each)

    signal = Raises()
    connect(signal, one)
    with record_signals(), pytest.raises(LookupError) as raised:
        signal.send_or_raise(None)

    assert raised.value.args[0] is one


class Suspended(Signal):
    def send(self, sender, **named):
        try:
            for each in self._live_receivers(sender)[0]:
                yield each, each(signal=self, sender=sender)
        finally:
            closed.append(True)


closed: list[bool] = []


def test_a_generator_that_is_let_go_is_closed(connect):
    signal = Suspended()
    connect(signal, one)

    def use():
        local = Sender()
        steps = signal.send(None)
        next(steps)
        return weakref.ref(local)

    gc.disable()
    try:
        with record_signals() as recording:
            local = use()
            assert closed.pop()
            assert local() is None
    finally:
        gc.enable()
    assert recording.totals.calls == 1


# How it is counted -------------------------------------------------------------------------


def test_two_look_ups_and_then_the_calls(connect):
    class Both(Signal):
        def send(self, sender, **named):
            receivers = self._live_receivers(sender)[0] + self._live_receivers(int)[0]
            return [each(signal=self, sender=sender) for each in receivers]

    signal = Both()
    connect(signal, one, sender=str)
    connect(signal, two, sender=int)
    with record_signals() as recording:
        assert signal.send(str) == [1, 2]

    assert (recording.totals.calls, recording.totals.unheard) == (2, 0)
    assert [names(each) for each in recording.dispatches] == [["one"], ["two"]]


def test_looking_is_not_sending(connect):
    class Counts(Signal):
        def how_many(self, sender):
            return len(self._live_receivers(sender)[0])

        def _live_receivers(self, sender):
            return tuple(map(sorted, super()._live_receivers(sender)))

    signal = Counts()
    connect(signal, one)
    with record_signals() as recording:
        assert signal.how_many(None) == 1
        assert signal.has_listeners(None)

    assert (recording.totals.dispatches, recording.totals.unheard) == (0, 0)
    assert recording.unrecorded == {}


def test_a_coroutine_handed_on(connect):
    class HandsOn(Signal):
        def asend(self, sender, **named):
            return super().asend(sender, **named)

    signal = HandsOn()
    connect(signal, one)

    async def sends():
        with record_signals() as recording:
            await signal.asend(None)
        return recording

    totals = asyncio.run(sends()).totals
    assert (totals.dispatches, totals.calls, totals.unheard) == (1, 1, 0)


def test_each_error_that_a_method_swallows(connect):
    signal = Swallows()

    def raises(**kwargs):
        raise ValueError("no")

    connect(signal, raises)
    connect(signal, one)
    with record_signals() as recording:
        signal.send_quietly(None)

    row = next(row for row in build(recording, Config())["rows"] if row.get("errors"))
    assert row["fate"] == "swallowed"


def test_a_robust_send_that_is_not(connect):
    class NotRobust(Signal):
        def send_robust(self, sender, **named):
            return [each(signal=self) for each in self._live_receivers(sender)[0]]

    def raises(**kwargs):
        raise ValueError("no")

    signal = NotRobust()
    connect(signal, raises)
    with record_signals() as recording, pytest.raises(ValueError, match="no"):
        signal.send_robust(None)

    row = next(row for row in build(recording, Config())["rows"] if row.get("errors"))
    assert row["fate"] == "caught"
