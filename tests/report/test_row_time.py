"""Where the time of one row went: Python, effects by kind, the signals that it sent."""

from __future__ import annotations

import asyncio

import pytest
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal
from reports import build

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.effects import kind_of, watch

outer, inner, other = Signal(), Signal(), Signal()


class Away:
    """Stands for another site; what it does inside is its caller's to say."""

    def fetch(self, work):
        work()

    async def afetch(self, work):
        await work()


watch(
    kind_of("http"), owners=[Away], methods=["fetch", "afetch"], describe=lambda operation: "a page"
)

away = Away()


@pytest.fixture
def times(clock):
    """Record a function, and give the parts of rows, without those that are nothing."""

    def times_of(work, kind="call"):
        with record_signals() as recording:
            work()
        report = build(recording)
        found = []
        for index, row in enumerate(report["rows"]):
            # Those that took least may have no room.
            time = report["details"].get(str(index), {}).get("time")
            if row["kind"] == kind and time is not None:
                parts = {"python": time["python"], **time["effects"], **time["signals"]}
                parts["deferred"] = time["deferred"]
                assert sum(parts.values()) == pytest.approx(row["ms"])
                parts["scaled"] = time["is_scaled"]
                found.append({name: part for name, part in parts.items() if part})
        return found

    return times_of


def name_of(signal):
    return f"{__name__}.{signal}"


def test_of_a_call_its_own_and_the_signals_it_sent(times, connect, clock, query):
    def receives(**kwargs):
        clock.tick(1)
        query(2)
        away.fetch(lambda: clock.tick(3))
        inner.send(None)
        query(4)

    connect(outer, receives)
    connect(inner, lambda **kwargs: query(5))
    first, second = times(lambda: outer.send(None))
    assert first == {"python": 1, "sql": 6, "http": 3, name_of("inner"): 5}
    assert second == {"sql": 5}


def test_of_a_dispatch_all_that_its_receivers_did(times, connect, clock, query):
    def receives(**kwargs):
        clock.tick(1)
        inner.send(None)

    connect(outer, receives)
    connect(inner, lambda **kwargs: query(5))
    first, second = times(lambda: outer.send(None), "dispatch")
    assert first == {"python": 1, "sql": 5}
    assert second == {"sql": 5}


@pytest.mark.django_db
def test_of_an_operation(times, connect, clock, query):
    connect(post_save, lambda **kwargs: query(5), sender=Tag)
    (parts,) = times(lambda: Tag.objects.create(name="a"), "operation")
    assert parts == {"django.db.models.signals.post_save": 5}


@pytest.mark.django_db(transaction=True)
def test_of_deferred_work(times, connect, clock, query):
    def later():
        clock.tick(1)
        query(2)
        inner.send(None)

    connect(outer, lambda **kwargs: transaction.on_commit(later))
    connect(inner, lambda **kwargs: query(4))

    def works():
        with transaction.atomic():
            outer.send(None)

    (parts,) = times(works, "deferred")
    assert parts == {"python": 1, "sql": 2, name_of("inner"): 4}


@pytest.mark.django_db(transaction=True)
def test_what_its_own_commit_ran_is_a_part_of_a_call(times, connect, clock, query):
    def commits(**kwargs):
        with transaction.atomic():
            transaction.on_commit(lambda: query(5))
            clock.tick(1)

    connect(outer, commits)

    def works():
        outer.send(None)

    assert times(works) == [{"python": 1, "deferred": 5}]
    assert times(works, "dispatch") == [{"python": 1, "deferred": 5}]


def test_what_is_inside_an_effect_is_part_of_it(times, connect, clock, query):
    def sends():
        query(2)
        inner.send(None)

    connect(outer, lambda **kwargs: away.fetch(sends))
    connect(inner, lambda **kwargs: query(4))
    assert times(lambda: outer.send(None))[0] == {"http": 6}


def test_many_signals_are_one_part(times, connect, clock):
    many = [pre_save, post_save, pre_delete, post_delete]

    def sends(**kwargs):
        for signal in many:
            signal.send(Tag)

    connect(outer, sends)
    for signal in many:
        connect(signal, lambda **kwargs: clock.tick(1), sender=Tag)
    assert times(lambda: outer.send(None))[0] == {"": 4}


@pytest.mark.parametrize("max_kept", [1, 4, 7])
def test_what_is_not_kept_is_in_the_parts(times, connect, clock, query, settings, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}

    def receives(**kwargs):
        clock.tick(1)
        query(2)
        inner.send(None)
        other.send(None)

    connect(outer, receives)
    connect(inner, lambda **kwargs: query(4))
    connect(other, lambda **kwargs: clock.tick(8))

    def works():
        for _ in range(3):
            outer.send(None)

    assert times(works)[0] == {
        "python": 3, "sql": 6, name_of("inner"): 12, name_of("other"): 24
    }  # fmt: skip
    assert times(works, "dispatch")[0] == {"python": 27, "sql": 18}


def test_signals_without_room_of_their_own_are_one_part(times, connect, clock, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 2}
    senders = [type(f"Sender{number}", (), {}) for number in range(150)]

    def sends(**kwargs):
        clock.tick(1)
        for sender in senders:
            inner.send(sender)

    connect(outer, sends)
    connect(inner, lambda **kwargs: clock.tick(2))
    assert times(lambda: outer.send(None))[0] == {"python": 1, "": 300}


def test_receivers_that_overlap_are_in_proportion(times, connect, clock):
    async def works():
        clock.tick(4)
        await asyncio.sleep(0)

    async def fetches(**kwargs):
        await asyncio.sleep(0)
        await away.afetch(works)

    async def waits(**kwargs):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        clock.tick(4)

    connect(outer, fetches)
    connect(outer, waits)
    (parts,) = times(lambda: asyncio.run(outer.asend(None)), "dispatch")
    # Of the eight milliseconds in all four are of the page; but the receivers add up to twelve.
    assert parts == {
        "python": pytest.approx(16 / 3, abs=1e-3),
        "http": pytest.approx(8 / 3, abs=1e-3),
        "scaled": True,
    }
