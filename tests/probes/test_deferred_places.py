"""Deferred work in odd places: in blocks, other recordings, and where there is no room."""

from __future__ import annotations

import contextlib
import gc
import weakref

import pytest
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import Signal
from django.utils.functional import SimpleLazyObject
from reports import build

from showcase.models import Shelf, Tag
from signals_panel import record_signals
from signals_panel.results import node_of
from signals_panel.wording import notes

signal = Signal()

# SQLite is asked to begin by a query.
BEGIN = 1


def queries():
    connection.cursor().execute("SELECT 1")


def row_kinds(recording):
    return [row["kind"] for row in build(recording)["rows"]]


@pytest.mark.django_db
def test_no_recording_is_kept_alive_by_what_waits():
    kept = []
    with transaction.atomic():
        for _ in range(10):
            with transaction.atomic(), record_signals() as recording:
                transaction.on_commit(queries)
            kept.append(weakref.ref(node_of(recording)))
            del recording
    with record_signals(), transaction.atomic():
        pass
    gc.collect()

    assert [each() for each in kept] == [None] * 10


@pytest.mark.django_db(transaction=True)
def test_in_a_block_that_keeps_nothing_else():
    with record_signals() as recording, transaction.atomic():
        with record_signals():
            transaction.on_commit(queries)
        queries()

    assert [deferred.fate for deferred in recording.deferred] == ["ran"]
    assert "deferred" in row_kinds(recording)
    assert "more" not in row_kinds(recording)


@pytest.mark.django_db(transaction=True)
def test_in_a_block_in_deferred_work():
    def first():
        with record_signals(), transaction.atomic():
            transaction.on_commit(queries)

    with record_signals() as recording, transaction.atomic():
        transaction.on_commit(first)

    assert row_kinds(recording).count("deferred") == 2
    assert "more" not in row_kinds(recording)


@pytest.mark.django_db(transaction=True)
def test_in_another_recording_it_is_what_it_runs_in():
    with transaction.atomic():
        with record_signals() as first:
            transaction.on_commit(queries)
        second = record_signals()
        recording = second.__enter__()
    second.__exit__(None, None, None)

    assert [deferred.fate for deferred in first.deferred] == [None]
    assert recording.totals.all_effects["sql"] == 1
    assert "more" not in row_kinds(recording)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("max_kept", [1, 2, 3, 4, 5, 6, 8, 10_000])
def test_totals_don_t_depend_on_the_room(connect, settings, max_kept):
    def receives(**kwargs):
        with transaction.atomic():
            transaction.on_commit(lambda: Shelf.objects.create())
        Shelf.objects.create()

    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    connect(post_save, receives, sender=Tag)
    connect(post_save, lambda **kwargs: None, sender=Shelf)
    with record_signals() as recording:
        for number in range(3):
            Tag.objects.create(name=str(number))

    assert (recording.totals.dispatches, recording.totals.calls) == (9, 9)
    assert recording.totals.all_effects["sql"] == 9 + 3


@pytest.mark.django_db(transaction=True)
def test_without_room_it_has_its_own_time(connect, settings, clock):
    def slow():
        clock.tick(3)

    settings.SIGNALS_PANEL = {"MAX_KEPT": 2}
    connect(signal, lambda **kwargs: None)

    def leaves(**kwargs):
        atomic.__exit__(None, None, None)
        clock.tick(100)

    atomic = transaction.atomic()
    with record_signals() as recording:
        atomic.__enter__()
        transaction.on_commit(slow)
        signal.send(None)
        connect(signal, leaves)
        signal.send(None)

    (deferred,) = recording.deferred
    assert (deferred.fate, deferred.duration_ms) == ("ran", pytest.approx(3))


@pytest.mark.django_db(transaction=True)
def test_run_in_a_receiver_that_is_only_added_up(connect, settings):
    def leaves(**kwargs):
        atomic.__exit__(None, None, None)

    settings.SIGNALS_PANEL = {"MAX_KEPT": 2}
    connect(signal, lambda **kwargs: None)
    atomic = transaction.atomic()
    with record_signals() as recording:
        atomic.__enter__()
        transaction.on_commit(queries)
        signal.send(None)
        connect(signal, leaves)
        signal.send(None)

    assert recording.deferred[0].effects == []
    assert recording.totals.all_effects == {"sql": 1 + BEGIN, "transaction": 1}
    assert recording.totals.effects == {"sql": 1, "transaction": 1}


@pytest.mark.django_db(transaction=True)
def test_what_is_put_off_when_there_is_no_room_is_counted(connect, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 2}
    connect(signal, lambda **kwargs: transaction.on_commit(queries))
    with record_signals() as recording, transaction.atomic():
        signal.send(None)
        signal.send(None)
        signal.send(None)

    report = build(recording)
    assert report["no_room"] == {"deferred": 3 - len(recording.deferred)}
    assert len(recording.deferred) < 3
    (note,) = notes(report)
    assert note.startswith("Given to on_commit after MAX_KEPT")


@pytest.mark.django_db(transaction=True)
def test_transactions_that_have_no_room_are_counted(monkeypatch):
    monkeypatch.setattr("signals_panel.recording.transactions._MAX_TRANSACTIONS", 2)
    with record_signals() as recording:
        for _ in range(3):
            with transaction.atomic():
                queries()

    report = build(recording)
    assert report["no_room"] == {"transactions": 1}
    (note,) = notes(report)
    assert note.startswith("Opened after as many as are kept: 1 transaction.")


@pytest.mark.django_db(transaction=True)
def test_turning_autocommit_off_by_hand(connect):
    connect(post_save, lambda **kwargs: None, sender=Tag)
    with record_signals() as recording:
        transaction.set_autocommit(False)
        Tag.objects.create(name="a")
        transaction.commit()
        Tag.objects.create(name="b")
        transaction.rollback()
        Tag.objects.create(name="c")
        transaction.set_autocommit(True)
        Tag.objects.create(name="d")

    assert [dispatch.atomic for dispatch in recording.dispatches] == [("default",)] * 3 + [()]
    undone = [bool(dispatch.rolled_back) for dispatch in recording.dispatches]
    assert undone == [False, True, False, False]
    assert [tag.name for tag in Tag.objects.order_by("name")] == ["a", "c", "d"]


@pytest.mark.django_db(transaction=True)
def test_an_error_that_was_handled_before_is_no_reason():
    with record_signals() as recording:
        try:
            raise KeyError("old")
        except KeyError:
            with transaction.atomic():
                transaction.on_commit(queries)
                transaction.set_rollback(True)

    assert [deferred.reason for deferred in recording.deferred] == [""]


@pytest.mark.django_db
def test_bulk_operations_that_did_nothing_bypass_nobody(connect):
    connect(post_save, lambda **kwargs: None, sender=Tag)
    with record_signals() as recording:
        Tag.objects.bulk_create([])
        with contextlib.suppress(Exception):
            Tag.objects.update(nothing=1)

    rows = [row for row in build(recording)["rows"] if row["kind"] == "operation"]
    assert [row["bypassed"] for row in rows] == [[], []]


@pytest.mark.django_db(transaction=True)
def test_a_bulk_operation_in_deferred_work_of_an_operation(connect):
    def receives(**kwargs):
        transaction.on_commit(lambda: Tag.objects.update(name="x"))

    connect(post_save, receives, sender=Shelf)
    with record_signals() as recording, transaction.atomic():
        Tag.objects.create(name="a")
        Shelf.objects.create()

    assert recording.bulk_operations == [("update", "showcase.Tag")]


def test_a_lazy_origin_is_not_evaluated(db):
    from django.db.models.deletion import Collector

    evaluated = []
    origin = SimpleLazyObject(lambda: evaluated.append(1))
    with record_signals() as recording:
        Collector("default", origin=origin).collect([])

    assert evaluated == []
    assert recording.faults == []
