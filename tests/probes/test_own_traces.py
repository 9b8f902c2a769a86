"""What a method that sends by itself could notice of the recording, and doesn't."""

from __future__ import annotations

import functools
import gc
import pickle
import weakref

import pytest
from django.dispatch import Signal
from own_receivers import one, two

from signals_panel import record_signals
from signals_panel.results import node_of


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


class Sender:
    pass


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
