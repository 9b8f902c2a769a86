"""A send asks for its receivers, and its sender for its hash, as often as without a recording."""

from __future__ import annotations

import asyncio

import pytest
from django.dispatch import Signal

from signals_panel import record_signals

METHODS = ["send", "send_robust", "asend", "asend_robust"]


def sync_receiver(**kwargs):
    return "sync"


async def async_receiver(**kwargs):
    return "async"


def call(signal, method, sender):
    result = getattr(signal, method)(sender=sender)
    return asyncio.run(result) if method.startswith("a") else result


class Once(Signal):
    """Hands out each receiver once."""

    def __init__(self):
        super().__init__()
        self.handed_out = []
        self.looked_up = 0

    def _live_receivers(self, sender):
        self.looked_up += 1
        found = super()._live_receivers(sender)
        fresh = tuple([each for each in group if each not in self.handed_out] for group in found)
        self.handed_out += [*fresh[0], *fresh[1]]
        return fresh


class ByHand(Signal):
    """Has an override on the object alone, and counts."""

    def __init__(self):
        super().__init__()
        self.handed_out, self.looked_up = [], 0
        inherited = super()._live_receivers

        def _live_receivers(sender):
            self.looked_up += 1
            found = inherited(sender)
            fresh = tuple(
                [each for each in group if each not in self.handed_out] for group in found
            )
            self.handed_out += [*fresh[0], *fresh[1]]
            return fresh

        self._live_receivers = _live_receivers


@pytest.mark.parametrize("kind", [Once, ByHand])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "receivers", [(sync_receiver,), (async_receiver,), (sync_receiver, async_receiver)]
)
def test_receivers_are_asked_for_once(kind, method, receivers):
    signal = kind()
    for receiver in receivers:
        signal.connect(receiver)
    with record_signals() as recording:
        responses = call(signal, method, None)
        again = call(signal, method, None)

    assert [receiver for receiver, _ in responses] == list(receivers)
    assert again == []
    assert signal.looked_up == 2
    assert recording.totals[:3] == (1, len(receivers), 1)
    assert recording.faults == []


class Hashed:
    """A sender that counts how often it is asked for its hash."""

    def __init__(self):
        self.asked = 0

    def __hash__(self):
        self.asked += 1
        return 1


@pytest.mark.parametrize("use_caching", [False, True])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "receivers", [(), (sync_receiver,), (async_receiver,), (sync_receiver, async_receiver)]
)
def test_the_sender_is_asked_for_its_hash_as_often(method, receivers, use_caching):
    asked = []
    for is_recorded in (False, True):
        signal, sender = Signal(use_caching=use_caching), Hashed()
        for receiver in receivers:
            signal.connect(receiver)
        if is_recorded:
            with record_signals():
                call(signal, method, sender)
                call(signal, method, sender)
        else:
            call(signal, method, sender)
            call(signal, method, sender)
        asked.append(sender.asked)
    assert asked[0] == asked[1]


class Untold(list):
    """A list that has no truth."""

    def __bool__(self):
        raise ValueError("no truth")


class Odd(Signal):
    def _live_receivers(self, sender):
        return Untold([sync_receiver]), [async_receiver]


@pytest.mark.parametrize("method", METHODS)
def test_a_list_whose_truth_can_t_be_asked_for(method):
    def result():
        signal = Odd()
        signal.connect(sync_receiver)
        try:
            return call(signal, method, None)
        except ValueError as error:
            return str(error)

    expected = result()
    with record_signals() as recording:
        assert result() == expected
    assert recording.faults == []


@pytest.mark.parametrize("method", METHODS)
def test_receivers_get_the_signal_itself(method):
    got = []

    def hears(signal, **kwargs):
        got.append(signal)

    async def awaits(signal, **kwargs):
        got.append(signal)

    signal = Signal()
    signal.connect(hears)
    signal.connect(awaits)
    with record_signals():
        call(signal, method, None)
    assert got == [signal, signal]
    assert all(each is signal for each in got)


@pytest.mark.parametrize("is_mixed", [False, True])
@pytest.mark.parametrize("method", ["send_robust", "asend_robust"])
def test_a_failure_is_logged_with_the_receiver_itself(method, is_mixed):
    def fails(**kwargs):
        raise ValueError("no stock")

    class Logs(Signal):
        def _log_robust_failure(self, receiver, error):
            logged.append(receiver)

    logged = []
    signal = Logs()
    signal.connect(fails)
    if is_mixed:
        signal.connect(async_receiver)
    with record_signals():
        call(signal, method, None)
    assert len(logged) == 1
    assert logged[0] is fails
