"""What is open at first sight: what is costly, what went wrong, and what was bypassed."""

from __future__ import annotations

import contextlib

import pytest
from checked import built
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import Signal

from showcase.models import Shelf, Tag
from signals_panel import record_signals
from signals_panel.report.opened import open_rows

pytestmark = pytest.mark.django_db(transaction=True)

outer, inner = Signal(), Signal()


def opened(report):
    """The rows that are open, by what they are called."""
    return [
        (row.get("receiver") or row.get("name") or row.get("model") or row.get("signal") or "")
        .rpartition(".")[2]
        for row in report["rows"]
        if row.get("open")
    ]  # fmt: skip


def select():
    connection.cursor().execute("SELECT 1")


@pytest.fixture
def costs(connect, clock):
    """Connect a receiver that takes some milliseconds, and may do something more."""

    def add(signal, ms, then=lambda: None, **kwargs):
        def receives(**kwargs):
            clock.tick(ms)
            then()

        receives.__qualname__ = f"takes_{ms}"
        connect(signal, receives, **kwargs)

    return add


def test_through_an_operation(costs):
    costs(outer, 1)
    costs(post_save, 5, sender=Tag)
    with record_signals() as recording:
        outer.send(None)
        Tag.objects.create()

    assert opened(built(recording)) == ["Tag", "post_save", "takes_5"]


def test_through_an_operation_in_a_receiver(costs):
    costs(post_save, 5, sender=Tag)
    costs(post_save, 1, Tag.objects.create, sender=Shelf)
    costs(post_save, 2, sender=Shelf)
    with record_signals() as recording:
        Shelf.objects.create()

    assert opened(built(recording)) == [
        *("Shelf", "post_save", "takes_1"),
        *("Tag", "post_save", "takes_5"),
    ]


def test_nothing_where_no_receiver_ran(clock):
    with record_signals() as recording:
        for _ in range(300):
            select()
            clock.tick(1)
        Tag.objects.create()

    assert opened(built(recording)) == []


def test_to_what_was_put_off(costs, clock):
    costs(outer, 5)
    costs(outer, 1, lambda: transaction.on_commit(lambda: clock.tick(9)))
    with record_signals() as recording, transaction.atomic():
        outer.send(None)

    assert opened(built(recording)) == ["outer", "takes_1", "<lambda>"]


@pytest.mark.parametrize(("is_heard", "expected"), [(False, []), (True, ["works", "outer"])])
def test_what_no_receiver_put_off_costs_what_its_receivers_do(costs, clock, is_heard, expected):
    def works():
        clock.tick(9)
        outer.send(None)

    if is_heard:
        costs(outer, 1)
    with record_signals() as recording, transaction.atomic():
        transaction.on_commit(works)

    assert opened(built(recording))[:2] == expected


def test_to_work_that_is_lost_and_to_errors(costs):
    def fails():
        raise ValueError("no mail")

    costs(outer, 0, lambda: transaction.on_commit(fails))
    costs(outer, 1, lambda: transaction.on_commit(select))
    costs(outer, 2)
    with record_signals() as recording, contextlib.suppress(ValueError), transaction.atomic():
        outer.send(None)
    report = built(recording)

    assert [row["fate"] for row in report["rows"] if row["kind"] == "deferred"] == [
        "ran",
        "dropped",
    ]
    assert opened(report) == ["outer", "takes_0", "fails", "takes_1", "select", "takes_2"]


def test_phases_in_which_receivers_were_bypassed():
    def operation(bypassed, level):
        return {"kind": "operation", "level": level, "errors": 0, "bypassed": bypassed}

    phases = [{"kind": "phase", "level": 1, "name": name} for name in "abc"]
    rows = [phases[0], operation(["f"], 2), phases[1], operation([], 2), phases[2]]
    open_rows(rows)

    assert [row.get("open", False) for row in rows] == [True, False, False, False, False]
    # Without phases there is nothing around it.
    open_rows([operation(["f"], 1)])


# Marks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "marks"), [(4, None), (5, ["repeated"])])
def test_what_a_receiver_saves_again_and_again_is_its_own(connect, clock, number, marks):
    def saves(**kwargs):
        for _ in range(number):
            Tag.objects.create()

    connect(outer, saves)
    with record_signals() as recording:
        outer.send(None)

    assert built(recording)["rows"][1].get("marks") == marks


def test_what_a_nested_receiver_repeats_and_what_is_put_off_is_not(connect, clock):
    def repeats(**kwargs):
        for _ in range(5):
            select()

    def saves(**kwargs):
        transaction.on_commit(repeats)
        Tag.objects.create()

    connect(outer, saves)
    connect(post_save, repeats, sender=Tag)
    with record_signals() as recording, transaction.atomic():
        outer.send(None)

    marks = {
        row["receiver"].rpartition(".")[2]: row.get("marks")
        for row in built(recording)["rows"]
        if row["kind"] == "call"
    }
    assert marks == {"saves": None, "repeats": ["repeated"]}


def test_a_rollback_does_not_reach_the_cache(connect):
    def stores(**kwargs):
        cache.set("a", 1)
        select()

    connect(outer, stores)
    with record_signals() as recording, contextlib.suppress(ValueError), transaction.atomic():
        outer.send(None)
        raise ValueError

    rows = built(recording)["rows"]
    at = next(index for index, row in enumerate(rows) if row["kind"] == "dispatch")
    assert [(row.get("effect", row["kind"]), row["rolled_back"]) for row in rows[at:]] == [
        ("dispatch", 1),
        ("call", 1),
        ("cache", 0),
        ("sql", 1),
    ]
