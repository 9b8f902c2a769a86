"""Signal classes that send by themselves, and sends that were taken before the recording."""

from __future__ import annotations

import copy
import functools

import pytest
from django.dispatch import Signal
from django.dispatch.dispatcher import NO_RECEIVERS
from own_receivers import names
from reports import build

from signals_panel import record_signals
from signals_panel.conf import Config
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
