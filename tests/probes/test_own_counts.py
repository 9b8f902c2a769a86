"""Signal classes that send by themselves: what counts as a send, and what became of errors."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from django.dispatch import Signal
from own_receivers import names, one, two
from reports import build

from signals_panel import record_signals
from signals_panel.conf import Config


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
