"""Queries as receivers' effects: of every kind, failed ones, and those of other threads."""

from __future__ import annotations

import pytest
from django.db import connection, connections, transaction
from django.dispatch import Signal

from shop.models import AuditLog, Product
from showcase.models import Tag
from signals_panel import record_signals

pytestmark = pytest.mark.django_db


def test_query():
    with record_signals() as recording:
        Product.objects.create(name="Laptop", price=1)

    (query,) = recording.dispatches[0].calls[0].queries
    assert query.sql.startswith('INSERT INTO "shop_auditlog"')
    assert query.params[:2] == ["created", "Laptop"]
    assert query.alias == "default"
    assert query.duration_ms > 0
    assert query.error is None


def test_queries_of_every_kind(connect):
    signal = Signal()

    def issues(**kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.execute("SELECT %s", ["text"])
            cursor.executemany(
                "INSERT INTO showcase_tag (name) VALUES (%s)", [[str(n)] for n in range(5)]
            )
        for _ in Tag.objects.iterator():
            break
        with transaction.atomic():
            Tag.objects.filter(name="nobody").delete()

    connect(signal, issues)
    with record_signals() as recording:
        signal.send(sender=None)

    queries = recording.dispatches[0].calls[0].queries
    assert [(query.sql.split()[0], query.many) for query in queries] == [
        ("SELECT", False),
        ("SELECT", False),
        ("INSERT", True),
        ("SELECT", False),
        ("SAVEPOINT", False),
        ("SELECT", False),
        ("RELEASE", False),
    ]
    assert [query.params for query in queries[:3]] == [
        None,
        ["text"],
        [["0"], ["1"], ["2"], "… (2 more rows)"],
    ]


def test_failed_query(connect):
    signal = Signal()

    def fails(**kwargs):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT nonsense")

    connect(signal, fails)
    with record_signals() as recording:
        ((_, error),) = signal.send_robust(sender=None)

    query = recording.dispatches[0].calls[0].queries[1]
    assert query.error == f"OperationalError: {error}"


def test_connections_of_other_threads(connect, transactional_db):
    import asyncio

    signal = Signal()

    async def counts(**kwargs):
        def count():
            try:
                return AuditLog.objects.count()
            finally:
                connections.close_all()

        return await asyncio.to_thread(count)

    connect(signal, counts)
    with record_signals() as recording:
        asyncio.run(signal.asend(sender=None))

    assert len(recording.dispatches[0].calls[0].queries) == 1
