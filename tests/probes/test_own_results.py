"""What signal classes that send by themselves return: the very receivers, in any shape."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from django.dispatch import Signal
from own_receivers import names, one, two

from signals_panel import record_signals


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
