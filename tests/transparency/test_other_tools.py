"""Other tools that patch the same methods, before and after us, in every order."""

from __future__ import annotations

import functools
import itertools
import subprocess
import sys

import pytest
from django.dispatch import Signal
from reports import build

from signals_panel import record_signals
from signals_panel.conf import get_config
from signals_panel.probes.signals import send as dispatch


class Tool:
    """A tool that counts sends, and puts back what it found."""

    def __init__(self):
        self.sent = 0

    def install(self):
        self.found = Signal.__dict__["send"]
        tool, found = self, self.found

        def send(signal, sender, **named):
            tool.sent += 1
            return found(signal, sender, **named)

        Signal.send = send

    def uninstall(self):
        Signal.send = self.found


def hears(**kwargs):
    hears.calls += 1


@pytest.fixture
def signal():
    hears.calls = 0
    signal = Signal()
    signal.connect(hears)
    yield signal
    probe = dispatch.probe
    assert probe._placed == {}
    probe._left.clear()


ORDERS = [
    order
    for order in itertools.permutations(["us on", "tool on", "us off", "tool off"])
    if order.index("us on") < order.index("us off")
    and order.index("tool on") < order.index("tool off")
]


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_every_order(signal, order):
    djangos = Signal.__dict__["send"]
    tool = Tool()
    block = record_signals()
    recording = None
    sends = in_tool = 0
    for step in order:
        if step == "us on":
            recording = block.__enter__()
        elif step == "us off":
            block.__exit__(None, None, None)
        elif step == "tool on":
            tool.install()
        else:
            tool.uninstall()
        done = order[: order.index(step) + 1]
        sends += 1
        in_tool += "tool on" in done and "tool off" not in done
        ((receiver, _),) = signal.send(sender=None)
        assert receiver is hears

    assert hears.calls == sends == 4
    assert recording.faults == []
    # Never twice; a tool that takes out what it finds may take us out with it.
    assert recording.totals.dispatches <= order.index("us off") - order.index("us on")
    # What stayed under another tool is silent, and taken back with the next recording.
    with record_signals() as again:
        signal.send(sender=None)
    assert again.totals[:2] == (1, 1)
    Signal.send = djangos


def test_a_tool_whose_wrapper_looks_like_django_s(signal):
    """functools.wraps gives it the name and module of what it wraps."""
    seen = []
    found = Signal.send

    @functools.wraps(found)
    def send(self, sender, **named):
        seen.append(sender)
        return found(self, sender, **named)

    Signal.send = send
    try:
        with record_signals() as recording:
            signal.send(sender=int)
            Signal().send(sender=str)
    finally:
        Signal.send = found

    assert seen == [int, str]
    assert recording.totals[:3] == (1, 1, 1)


@pytest.mark.parametrize("order", [("us", "tool"), ("tool", "us")])
def test_both_see_every_send(signal, order):
    djangos = Signal.__dict__["send"]
    tool = Tool()
    try:
        if order[0] == "tool":
            tool.install()
        with record_signals() as recording:
            if order[0] == "us":
                tool.install()
            for _ in range(3):
                signal.send(sender=None)
    finally:
        Signal.send = djangos
    assert (tool.sent, recording.totals.dispatches, recording.totals.calls) == (3, 3, 3)


def test_a_tool_that_wraps_receivers_anew_for_each_send(signal):
    """They are one receiver, with one row, and not silent."""
    found = Signal._live_receivers

    def wrapped(receiver):
        @functools.wraps(receiver)
        def traced(*args, **kwargs):
            return receiver(*args, **kwargs)

        return traced

    def _live_receivers(self, sender):
        return tuple([wrapped(each) for each in kind] for kind in found(self, sender))

    Signal._live_receivers = _live_receivers
    try:
        with record_signals() as recording:
            for _ in range(50):
                signal.send(sender=None)
    finally:
        Signal._live_receivers = found

    stats = build(recording, get_config())
    (call,) = (row for row in stats["rows"] if row["kind"] == "call")
    assert call["count"] == 50
    assert [row["calls"] for row in stats["receivers"]] == [50]
    assert stats["silent"] == []


SENTRY = """
import django
from django.conf import settings
database = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(DATABASES={"default": database})
django.setup()
from django.db import connection
from django.dispatch import Signal
import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from signals_panel import record_signals

events = []

class Transport(sentry_sdk.transport.Transport):
    def capture_envelope(self, envelope):
        events.append(envelope)

def start_sentry():
    sentry_sdk.init(
        "http://key@127.0.0.1/1", traces_sample_rate=1.0, transport=Transport,
        integrations=[DjangoIntegration(signals_spans=True)], default_integrations=False,
    )

signal = Signal()

def hears(**kwargs):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return 5

signal.connect(hears)
first = "{order}"
if first == "sentry":
    start_sentry()
for round in range(3):
    with record_signals() as recording:
        if first == "us" and round == 0:
            start_sentry()
        with sentry_sdk.start_transaction(name="t"):
            (receiver, response), = signal.send(sender=None)
    assert response == 5
    assert recording.totals[:5] == (1, 1, recording.totals.unheard, 1, 1), (round, recording.totals)
    call, = recording.dispatches[0].calls
    assert call.receiver == "__main__.hears", call.receiver
    assert call.defined_at.function == "hears", call.defined_at
    assert recording.faults == []
spans = [item.payload.json["spans"] for envelope in events for item in envelope.items
         if item.type == "transaction"]
assert len(spans) == 3, events
for each in spans:
    # Another "db" is the connection being opened.
    told = [span["description"] for span in each if span["op"] != "db"]
    told += [span["description"] for span in each if span["description"] == "SELECT 1"]
    assert told == ["__main__.hears", "SELECT 1"], each
print("both")
"""


@pytest.mark.parametrize("order", ["sentry", "us"])
def test_sentry(order):
    """Sentry's SDK, installed for real, which patches the dispatcher and the cursors."""
    result = subprocess.run(
        [sys.executable, "-c", SENTRY.replace("{order}", order)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "both\n"
