"""A signal's own state, look-ups and methods, and what they see of wrappers."""

from __future__ import annotations

import asyncio

from django.dispatch import Signal
from every_method import send

from shop.models import Product
from signals_panel import record_signals
from signals_panel.probes.signals import wrappers


def hears(**kwargs):
    pass


def test_the_signal_s_own_state_is_untouched():
    def state_after(record):
        signal = Signal(use_caching=True)
        signal.connect(hears, sender=Product)
        before = list(signal.receivers)

        class Other:
            pass

        def work():
            assert signal.has_listeners(Product)
            assert not signal.has_listeners(Other)
            signal.send(sender=Product)
            signal.send(sender=Other)

        if record:
            with record_signals():
                work()
        else:
            work()
        cache = {
            sender.__name__: [type(part).__name__ for entry in value for part in entry]
            if isinstance(value, list)
            else type(value).__name__
            for sender, value in signal.sender_receivers_cache.items()
        }
        return signal.receivers == before, cache

    assert state_after(record=True) == state_after(record=False)


def test_live_receivers_are_real_outside_of_a_send():
    signal = Signal()
    signal.connect(hears)

    def looks(**kwargs):
        seen.extend(signal._live_receivers(None)[0])

    seen = []
    signal.connect(looks)
    with record_signals():
        seen.extend(signal._live_receivers(None)[0])
        signal.send(sender=None)

    assert seen == [hears, looks] * 2
    assert not [receiver for receiver in seen if isinstance(receiver, wrappers.Wrapper)]


def test_a_signal_that_overrides_send_and_calls_django_s(recorded):
    class Counted(Signal):
        sent = 0

        def send(self, sender, **named):
            self.sent += 1
            responses = super().send(sender, **named)
            self.seen = [receiver for receiver, _ in responses]
            return responses

    signal = Counted()
    signal.connect(hears)
    signal.send(sender=None)

    assert signal.sent == 1
    assert signal.seen == [hears]
    if recorded:
        assert recorded.totals.dispatches == 1


def test_a_signal_that_sends_by_itself(recorded):
    class Own(Signal):
        def send(self, sender, **named):
            return [(r, r(signal=self, sender=sender)) for r in self._live_receivers(sender)[0]]

    signal = Own()
    signal.connect(hears)

    ((receiver, _),) = signal.send(sender=None)
    assert receiver is hears


def test_a_wrapper_has_what_its_receiver_has():
    class Receiver:
        """Says so."""

        attribute = 1

        def __call__(self, **kwargs):
            pass

    Receiver.receiver_class = Receiver
    receiver = Receiver()
    seen = []

    class Looks(Signal):
        def send_all(self, sender):
            seen.extend(self._live_receivers(sender)[0])
            for each in seen:
                each(signal=self, sender=sender)
            look(seen.pop())

    signal = Looks()
    signal.connect(receiver)
    with record_signals() as recording:
        signal.send_all(sender=None)

    assert recording.totals.calls == 1


def test_every_wrapper_is_described_as_its_receiver():
    def receiver(**kwargs):
        """Says so."""

    for kind in wrappers._WRAPPERS:
        wrapper = kind(receiver, None, None)
        assert (wrapper.__module__, wrapper.__doc__) == (__name__, "Says so.")
        assert wrapper.__name__ == "receiver"


def look(wrapper):
    assert type(wrapper) is wrappers.OwnWrapper
    assert isinstance(wrapper, wrapper.receiver_class)
    assert wrapper.attribute == 1
    assert wrapper.__module__ == __name__
    assert wrapper.__doc__ == "Says so."
    assert wrapper == wrapper._signals_panel_receiver
    assert hash(wrapper) == hash(wrapper._signals_panel_receiver)
    assert repr(wrapper) == repr(wrapper._signals_panel_receiver)
    assert not hasattr(wrapper, "__qualname__")
    assert not hasattr(wrapper, "__name__")


def test_receivers_are_looked_up_once(recorded):
    class Counted(Signal):
        pass

    lookups = []
    signal = Counted()
    djangos = signal._clear_dead_receivers

    def counts():
        lookups.append(1)
        djangos()

    async def hears_async(**kwargs):
        pass

    signal.connect(hears_async)
    signal.connect(hears)
    signal._clear_dead_receivers = counts
    responses = signal.send(sender=None)

    assert len(lookups) == 1
    assert {receiver for receiver, _ in responses} == {hears, hears_async}


def test_a_sender_that_sends_when_it_is_looked_up(recorded):
    """Caches ask for its hash, in the middle of the look-up."""
    signal, responses = Signal(), []

    def hears(**kwargs):
        return 1

    class Sender:
        is_sending = False

        def __hash__(self):
            if not Sender.is_sending:
                Sender.is_sending = True
                responses.extend(signal.send(sender=None))
                Sender.is_sending = False
            return 1

    signal.connect(hears)
    responses.extend(send(signal, "send", sender=Sender()))
    responses.extend(send(signal, "asend", sender=Sender()))

    assert len(responses) > 2
    # By identity: a wrapper says that it is equal.
    assert all(receiver is hears for receiver, _ in responses)


def test_a_signal_whose_instance_looks_up_its_own_way(recorded):
    signal = Signal()

    async def hears(**kwargs):
        await asyncio.sleep(0)
        return 1

    signal.connect(hears)
    signal._live_receivers = lambda sender: ([], [hears])

    assert send(signal, "asend") == [(hears, 1)]
