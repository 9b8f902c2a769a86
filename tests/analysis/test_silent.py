"""Receivers that are connected and weren't called, each with the reason."""

from __future__ import annotations

import gc

import pytest
from django.dispatch import Signal
from reports import build

from shop.models import Product
from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.describe import receiver_name, signal_name
from signals_panel.recording import DispatchKey, Group
from signals_panel.wiring import Connections
from signals_panel.wording import reason_text


def hears(**kwargs):
    pass


def also_hears(**kwargs):
    pass


def fails(**kwargs):
    raise ValueError("no stock")


class Listener:
    def method(self, **kwargs):
        pass


def silent(recording):
    report = build(recording)
    return [
        {
            **row,
            "reason": reason_text(row),
            "defined_at": row["defined_at"] and report["lines"][row["defined_at"]],
        }
        for row in report["silent"]
    ]


arrived, departed = Signal(), Signal()


def connection_of(signal, receiver, sender):
    dispatch = Group(DispatchKey(signal_name(signal), sender, "send", None))
    return Connections().of_receiver(dispatch, receiver_name(receiver))


def reasons(recording):
    return {(row["receiver"] or "?").rpartition(".")[2]: row["reason"] for row in silent(recording)}


def test_a_receiver_that_was_called_is_not_silent(connect):
    signal = Signal()
    connect(signal, hears)
    with record_signals() as recording:
        signal.send(sender=Tag)

    assert silent(recording) == []


def test_connected_for_another_sender(connect):
    signal = Signal()
    connect(signal, hears, sender=Product)
    connect(signal, also_hears)
    with record_signals() as recording:
        signal.send(sender=Tag)

    (row,) = silent(recording)
    assert row["receiver"] == "test_silent.hears"
    assert row["sender"] == "shop.Product"
    assert row["reason"] == "connected for shop.Product; the signal was sent by showcase.Tag"
    assert row["defined_at"] == [
        __file__, hears.__code__.co_firstlineno, "hears", "def hears(**kwargs):"
    ]  # fmt: skip


def test_of_a_signal_that_nobody_heard(connect):
    signal = Signal(use_caching=True)
    connect(signal, hears, sender=Product)
    with record_signals() as recording:
        signal.send(sender=Tag)
        signal.send(sender=Tag)

    assert recording.totals.unheard == 2
    assert list(reasons(recording)) == ["hears"]


def test_an_earlier_receiver_raised(connect):
    signal = Signal()
    connect(signal, fails)
    connect(signal, hears)
    with record_signals() as recording, pytest.raises(ValueError, match="no stock"):
        signal.send(sender=Tag)

    assert reasons(recording) == {
        "hears": "an earlier receiver raised: test_silent.fails, ValueError: no stock"
    }


def test_connected_only_afterwards(connect):
    signal = Signal()
    connect(signal, hears)
    with record_signals() as recording:
        signal.send(sender=Tag)
        connect(signal, also_hears)

    assert reasons(recording) == {"also_hears": "connected only after the signal was sent"}


GONE = "connected with a weak reference, and garbage-collected before the send"


def test_a_function_that_is_gone_is_counted(settings):
    # With DEBUG, Django's cache of signatures keeps a connected function alive.
    settings.DEBUG = False
    signal = Signal()

    def local(**kwargs):
        pass

    signal.connect(local)
    del local
    gc.collect()
    with record_signals() as recording:
        signal.send(sender=Tag)

    assert [row["reason"] for row in silent(recording)] == [GONE]


def test_a_method_whose_object_is_gone_is_named():
    signal = Signal()
    listener = Listener()
    signal.connect(listener.method)
    with record_signals() as recording:
        signal.send(sender=Tag)
        del listener
        gc.collect()
        signal.send(sender=Tag)

    assert reasons(recording) == {"method": GONE}


def test_the_panel_s_own_receivers_are_left_out():
    from django.core.signals import setting_changed

    with record_signals() as recording:
        setting_changed.send(sender=Tag, setting="X", value=1, enter=True)

    assert not [row for row in silent(recording) if "signals_panel" in row["receiver"]]


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({}, {"sender": None, "weak": False, "dispatch_uid": None}),
        ({"weak": True}, {"sender": None, "weak": True, "dispatch_uid": None}),
        ({"sender": Product}, {"sender": "shop.Product", "weak": False, "dispatch_uid": None}),
        ({"dispatch_uid": "mine"}, {"sender": None, "weak": False, "dispatch_uid": "mine"}),
    ],
)
def test_how_it_is_connected(connect, kwargs, expected):
    signal = Signal()
    connect(signal, hears, **kwargs)

    assert connection_of(signal, hears, "shop.Product") == [expected]


def test_no_longer_connected():
    assert connection_of(Signal(), hears, None) == []


def test_two_lambdas_of_one_scope(connect):
    signal = Signal()
    connect(signal, lambda **kwargs: None, sender=Tag)
    connect(signal, lambda **kwargs: None, sender=Product)
    with record_signals() as recording:
        signal.send(sender=Tag)

    assert [row["sender"] for row in silent(recording)] == ["shop.Product"]


def test_connected_for_a_class_that_never_sent(connect):
    signal = Signal()
    connect(signal, hears, sender=Listener)
    with record_signals() as recording:
        signal.send(sender=None)

    (reason,) = reasons(recording).values()
    assert reason.startswith("connected for ")
    assert reason.endswith("; the signal was sent by None")


def test_one_row_per_receiver(connect):
    """A receiver that is connected for many models says so in one row."""
    for sender in (Tag, Product, Listener):
        connect(arrived, hears, sender=sender)
    connect(departed, hears, sender=Tag)
    with record_signals() as recording:
        arrived.send(sender=None)
        departed.send(sender=None)

    (row,) = silent(recording)
    assert row["reason"] == "connected for 3 other senders; the signals were sent by None"
    assert row["more_signals"] == 1


def test_many_senders_end_with_how_many_more(connect):
    signal = Signal()
    connect(signal, hears, sender=Tag)
    with record_signals() as recording:
        for sender in (int, str, dict, set, list):
            signal.send(sender=sender)

    (reason,) = reasons(recording).values()
    assert reason == "connected for showcase.Tag; the signal was sent by dict, int, list and 2 more"


def test_other_reasons_come_first(connect):
    first, second = Signal(), Signal()
    connect(first, hears, sender=Tag)
    with record_signals() as recording:
        first.send(sender=None)
        second.send(sender=None)
        connect(second, hears)

    assert [row["reason"] for row in silent(recording)] == [
        "connected only after the signal was sent",
        "connected for showcase.Tag; the signal was sent by None",
    ]
