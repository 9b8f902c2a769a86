"""Every seam of the database layer, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.dispatch import Signal
from django.test.utils import CaptureQueriesContext

from signals_panel import record_signals

# Set up in settings.py, where a server is named.
HAS_POSTGRES = "postgres" in settings.DATABASES
if not HAS_POSTGRES and os.environ.get("REQUIRE_POSTGRES") == "1":
    raise RuntimeError("TEST_POSTGRES must name a PostgreSQL server.")

pytestmark = pytest.mark.django_db(
    transaction=True, databases=["default", "postgres"] if HAS_POSTGRES else ["default"]
)


@pytest.fixture
def postgres():
    if not HAS_POSTGRES:
        # Needs a server, which .ci/run starts and requires.
        pytest.skip("no PostgreSQL: set TEST_POSTGRES=postgresql://user@host:port/name")
    yield from with_table(connections["postgres"])


@pytest.fixture
def sqlite():
    yield from with_table(connections["default"])


def with_table(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE things (name text)")
    yield connection
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE things")


@pytest.fixture(params=["sqlite", "postgres"])
def connection(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def in_a_receiver():
    """Run a function in a receiver; gives its queries."""

    def run(function):
        signal = Signal()

        def receiver(**kwargs):
            function()

        signal.connect(receiver)
        with record_signals() as recording:
            signal.send(sender=None)
        assert recording.faults == []
        assert recording.totals.queries == recording.totals.all_queries
        return recording.dispatches[0].calls[0].queries

    return run


def test_execute(connection, in_a_receiver):
    def work():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.execute("SELECT %s", ["a"])

    queries = in_a_receiver(work)

    assert [(q.sql, q.params, q.alias) for q in queries] == [
        ("SELECT 1", None, connection.alias),
        ("SELECT %s", ["a"], connection.alias),
    ]


def test_executemany(connection, in_a_receiver):
    def work():
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO things VALUES (%s)", [["a"], ["b"]])
            cursor.executemany("INSERT INTO things VALUES (%s)", ([c] for c in "cde"))

    first, second = in_a_receiver(work)

    assert (first.many, first.params) == (True, [["a"], ["b"]])
    # An iterator is never consumed to be shown.
    assert (second.many, second.params) == (True, "<generator>")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM things")
        assert cursor.fetchone() == (5,)


def test_callproc(postgres, in_a_receiver):
    with postgres.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION doubled(n int) RETURNS int AS 'SELECT n * 2' LANGUAGE sql"
        )

    def work():
        with postgres.cursor() as cursor:
            cursor.callproc("doubled", [21])
            assert cursor.fetchone() == (42,)
            cursor.callproc(procname="doubled", params=[22])
            assert cursor.fetchone() == (44,)

    queries = in_a_receiver(work)

    assert [(q.sql, q.params) for q in queries] == [("doubled", [21]), ("doubled", [22])]


def test_server_side_cursor(postgres, in_a_receiver):
    def work():
        with transaction.atomic(using="postgres"), postgres.chunked_cursor() as cursor:
            cursor.execute("SELECT generate_series(1, 10)")
            assert len(cursor.fetchmany(5)) == 5

    assert "SELECT generate_series(1, 10)" in [query.sql for query in in_a_receiver(work)]


def test_failing_query(connection, in_a_receiver):
    def work():
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM nowhere")

    (query,) = in_a_receiver(work)

    assert query.error.startswith(("OperationalError: ", "ProgrammingError: "))
    assert "nowhere" in query.error


def test_savepoints(connection, in_a_receiver):
    def work():
        with transaction.atomic(using=connection.alias):
            for fail in (False, True):
                try:
                    with transaction.atomic(using=connection.alias):
                        if fail:
                            raise ValueError
                except ValueError:
                    pass

    statements = [query.sql.split()[0] for query in in_a_receiver(work)]

    assert [s for s in statements if s != "BEGIN"] == [
        "SAVEPOINT", "RELEASE", "SAVEPOINT", "ROLLBACK", "RELEASE"
    ]  # fmt: skip


def test_explain(connection, in_a_receiver):
    def work():
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN SELECT * FROM things")

    assert [query.sql for query in in_a_receiver(work)] == ["EXPLAIN SELECT * FROM things"]


def test_several_aliases(postgres, sqlite, in_a_receiver):
    def work():
        for connection in (sqlite, postgres):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")

    assert [query.alias for query in in_a_receiver(work)] == ["default", "postgres"]


def test_composed_sql(postgres, in_a_receiver):
    from psycopg import sql
    from psycopg.types.json import Jsonb

    statement = sql.SQL("SELECT {column}, {value}, %s::jsonb FROM {table}").format(
        column=sql.Identifier("name"),
        value=sql.Literal(5),
        table=sql.Identifier("public", "things"),
    )

    def work():
        with postgres.cursor() as cursor:
            cursor.execute(statement, [Jsonb({"a": 1})])
            cursor.execute(sql.SQL("SELECT 1"))
            cursor.execute(b"SELECT 2")

    composed, plain, raw = in_a_receiver(work)

    assert composed.sql == 'SELECT "name", 5, %s::jsonb FROM "public"."things"'
    assert composed.params == [{"a": 1}]
    assert (plain.sql, raw.sql) == ("SELECT 1", "SELECT 2")


def test_other_threads(connection, in_a_receiver):
    """A thread has a connection of its own, which is opened in the middle of a recording."""
    signal = Signal()

    async def receiver(**kwargs):
        def work():
            own = connections[connection.alias]
            with own.cursor() as cursor:
                cursor.execute("SELECT 3")
            own.close()

        await asyncio.to_thread(work)
        await sync_to_async(work, thread_sensitive=False)()

    signal.connect(receiver)
    with record_signals() as recording:
        asyncio.run(signal.asend(sender=None))

    sql = [query.sql for query in recording.dispatches[0].calls[0].queries]
    assert sql.count("SELECT 3") == 2


def counted(connection, work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured.captured_queries]


def test_captured_queries_are_the_same(connection):
    """What assertNumQueries and connection.queries see."""

    def work():
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", ["a"])
            cursor.executemany("INSERT INTO things VALUES (%s)", [["a"], ["b"]])

    plain = counted(connection, work)
    with record_signals() as recording:
        recorded = counted(connection, work)

    assert recorded == plain
    assert recording.totals.all_queries == len(plain) == 2


def test_execute_wrappers_run_as_before(connection):
    def blocks(execute, sql, params, many, context):
        seen.append((sql, params, many, context["connection"] is connection))
        return execute(sql, params, many, context)

    seen = []
    with (
        record_signals() as recording,
        connection.execute_wrapper(blocks),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT %s", ["a"])

    assert seen == [("SELECT %s", ["a"], False, True)]
    assert recording.totals.all_queries == 1


def test_the_sql_panel_shows_the_same(visit):
    from reports import stored_panel

    served = visit("/shop/cascade/")
    with_us = stored_panel(served.request_id, "SQLPanel").get_stats()
    without = visit("/shop/cascade/", cookie="djdtFiredSignalsPanel=off")
    plain = stored_panel(without.request_id, "SQLPanel").get_stats()

    assert [q["raw_sql"] for q in with_us["queries"]] == [q["raw_sql"] for q in plain["queries"]]
    assert served.report["totals"]["all_queries"] == len(plain["queries"])
    stacks = ["".join(str(q["stacktrace"])) for q in with_us["queries"]]
    assert not [stack for stack in stacks if "signals_panel/probes" in stack]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_arguments_by_keyword_in_any_order(connection, in_a_receiver, settings, is_reversed):
    # With DEBUG, Django's own wrapper hands them on by position.
    settings.DEBUG = False

    def execute():
        calls = [
            ("execute", {"sql": "SELECT %s", "params": ["x"]}),
            ("executemany", {"sql": "INSERT INTO things VALUES (%s)", "param_list": [["y"]]}),
        ]
        with connection.cursor() as cursor:
            for method, kwargs in calls:
                items = list(kwargs.items())
                getattr(cursor, method)(**dict(reversed(items) if is_reversed else items))

    first, second = in_a_receiver(execute)
    assert (first.sql, first.params) == ("SELECT %s", ["x"])
    assert (second.sql, second.params) == ("INSERT INTO things VALUES (%s)", [["y"]])
