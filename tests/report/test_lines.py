"""Which lines of a receiver's own function its time went to."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from checked import built
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import Signal

from showcase.models import Tag
from signals_panel import record_signals

pytestmark = pytest.mark.django_db(transaction=True)

outer, inner = Signal(), Signal()


def lines_of(recording, kind="call", name=""):
    """The lines of the first row of a kind: text, milliseconds, effects, and how many there were.

    With a name that of a receiver which has it.
    """
    report = built(recording)
    index, row = next(
        (index, row)
        for index, row in enumerate(report["rows"])
        if row["kind"] == kind and row.get("receiver", "").endswith(name)
    )
    text = []
    if row["defined_at"] is not None:
        text = Path(report["lines"][row["defined_at"]][0]).read_text().splitlines()
    lines = report["details"][str(index)].get("lines", [])
    return [(text[number - 1].strip(), ms, effects, count) for number, ms, effects, count in lines]


@pytest.fixture
def lines(connect):
    """Record a receiver that one signal calls, and give its lines."""

    def lines_of_receiver(receiver, times=1):
        connect(outer, receiver)
        with record_signals() as recording:
            for _ in range(times):
                outer.send(None)
        return lines_of(recording)

    return lines_of_receiver


def texts(lines):
    return [text for text, *_ in lines]


def test_the_lines_of_effects_longest_first(lines, clock, query):
    def receives(**kwargs):
        query(1)
        for _ in range(3):
            query(2)
        clock.tick(9)

    assert lines(receives, 2) == [
        ("query(2)", 12, {"sql": 6}, 6),
        ("query(1)", 2, {"sql": 2}, 2),
    ]


def test_what_is_nested_counts_for_the_line_that_led_to_it(lines, connect, clock, query):
    def saved(**kwargs):
        query(3)
        clock.tick(1)

    def receives(**kwargs):
        Tag.objects.create(name="a")
        inner.send(None)
        cache.get_or_set("nested", lambda: query(7))

    cache.delete("nested")
    connect(post_save, saved, sender=Tag)
    connect(inner, lambda **kwargs: query(5))
    first, second, third = lines(receives)
    assert first == ('cache.get_or_set("nested", lambda: query(7))', 7, {"cache": 1, "sql": 1}, 1)
    assert second == ("inner.send(None)", 5, {"sql": 1}, 1)
    assert third[0] == 'Tag.objects.create(name="a")'
    assert third[1] == 4
    assert third[2]["sql"] >= 2


def test_what_a_function_does_that_it_calls_counts_for_its_own_line(lines, connect, query):
    def helps():
        query(1)
        Tag.objects.create(name="a")
        inner.send(None)

    def receives(**kwargs):
        helps()

    connect(inner, lambda **kwargs: None)
    ((text, ms, _, count),) = lines(receives)
    assert (text, ms, count) == ("helps()", 1, 3)


def test_a_receiver_that_calls_itself_through_a_signal(lines, query):
    """The inner call's lines are its own, and part of the line that sent."""

    def receives(depth=2, **kwargs):
        if depth:
            outer.send(None, depth=depth - 1)
        else:
            query(4)

    assert lines(receives) == [("outer.send(None, depth=depth - 1)", 4, {"sql": 1}, 1)]


def test_a_decorator_is_on_no_line_of_a_call_further_out(connect):
    @decorated
    def receives(depth=1, **kwargs):
        if depth:
            outer.send(None, depth=0)

    connect(outer, receives)
    with record_signals() as recording:
        outer.send(None)
    report = built(recording)
    found = [details["lines"] for details in report["details"].values() if "lines" in details]
    # The outer call has them: what the inner one does is part of the line that sent.
    ((line,),) = found
    assert line[2:] == [{"cache": 1}, 1]


class Receiving:
    """Receivers of other sorts."""

    def method(self, **kwargs):
        cache.get("method")

    def __call__(self, **kwargs):
        cache.get("called")


def decorated(function):
    @functools.wraps(function)
    def around(*args, **kwargs):
        cache.get("around")
        return function(*args, **kwargs)

    return around


@decorated
def is_decorated(**kwargs):
    cache.get("inside")


def with_more(more, **kwargs):
    cache.get("partial")


is_a_lambda = lambda **kwargs: cache.get("lambda")  # noqa: E731


class Caching(dict):
    """A class is its own receiver, and runs code of a method that isn't the receiver's."""

    def __init__(self, **kwargs):
        cache.get("class")


@pytest.mark.parametrize(
    ("receiver", "expected"),
    [
        (Receiving().method, ['cache.get("method")']),
        (Receiving(), ['cache.get("called")']),
        (functools.partial(with_more, 1), ['cache.get("partial")']),
        # What a decorator does is on no line of the function that is shown.
        (is_decorated, ['cache.get("inside")']),
        (is_a_lambda, ['is_a_lambda = lambda **kwargs: cache.get("lambda")  # noqa: E731']),
        # What has no Python code has no lines.
        (Caching, []),
    ],
)
def test_receivers_of_other_sorts(lines, receiver, expected):
    found = lines(receiver)
    assert texts(found) == expected
    assert all(effects == {"cache": 1} for _, _, effects, _ in found)


# Async ----------------------------------------------------------------------------------


def run(coroutine):
    async def in_a_request():
        async with ThreadSensitiveContext():
            return await coroutine

    return asyncio.run(in_a_request())


@pytest.mark.parametrize("method", ["asend", "send"])
def test_async_receivers(connect, method):
    async def helps():
        await cache.aget("helps")

    async def first(**kwargs):
        await asyncio.sleep(0.002)
        await cache.aget("a")
        await Tag.objects.acreate(name="a")
        await helps()

    async def second(**kwargs):
        await cache.aget("b")
        await asyncio.sleep(0.003)
        cache.get("c")

    for receiver in (first, second):
        connect(outer, receiver)
    with record_signals() as recording:
        run(outer.asend(None)) if method == "asend" else outer.send(None)

    report = built(recording)
    source, start = inspect.getsourcelines(test_async_receivers)
    found = {
        source[number - start].strip()
        for details in report["details"].values()
        for number, *_ in details.get("lines", ())
    }
    assert found == {
        'await cache.aget("a")',
        'await Tag.objects.acreate(name="a")',
        "await helps()",
        'await cache.aget("b")',
        'cache.get("c")',
    }


def test_sync_receivers_in_a_thread(connect):
    async def waits(**kwargs):
        await asyncio.sleep(0)

    def receives(**kwargs):
        cache.get("a")

    connect(outer, receives)
    connect(outer, waits)
    with record_signals() as recording:
        run(outer.asend(None))
    assert texts(lines_of(recording, name="receives")) == ['cache.get("a")']


def test_work_handed_to_a_thread(connect):
    def works():
        cache.get("a")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    async def receives(**kwargs):
        await sync_to_async(works)()

    connect(outer, receives)
    with record_signals() as recording:
        run(outer.asend(None))
    (line,) = lines_of(recording)
    assert (line[0], line[2]) == ("await sync_to_async(works)()", {"cache": 1, "sql": 1})


def test_side_by_side_in_threads_a_line_takes_no_longer_than_its_call(connect, clock):
    def works():
        # All three wait for the others, while the clock goes on.
        together = threading.Barrier(3, lambda: clock.tick(10))
        with ThreadPoolExecutor(3) as pool:
            for number in range(3):
                call = (cache.get_or_set, str(number), together.wait)
                pool.submit(contextvars.copy_context().run, *call)

    async def receives(**kwargs):
        await sync_to_async(works, thread_sensitive=False)()

    connect(outer, receives)
    with record_signals() as recording:
        run(outer.asend(None))
    assert lines_of(recording) == [
        ("await sync_to_async(works, thread_sensitive=False)()", 10, {"cache": 3}, 3)
    ]


# Deferred, blocks, limits -----------------------------------------------------------------


def test_deferred_work(connect, clock, query):
    def helps():
        query(2)

    def later():
        query(1)
        helps()

    connect(outer, lambda **kwargs: transaction.on_commit(later))
    with record_signals() as recording, transaction.atomic():
        outer.send(None)
    assert lines_of(recording, "deferred") == [
        ("helps()", 2, {"sql": 1}, 1),
        ("query(1)", 1, {"sql": 1}, 1),
    ]


def test_a_block_in_a_receiver(lines):
    def receives(**kwargs):
        with record_signals():
            cache.get("a")
            Tag.objects.create(name="a")

    assert set(texts(lines(receives))) == {'cache.get("a")', 'Tag.objects.create(name="a")'}


def test_of_what_was_not_kept_there_are_no_lines(lines, query, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 4}

    def receives(**kwargs):
        query(1)

    assert lines(receives, 10) == [("query(1)", 2, {"sql": 2}, 2)]


def test_rows_are_the_same_as_without_lines(connect, query):
    """Two lines with one statement are one row: lines are no part of what is alike."""

    def receives(**kwargs):
        query(1)
        query(1)

    connect(outer, receives)
    with record_signals() as recording:
        outer.send(None)
    rows = [row for row in built(recording)["rows"] if row["kind"] == "effect"]
    assert [(row["count"], row["ms"]) for row in rows] == [(2, 2)]


def test_many_lines_are_bounded(lines, tmp_path):
    path = tmp_path / "many.py"
    calls = "".join(f"    cache.get('{number}')\n" for number in range(60))
    path.write_text(f"from django.core.cache import cache\ndef receives(**kwargs):\n{calls}")
    names = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    assert len(lines(names["receives"])) == 20
