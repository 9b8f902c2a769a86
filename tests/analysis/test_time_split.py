"""What the time went to: outside of receivers, their Python, each kind of effect in them."""

from __future__ import annotations

import asyncio

import pytest
from django.core.signals import request_started
from django.db import transaction
from django.dispatch import Signal

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.analysis import analyse
from signals_panel.analysis.time import split as time_split
from signals_panel.effects import kind_of, watch

outer, inner = Signal(), Signal()


class Away:
    """Stands for mail and for another site; what it does inside is its caller's to say."""

    def mail(self, work):
        work()

    def fetch(self, work):
        work()


watch(kind_of("mail"), owners=[Away], methods=["mail"], describe=lambda operation: "a mail")
watch(kind_of("http"), owners=[Away], methods=["fetch"], describe=lambda operation: "a page")

away = Away()


@pytest.fixture
def split(clock):
    """Record a function, and give what its time went to, as (outside, python, effects)."""

    def split_of(work):
        with record_signals() as recording:
            work()
        time = analyse(recording).time
        whole = recording.totals.duration_ms
        assert time.outside + time.python + sum(time.effects.values()) == pytest.approx(whole)
        return time.outside, time.python, time.effects

    return split_of


def test_each_kind_in_receivers_and_none_outside(split, connect, clock, query):
    def receives(**kwargs):
        clock.tick(1)
        query(2)
        away.mail(lambda: clock.tick(3))
        away.fetch(lambda: clock.tick(4))
        query(5)

    def works():
        query(6)
        outer.send(None)
        away.mail(lambda: clock.tick(7))

    connect(outer, receives)
    assert split(works) == (13, 1, {"sql": 7, "mail": 3, "http": 4})


def test_what_is_inside_an_effect_is_part_of_it(split, connect, clock, query):
    def sends():
        clock.tick(1)
        query(2)
        inner.send(None)

    connect(outer, lambda **kwargs: away.fetch(sends))
    connect(inner, lambda **kwargs: query(4))
    assert split(lambda: outer.send(None)) == (0, 0, {"http": 7})


def test_receivers_inside_an_effect_that_is_in_none(split, connect, clock, query):
    def receives(**kwargs):
        clock.tick(1)
        query(4)

    def sends():
        query(2)
        inner.send(None)

    connect(inner, receives)
    assert split(lambda: away.fetch(sends)) == (2, 1, {"sql": 4})


def test_receivers_that_are_nested_are_counted_once(split, connect, clock, query):
    def receives(**kwargs):
        query(1)
        inner.send(None)

    connect(outer, receives)
    connect(inner, lambda **kwargs: query(2))
    assert split(lambda: outer.send(None)) == (0, 0, {"sql": 3})


def test_housekeeping_is_outside_of_receivers(visit, connect):
    report = visit("/showcase/nothing/").report
    assert report["housekeeping"]["ms"]
    assert report["time"] == {
        "outside": report["totals"]["duration_ms"], "python": 0, "effects": {}
    }  # fmt: skip

    connect(request_started, lambda **kwargs: Tag.objects.count())
    report = visit("/showcase/nothing/").report
    time, ours = report["time"], report["totals"]["receiver_ms"] - report["housekeeping"]["ms"]
    assert list(time["effects"]) == ["sql"]
    assert time["python"] + time["effects"]["sql"] == pytest.approx(ours)


@pytest.mark.django_db(transaction=True)
def test_what_was_put_off_and_ran_in_no_receiver_is_outside(split, connect, clock, query):
    connect(outer, lambda **kwargs: transaction.on_commit(lambda: query(5)))

    def works():
        with transaction.atomic():
            outer.send(None)
            clock.tick(1)

    assert split(works) == (6, 0, {})


@pytest.mark.django_db(transaction=True)
def test_what_was_put_off_and_ran_in_a_receiver_is_in_its_time(split, connect, clock, query):
    def commits(**kwargs):
        with transaction.atomic():
            transaction.on_commit(lambda: query(5))
            clock.tick(1)

    connect(outer, commits)
    assert split(lambda: outer.send(None)) == (0, 1, {"sql": 5})


def test_where_receivers_overlap_effects_are_cut_to_their_time(split, connect, clock):
    async def first(**kwargs):
        await asyncio.sleep(0)
        away.mail(lambda: clock.tick(4))

    async def second(**kwargs):
        await asyncio.sleep(0)
        away.fetch(lambda: clock.tick(2))

    connect(outer, first)
    connect(outer, second)
    outside, python, effects = split(lambda: asyncio.run(outer.asend(None)))
    assert (outside, python) == (0, 0)
    assert effects == {"mail": 4, "http": 2}


def test_effects_that_take_longer_than_their_receivers_are_scaled(connect, clock, query):
    def receives(**kwargs):
        query(3)
        away.mail(lambda: clock.tick(1))

    connect(outer, receives)
    with record_signals() as recording:
        outer.send(None)
    # As if another receiver had waited meanwhile for the same.
    found = analyse(recording)
    (call,) = [each.call for each in found.tree.calls]
    for group in call.children.values():
        group.ns *= 2
    time = time_split(found.tree, found.glance)
    assert (time.outside, time.python) == (0, 0)
    assert time.effects == pytest.approx({"sql": 3, "mail": 1})


def test_what_has_no_room_is_in_its_kind(split, connect, clock, query, settings):
    """With more texts than a bounded group holds, what stands for the rest has the time."""
    settings.SIGNALS_PANEL = {"MAX_KEPT": 5}

    def receives(number, **kwargs):
        query(1, f"SELECT {number}")

    def works():
        for number in range(300):
            outer.send(None, number=number)

    connect(outer, receives)
    assert split(works) == (0, 0, {"sql": 300})
