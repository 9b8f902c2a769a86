"""Hooks come and go with the first recordings of a process, and stay from then on."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.dispatch import Signal

from signals_panel import record_signals, remove_hooks
from signals_panel.recording import lifecycle

signal = Signal()


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(lifecycle, "_MAX_COMINGS", 3)


def hooked():
    return vars(Signal)["send"].__code__.co_filename != Signal.__init__.__code__.co_filename


def record():
    with record_signals() as recording:
        signal.send(None)
    return recording


def test_they_stay_after_so_many(few, connect, db):
    connect(signal, lambda **kwargs: cache.get("x"))
    for _ in range(3):
        record()
        assert not hooked()
    found = record()
    assert hooked()
    # They pass through, and record as they did.
    before = vars(Signal)["send"]
    assert [response for _, response in signal.send(None)] == [None]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    again = record()
    assert vars(Signal)["send"] is before
    assert again.totals[:5] == found.totals[:5] == (1, 1, 0, 0, 0)
    assert again.totals.effects == {"cache": 1}


def test_what_is_imported_later_is_hooked_all_the_same(few, connect):
    for _ in range(4):
        record()

    from django.core.cache.backends.locmem import LocMemCache

    class Late(LocMemCache):
        def get(self, key, default=None, version=None):
            return "late"

    late = Late("late", {})
    connect(signal, lambda **kwargs: late.get("x"))
    (call,) = record().dispatches[0].calls
    assert [effect.text for effect in call.effects] == ["get x"]

    class Own(Signal):
        def send(self, sender, **named):
            return [each(signal=self, sender=sender) for each in self._live_receivers(sender)[0]]

    own = Own()
    own.connect(hears := lambda **kwargs: "heard")
    with record_signals() as recording:
        assert own.send(None) == ["heard"]
    assert recording.totals[:2] == (1, 1)
    own.disconnect(hears)


def test_they_can_be_removed(few):
    for _ in range(4):
        record()
    with record_signals(), pytest.raises(RuntimeError, match="Something is being recorded"):
        remove_hooks()
    assert hooked()
    remove_hooks()
    assert not hooked()
    record()
    assert not hooked()


@pytest.mark.parametrize("method", ["send", "send_robust"])
def test_a_sender_is_asked_for_its_hash_as_often(few, method):
    class Sender:
        asked = 0

        def __hash__(self):
            Sender.asked += 1
            return 1

    got = []

    async def awaits(signal, **kwargs):
        got.append(signal)

    mixed = Signal()
    mixed.connect(awaits)
    mixed.connect(hears := lambda signal, **kwargs: got.append(signal))

    def responses():
        Sender.asked = 0
        found = getattr(mixed, method)(Sender())
        return [receiver for receiver, _ in found], Sender.asked

    plain = responses()
    for _ in range(4):
        record()
    assert hooked()
    assert responses() == plain
    assert plain[0] == [hears, awaits]
    assert all(each is mixed for each in got)
