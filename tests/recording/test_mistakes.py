"""Each place that keeps a mistake of ours from the program: it goes on, and the fault is told."""

from __future__ import annotations

import logging

import pytest
from django.core.cache import cache
from django.db.models.signals import post_save
from django.dispatch import Signal
from reports import build, stored_panel

import signals_panel
from shop.models import Product
from signals_panel import record_signals
from signals_panel.describe import receivers, senders, signals
from signals_panel.effects import spans
from signals_panel.panel import panel
from signals_panel.probes import exceptions, requests
from signals_panel.probes.requests import hooks
from signals_panel.probes.signals import early_sends, own_classes, own_sends
from signals_panel.recording import adding, dispatching, lifecycle

_namespace = {}
exec(
    compile(
        # A mistake of ours is raised by code of the package: this stands in one of its files.
        "def buggy(*args, **kwargs):\n    raise RuntimeError('ours')",
        signals_panel.__file__,
        "exec",
    ),
    _namespace,
)
buggy = _namespace["buggy"]

plain = Signal()


class OwnSignal(Signal):
    """Sends by itself, all ways."""

    def send(self, sender, **named):
        return [
            (each, each(signal=self, sender=sender)) for each in self._live_receivers(sender)[0]
        ]

    def each(self, sender):
        for receiver in self._live_receivers(sender)[0]:
            yield receiver(signal=self, sender=sender)


own = OwnSignal()


def hears(**kwargs):
    return "heard"


def fails(**kwargs):
    raise LookupError("the receiver's own")


def caches(**kwargs):
    return cache.get("nobody")


def send_plain():
    return [response for _, response in plain.send(None)]


def send_failing():
    with pytest.raises(LookupError, match="the receiver's own"):
        plain.send(None)


def send_own():
    found = own.send(None)
    assert [receiver for receiver, _ in found] == [hears]
    return [response for _, response in found]


def send_own_failing():
    with pytest.raises(LookupError, match="the receiver's own"):
        own.send(None)


def send_each():
    return list(own.each(None))


def send_early():
    return [each(signal=plain, sender=None) for each in plain._live_receivers(None)[0]]


def send_anew():
    """What nobody has asked for the name of yet."""
    signal, sender = Signal(), type("Anew", (), {})
    signal.connect(lambda **kwargs: "heard", weak=False)
    return [response for _, response in signal.send(sender)]


def define():
    class Late(OwnSignal):
        def send(self, sender, **named):
            return self._live_receivers(sender)

    return Late().send(None)


@pytest.mark.parametrize(
    ("module", "name", "program", "connected", "where"),
    [
        (dispatching, "traceback_places", send_failing, [fails], "a receiver's exception"),
        (dispatching, "receiver_name", send_failing, [fails, hears], "a receiver's exception"),
        (spans, "end_effect", send_plain, [caches], "an effect (cache)"),
        (spans, "begin_effect", send_plain, [caches], "an effect (cache)"),
        (early_sends, "receiver_name", send_early, [hears], "a send that began elsewhere"),
        (own_classes, "sending_methods", define, [hears], "a new signal class"),
        (own_sends, "is_pair", send_own, [hears], "a signal's own receivers"),
        (own_sends, "call_site", send_each, [hears], "a call site"),
        (own_sends, "finish", send_own, [hears], "a signal's own method"),
        (own_sends, "error_text", send_own_failing, [fails], "a signal's own method"),
        (own_sends, "give_back", send_own, [hears], "a signal's own result"),
        (receivers, "_describe", send_anew, [], None),
        (senders, "_name", send_anew, [], None),
        (signals, "_find_definition", send_anew, [], None),
        (lifecycle, "give_up", send_plain, [hears], "a block's end"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_program_goes_on(connect, monkeypatch, caplog, module, name, program, connected, where):
    for receiver in connected:
        connect(plain, receiver)
        connect(own, receiver)
    expected = program()
    with record_signals() as recording:
        monkeypatch.setattr(module, name, buggy)
        found = program()
    assert str(found) == str(expected)
    if where is None:
        # What can't be named is called so, which is no fault to tell.
        (dispatch,) = recording.dispatches
        words = f"{dispatch.signal}, {dispatch.sender}, {dispatch.calls[0].receiver}"
        assert "that can't be named" in words or "unnamed" in words
    assert recording.faults == ([f"{where}: RuntimeError: ours"] if where else [])
    told = [record for record in caplog.records if record.name == "signals_panel"]
    assert len(told) == len(recording.faults)
    build(recording)
    # And all is as it should be with the next one.
    monkeypatch.undo()
    with record_signals() as recording:
        assert str(program()) == str(expected)
    assert recording.faults == []


def test_the_toolbar_s_time(visit, monkeypatch):
    monkeypatch.setattr(adding, "Stretch", buggy)
    served = visit("/shop/product/signal/")
    assert served.status == 200
    assert served.report["faults"] == ["the toolbar's time: RuntimeError: ours"]


def test_what_a_receiver_raised(visit, connect, monkeypatch):
    monkeypatch.setattr(exceptions, "end_failures", buggy)
    connect(post_save, fails, sender=Product)
    served = visit("/shop/product/signal/")
    assert served.status == 500
    assert served.report["faults"] == ["what a receiver raised: RuntimeError: ours"]


@pytest.mark.parametrize("name", ["_hide_own_frames", "extent"])
def test_the_panel_itself(visit, monkeypatch, caplog, name):
    monkeypatch.setattr(panel, name, buggy)
    assert visit("/shop/product/signal/").status == 200
    told = [record for record in caplog.records if record.name == "signals_panel"]
    assert [str(record.exc_info[1]) for record in told] == ["ours"]


def test_a_panel_without_a_recording(visit, monkeypatch, caplog):
    monkeypatch.setattr(hooks, "begin_request", buggy)
    monkeypatch.setattr(requests, "begin_request", buggy)
    assert visit("/shop/product/signal/").status == 200
    told = [record.getMessage() for record in caplog.records if record.name == "signals_panel"]
    assert "django-signals-panel failed in enable_instrumentation." in told


def test_the_panel_s_line_in_the_toolbar(visit, monkeypatch):
    served = visit("/shop/product/signal/")
    monkeypatch.setattr(panel, "headline", buggy)
    assert stored_panel(served.request_id).nav_subtitle == ""


class Raising(logging.Handler):
    def emit(self, record):
        raise RuntimeError("the handler's own")


def test_a_logger_that_raises(connect, monkeypatch):
    connect(plain, hears)
    logger = logging.getLogger("signals_panel")
    logger.addHandler(handler := Raising())
    monkeypatch.setattr(early_sends, "receiver_name", buggy)
    try:
        with record_signals() as recording:
            assert send_early() == ["heard"]
    finally:
        logger.removeHandler(handler)
    assert len(recording.faults) == 1
