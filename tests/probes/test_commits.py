"""Work put off until a commit, and what a rollback undoes, on SQLite and on PostgreSQL."""

from __future__ import annotations

import contextlib
import os

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.dispatch import Signal

from signals_panel import record_signals

# Set up in settings.py, where a server is named.
HAS_POSTGRES = "postgres" in settings.DATABASES
if not HAS_POSTGRES and os.environ.get("REQUIRE_POSTGRES") == "1":
    raise RuntimeError("TEST_POSTGRES must name a PostgreSQL server.")

pytestmark = pytest.mark.django_db(
    transaction=True, databases=["default", "postgres"] if HAS_POSTGRES else ["default"]
)


@pytest.fixture(params=["default", "postgres"])
def alias(request):
    if request.param not in settings.DATABASES:
        # Needs a server, which .ci/run starts and requires.
        pytest.skip("no PostgreSQL: set TEST_POSTGRES=postgresql://user@host:port/name")
    return request.param


@pytest.fixture
def signal(alias, connect):
    """Its receiver puts off a query, on one of the databases."""

    def select():
        connections[alias].cursor().execute("SELECT 1")

    def receives(**kwargs):
        connections[alias].cursor().execute("SELECT 2")
        transaction.on_commit(select, using=alias)

    signal = Signal()
    connect(signal, receives)
    return signal


def told(recording):
    (one,) = [
        (deferred.fate, deferred.alias, [effect.text for effect in deferred.effects])
        for deferred in recording.deferred
    ]
    return one


def undone(recording):
    return [dispatch.calls[0].queries[0].is_rolled_back for dispatch in recording.dispatches]


def test_committed(signal, alias):
    with record_signals() as recording, transaction.atomic(using=alias):
        signal.send(None)

    assert told(recording) == ("ran", alias, ["SELECT 1"])
    (call,) = recording.dispatches[0].calls
    assert (call.atomic, call.rolled_back) == ((alias,), ())
    assert undone(recording) == [False]
    # It runs when the transaction is over.
    assert [effect.atomic for effect in recording.deferred[0].effects] == [()]


def test_rolled_back_whole(signal, alias):
    with record_signals() as recording, contextlib.suppress(ValueError):  # noqa: SIM117
        with transaction.atomic(using=alias), transaction.atomic(using=alias):
            signal.send(None)
            raise ValueError("no stock")

    assert told(recording) == ("rolled back", alias, [])
    assert recording.deferred[0].reason == "ValueError: no stock"
    assert undone(recording) == [True]


def test_rolled_back_to_a_savepoint(signal, alias):
    with record_signals() as recording, transaction.atomic(using=alias):
        with contextlib.suppress(ValueError), transaction.atomic(using=alias):
            signal.send(None)
            raise ValueError
        with transaction.atomic(using=alias):
            signal.send(None)

    fates = [deferred.fate for deferred in recording.deferred]
    assert fates == ["rolled back", "ran"]
    assert undone(recording) == [True, False]


def test_an_outer_rollback_undoes_a_savepoint_that_was_released(signal, alias):
    with record_signals() as recording, contextlib.suppress(ValueError):  # noqa: SIM117
        with transaction.atomic(using=alias):
            with transaction.atomic(using=alias):
                signal.send(None)
            raise ValueError

    assert told(recording)[0] == "rolled back"
    assert undone(recording) == [True]


def test_a_block_without_a_savepoint(signal, alias):
    with record_signals() as recording, contextlib.suppress(ValueError):  # noqa: SIM117
        with transaction.atomic(using=alias):
            with transaction.atomic(using=alias, savepoint=False):
                signal.send(None)
            raise ValueError

    assert told(recording)[0] == "rolled back"


def test_two_databases(alias, connect):
    if not HAS_POSTGRES:
        # Needs a server, which .ci/run starts and requires.
        pytest.skip("no PostgreSQL: set TEST_POSTGRES=postgresql://user@host:port/name")
    other = "postgres" if alias == "default" else "default"
    seen = []

    def receives(**kwargs):
        transaction.on_commit(lambda: seen.append(alias), using=alias)
        transaction.on_commit(lambda: seen.append(other), using=other)

    signal = Signal()
    connect(signal, receives)
    with record_signals() as recording, transaction.atomic(using=other):  # noqa: SIM117
        with contextlib.suppress(ValueError), transaction.atomic(using=alias):
            signal.send(None)
            raise ValueError

    assert seen == [other]
    assert {deferred.alias: deferred.fate for deferred in recording.deferred} == {
        alias: "rolled back",
        other: "ran",
    }
    (call,) = recording.dispatches[0].calls
    assert set(call.atomic) == {alias, other}
    assert call.rolled_back == (alias,)
