"""Deferred work: what is handed to ``on_commit`` is shown under what put it off."""

from __future__ import annotations

import contextlib
import functools
import logging

import django
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import Signal
from django.test import TestCase
from reports import build, outline

from showcase.models import Tag
from signals_panel import record_signals

signal, inner = Signal(), Signal()


# SQLite is asked to begin by a query.
BEGIN = 1


def queries():
    connection.cursor().execute("SELECT 1")


@pytest.fixture
def defers(connect):
    """A receiver that puts off what it is given."""

    def set_up(*functions, robust=False):
        def receives(**kwargs):
            for function in functions:
                transaction.on_commit(function, robust=robust)

        connect(signal, receives)

    return set_up


def the_call(recording):
    (call,) = recording.dispatches[0].calls
    return call


@pytest.mark.django_db(transaction=True)
def test_it_is_shown_under_the_receiver_that_put_it_off(defers, connect, clock):
    def works():
        clock.tick(7)
        queries()
        inner.send(None)

    connect(inner, lambda **kwargs: cache.get("a"))
    defers(works)
    with record_signals() as recording, transaction.atomic():
        signal.send(None)
        clock.tick(2)

    call = the_call(recording)
    (deferred,) = call.deferred
    assert deferred.name.endswith("works")
    assert deferred.defined_at.text.strip() == "def works():"
    assert (deferred.ran, deferred.fate, deferred.error) == (True, "ran", None)
    assert deferred.duration_ms == pytest.approx(7)
    assert [effect.kind for effect in deferred.effects] == ["sql"]
    assert len(deferred.dispatches) == 1
    # None of it is the receiver's own.
    assert (call.duration_ms, call.effects, call.dispatches) == (0, [], [])
    # Each fact is there once.
    assert recording.totals.effects == {"cache": 1}
    assert recording.totals.all_effects == {"cache": 1, "sql": 1 + BEGIN, "transaction": 1}
    assert recording.totals.dispatches == 2
    assert outline(build(recording), everything=True)[3:] == [
        "signal None",
        "  test_deferred.defers.<locals>.set_up.<locals>.receives",
        f"    deferred {deferred.name} ran",
        "      SELECT ",
        "      inner None",
        f"        {deferred.dispatches[0].calls[0].receiver}",
        "          cache get a",
    ]


@pytest.mark.django_db(transaction=True)
def test_in_a_commit_inside_a_receiver_it_is_not_that_receivers(defers, connect, clock):
    def works():
        clock.tick(7)
        queries()

    def commits(**kwargs):
        with transaction.atomic():
            signal.send(None)
            clock.tick(1)

    connect(inner, commits)
    defers(works)
    with record_signals() as recording:
        inner.send(None)

    (outer,) = recording.dispatches[0].calls
    (call,) = outer.dispatches[0].calls
    assert [query.sql for query in outer.queries] == ["BEGIN"]
    # It took that long, and only a part was its own.
    assert outer.duration_ms == pytest.approx(8)
    assert outer.self_ms == pytest.approx(1)
    assert [len(each.deferred) for each in (outer, call)] == [0, 1]
    assert recording.totals.effects == {"sql": BEGIN, "transaction": 1}
    assert recording.totals.all_effects == {"sql": 1 + BEGIN, "transaction": 1}
    effects = [row["effects"] for row in build(recording)["rows"] if row["kind"] != "effect"]
    mine = {"sql": BEGIN, "transaction": 1}
    assert effects == [mine, mine, {}, {}, {"sql": 1}]


@pytest.mark.django_db(transaction=True)
def test_rolled_back(defers):
    defers(queries)
    with record_signals() as recording, contextlib.suppress(ValueError), transaction.atomic():
        signal.send(None)
        raise ValueError("no stock")

    (deferred,) = the_call(recording).deferred
    assert (deferred.ran, deferred.fate) == (False, "rolled back")
    assert deferred.reason == "ValueError: no stock"
    assert deferred.duration_ms == 0
    assert recording.totals.all_effects == {"sql": BEGIN, "transaction": 1}


@pytest.mark.django_db(transaction=True)
def test_rolled_back_to_a_savepoint(defers):
    ran = []
    defers(lambda: ran.append(1))
    with record_signals() as recording, transaction.atomic():
        signal.send(None)
        with contextlib.suppress(ValueError), transaction.atomic():
            signal.send(None)
            with transaction.atomic():
                signal.send(None)
            raise ValueError
        signal.send(None)

    fates = [deferred.fate for deferred in recording.deferred]
    assert fates == ["ran", "rolled back", "rolled back", "ran"]
    assert len(ran) == 2


@pytest.mark.django_db(transaction=True)
def test_set_rollback(defers):
    defers(queries)
    with record_signals() as recording, transaction.atomic():
        signal.send(None)
        transaction.set_rollback(True)

    (deferred,) = recording.deferred
    assert (deferred.fate, deferred.reason) == ("rolled back", "")


@pytest.mark.django_db
def test_a_transaction_that_never_ends(defers):
    """As in a TestCase."""
    defers(queries)
    with record_signals() as recording:
        signal.send(None)

    (deferred,) = recording.deferred
    assert (deferred.ran, deferred.fate) == (False, None)
    assert the_call(recording).atomic == ("default",)


@pytest.mark.django_db(transaction=True)
def test_in_autocommit_it_isnt_deferred(defers):
    defers(queries)
    with record_signals() as recording:
        signal.send(None)

    assert recording.deferred == []
    assert [effect.kind for effect in the_call(recording).effects] == ["sql"]


@pytest.mark.django_db(transaction=True)
def test_one_that_raises_drops_the_others(defers):
    def fails():
        raise ValueError("no mail")

    defers(queries, fails, queries)
    with (
        record_signals() as recording,
        pytest.raises(ValueError, match="no mail"),
        transaction.atomic(),
    ):
        signal.send(None)

    first, second, third = recording.deferred
    assert (first.fate, second.fate, third.fate) == ("ran", "ran", "dropped")
    assert second.error == "ValueError: no mail"
    assert third.reason.endswith("fails raised ValueError: no mail")


@pytest.mark.django_db(transaction=True)
def test_a_robust_one_is_swallowed_as_without_us(defers, caplog):
    def fails():
        raise ValueError("no mail")

    defers(fails, queries, robust=True)
    with record_signals() as recording, caplog.at_level(logging.ERROR), transaction.atomic():
        signal.send(None)

    assert [deferred.error for deferred in recording.deferred] == ["ValueError: no mail", None]
    assert f"Error calling {fails.__qualname__} in on_commit()" in caplog.text
    assert [deferred.fate for deferred in recording.deferred] == ["ran", "ran"]


@pytest.mark.django_db(transaction=True)
def test_a_callable_without_a_name_is_told_of_as_without_us(defers, caplog):
    def fails():
        raise ValueError

    nameless = functools.partial(fails)
    defers(nameless, robust=True)
    # Up to 6.0 Django looks for the name that it logs, and doesn't do without.
    raising = pytest.raises(AttributeError, match="__qualname__")
    with (
        record_signals() as recording,
        raising if django.VERSION < (6, 1) else contextlib.nullcontext(),
        caplog.at_level(logging.ERROR),
        transaction.atomic(),
    ):
        signal.send(None)

    assert recording.deferred[0].error == "ValueError"
    if django.VERSION >= (6, 1):
        assert f"Error calling {nameless} in on_commit()" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_callbacks_that_register_callbacks(defers):
    def registers():
        # In autocommit by now: it runs at once.
        transaction.on_commit(queries)
        with transaction.atomic():
            transaction.on_commit(queries)

    defers(registers)
    with record_signals() as recording, transaction.atomic():
        signal.send(None)

    outer, nested = recording.deferred
    assert [deferred.ran for deferred in (outer, nested)] == [True, True]
    assert [effect.text for effect in outer.effects] == ["SELECT 1", "BEGIN", "COMMIT"]
    assert [effect.text for effect in nested.effects] == ["SELECT 1"]
    assert recording.totals.all_effects["sql"] == 2 + 2 * BEGIN


@pytest.mark.django_db(transaction=True)
def test_outside_of_receivers():
    with record_signals() as recording, transaction.atomic():
        transaction.on_commit(queries)

    (deferred,) = recording.deferred
    assert deferred.ran
    assert [row["kind"] for row in build(recording)["rows"]][:1] == ["deferred"]


@pytest.mark.django_db(transaction=True)
def test_the_list_has_the_programs_own_functions(defers):
    seen = []

    def looks():
        seen.append(list(connection.run_on_commit))

    defers(looks)
    with record_signals(), transaction.atomic():
        signal.send(None)
        seen.append([entry[1] for entry in connection.run_on_commit])

    assert seen == [[looks], []]


class Capturing(TestCase):
    """Django's own helper gives what it gives without us."""

    def test_it_returns_the_very_functions(self):
        def receives(**kwargs):
            transaction.on_commit(queries)

        signal.connect(receives)
        with (
            record_signals() as recording,
            self.captureOnCommitCallbacks(execute=True) as callbacks,
        ):
            signal.send(None)

        signal.disconnect(receives)
        assert callbacks == [queries]
        assert [deferred.ran for deferred in recording.deferred] == [False]
        assert recording.totals.all_effects["sql"] == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("max_kept", [1, 2, 3, 4, 5, 8])
def test_what_has_no_room(defers, connect, settings, max_kept):
    def works():
        queries()
        inner.send(None)

    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    connect(inner, lambda **kwargs: queries())
    defers(works)
    with record_signals() as recording:
        for _ in range(3):
            with transaction.atomic():
                signal.send(None)

    assert recording.totals.dispatches == 6
    assert recording.totals.all_effects["sql"] == 6 + 3 * BEGIN
    assert recording.totals.effects["sql"] == 3
    build(recording)
    assert recording.faults == []


# Transactions ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_ran_in_a_transaction(connect):
    connect(post_save, lambda **kwargs: cache.get("a"), sender=Tag)
    with record_signals() as recording:
        Tag.objects.create(name="a")
        with transaction.atomic():
            Tag.objects.create(name="b")
        with contextlib.suppress(ValueError), transaction.atomic():
            Tag.objects.create(name="c")
            raise ValueError

    # save() opens none of its own for a model without parents.
    calls = [dispatch.calls[0] for dispatch in recording.dispatches]
    assert [call.atomic for call in calls] == [(), ("default",), ("default",)]
    assert [call.rolled_back for call in calls] == [(), (), ("default",)]
    assert [dispatch.rolled_back for dispatch in recording.dispatches][2] == ("default",)
    effects = [operation.effects[0] for operation in recording.operations]
    assert [effect.is_rolled_back for effect in effects] == [False, False, True]
    # The cache isn't undone.
    assert [call.effects[0].is_rolled_back for call in calls] == [False] * 3


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_undoes_what_was_in_it(connect):
    connect(post_save, lambda **kwargs: None, sender=Tag)
    with record_signals() as recording, transaction.atomic():
        Tag.objects.create(name="a")
        with contextlib.suppress(ValueError), transaction.atomic():
            Tag.objects.create(name="b")
            raise ValueError
        Tag.objects.create(name="c")

    undone = [dispatch.rolled_back for dispatch in recording.dispatches]
    assert undone == [(), ("default",), ()]
