"""Async receivers: attributed step by step, whatever context Django runs them in."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async
from django.dispatch import Signal

from shop.models import AuditLog, Product
from showcase.models import Tag
from signals_panel import record_signals

pytestmark = pytest.mark.django_db(transaction=True)


def run(coroutine):
    """Run it as Django's ASGI handler does.

    Without a ThreadSensitiveContext, two async receivers that both use the database make
    asgiref raise "would deadlock" on Django 6.1, with or without a recording.
    """

    async def in_a_request():
        async with ThreadSensitiveContext():
            return await coroutine

    return asyncio.run(in_a_request())


def by_receiver(dispatch):
    return {call.receiver.rpartition(".")[2]: call for call in dispatch.calls}


@pytest.mark.parametrize("method", ["asend", "asend_robust", "send", "send_robust"])
def test_queries_land_under_their_own_receiver(connect, method):
    """Django 6.1 runs all three in one Context: a plain ContextVar would mix them up."""
    signal = Signal()

    async def first(**kwargs):
        await asyncio.sleep(0.01)
        await Product.objects.acount()
        await asyncio.sleep(0.01)
        await Product.objects.aexists()

    async def second(**kwargs):
        await Tag.objects.acount()
        await asyncio.sleep(0.015)
        await Tag.objects.aexists()

    async def third(**kwargs):
        await asyncio.sleep(0.005)
        await asyncio.create_task(counts_in_a_task())
        await asyncio.gather(counts_in_a_task(), counts_in_a_task())

    async def counts_in_a_task():
        await asyncio.sleep(0.003)
        await AuditLog.objects.acount()

    for receiver in (first, second, third):
        connect(signal, receiver)
    with record_signals() as recording:
        if method.startswith("a"):
            run(getattr(signal, method)(sender=None))
        else:
            getattr(signal, method)(sender=None)

    (dispatch,) = recording.dispatches
    assert dispatch.method == method
    tables = {
        name: [query.sql.split('FROM "')[1].split('"')[0] for query in call.queries]
        for name, call in by_receiver(dispatch).items()
    }
    assert tables == {
        "first": ["shop_product"] * 2,
        "second": ["showcase_tag"] * 2,
        "third": ["shop_auditlog"] * 3,
    }
    assert all(call.is_async for call in dispatch.calls)
    assert dispatch.is_concurrent
    assert recording.totals.all_queries == 7


def test_sync_receivers_of_asend(connect):
    signal = Signal()

    def counts(**kwargs):
        Product.objects.count()

    async def waits(**kwargs):
        await asyncio.sleep(0.01)
        await Tag.objects.acount()

    connect(signal, counts)
    connect(signal, waits)
    with record_signals() as recording:
        run(signal.asend(sender=None))

    calls = by_receiver(recording.dispatches[0])
    assert {name: (call.is_async, len(call.queries)) for name, call in calls.items()} == {
        "counts": (False, 1),
        "waits": (True, 1),
    }


def test_dispatches_nest_under_the_async_receiver_that_sent_them(connect):
    signal, nested = Signal(), Signal()

    async def sends(**kwargs):
        await asyncio.sleep(0.01)
        await nested.asend(sender=Product)
        await asyncio.sleep(0.01)
        await sync_to_async(nested.send)(sender=Product)

    async def sibling(**kwargs):
        for _ in range(10):
            await asyncio.sleep(0.003)
            await nested.asend(sender=Tag)

    async def hears(**kwargs):
        await asyncio.sleep(0.002)

    connect(signal, sends)
    connect(signal, sibling)
    connect(nested, hears)
    with record_signals() as recording:
        run(signal.asend(sender=None))

    (dispatch,) = recording.dispatches
    calls = by_receiver(dispatch)
    assert [d.sender for d in calls["sends"].dispatches] == ["shop.Product"] * 2
    assert [d.sender for d in calls["sibling"].dispatches] == ["showcase.Tag"] * 10
    assert recording.totals.dispatches == 13


def test_time_of_an_async_receiver_includes_its_waiting(connect, clock):
    signal = Signal()

    async def waits(**kwargs):
        clock.tick(2)
        await asyncio.sleep(0)
        clock.tick(3)

    connect(signal, waits)
    with record_signals() as recording:
        run(signal.asend(sender=None))

    assert recording.dispatches[0].calls[0].duration_ms == 5.0


def test_overlapping_receivers_count_once_in_the_whole(connect, clock):
    signal = Signal()

    async def waits(**kwargs):
        clock.tick(1)
        await asyncio.sleep(0)
        clock.tick(1)

    async def also_waits(**kwargs):
        await waits()

    connect(signal, waits)
    connect(signal, also_waits)
    with record_signals() as recording:
        run(signal.asend(sender=None))

    (dispatch,) = recording.dispatches
    assert [call.duration_ms for call in dispatch.calls] == [3.0, 3.0]
    assert dispatch.is_concurrent
    assert recording.totals.receiver_ms == 4.0


@pytest.mark.parametrize("method", ["asend", "asend_robust"])
def test_error_of_an_async_receiver(connect, method):
    signal = Signal()

    async def fails(**kwargs):
        await asyncio.sleep(0)
        raise ValueError("no stock")

    connect(signal, fails)
    with record_signals() as recording:
        if method == "asend":
            with pytest.raises(ValueError, match="no stock"):
                run(signal.asend(sender=None))
        else:
            ((receiver, error),) = run(signal.asend_robust(sender=None))
            assert (receiver, str(error)) == (fails, "no stock")

    assert recording.dispatches[0].calls[0].error == "ValueError: no stock"


def test_the_line_that_awaits_is_the_line_that_sent(connect):
    """The save runs in a thread whose stack has no line of the project."""

    async def creates():
        await Product.objects.acreate(name="Laptop", price=1)

    with record_signals() as recording:
        run(creates())

    sent_from = recording.dispatches[0].sent_from
    assert sent_from.text == 'await Product.objects.acreate(name="Laptop", price=1)'


def test_asend_is_sent_from_the_awaiting_line(connect):
    signal = Signal()
    connect(signal, lambda **kwargs: None)

    async def awaits():
        await signal.asend(sender=None)

    with record_signals() as recording:
        run(awaits())

    assert recording.dispatches[0].sent_from.text == "await signal.asend(sender=None)"


def test_a_task_without_a_line_of_the_project_says_none(connect):
    """The line that runs the event loop did not send the signal."""
    signal = Signal()
    connect(signal, lambda **kwargs: None)

    async def in_a_task():
        task = asyncio.create_task(signal.asend(sender=None))
        await task

    with record_signals() as recording:
        run(in_a_task())

    assert recording.dispatches[0].sent_from is None


def test_async_to_sync_in_a_receiver(connect):
    signal = Signal()

    async def counts():
        await Product.objects.acount()

    def bridges(**kwargs):
        async_to_sync(counts)()

    connect(signal, bridges)
    with record_signals() as recording:
        signal.send(sender=None)

    assert len(recording.dispatches[0].calls[0].queries) == 1


def test_a_block_in_async_code(connect):
    async def block():
        with record_signals() as recording:
            await asyncio.sleep(0)
            await Tag.objects.acreate(name="x")
        return recording

    recording = run(block())

    assert recording.totals.all_queries == 1
    assert recording.unheard["django.db.models.signals.post_save", "showcase.Tag"] == 1


def test_blocks_opened_by_concurrent_receivers(connect):
    """Each receiver's own block goes with its own steps."""
    signal = Signal()
    blocks = {}

    def opens(name, queries):
        async def receiver(**kwargs):
            with record_signals() as blocks[name]:
                for _ in range(queries):
                    await asyncio.sleep(0.002)
                    await Tag.objects.acount()

        return receiver

    connect(signal, opens("one", 3))
    connect(signal, opens("two", 5))
    with record_signals() as recording:
        run(signal.asend(sender=None))

    assert {name: block.totals.all_queries for name, block in blocks.items()} == {
        "one": 3,
        "two": 5,
    }
    assert [len(call.queries) for call in recording.dispatches[0].calls] == [3, 5]


def test_receivers_that_outlive_their_asend(connect):
    """Before Django 6.1 a sibling of one that raised goes on by itself."""
    signal = Signal()
    finished = []

    async def fails(**kwargs):
        raise ValueError("early")

    async def goes_on(**kwargs):
        try:
            await asyncio.sleep(0.02)
            await Tag.objects.acount()
        finally:
            finished.append(True)

    async def sends():
        with pytest.raises(ValueError, match="early"):
            await signal.asend(sender=None)
        await asyncio.sleep(0.1)

    connect(signal, fails)
    connect(signal, goes_on)
    with record_signals() as recording:
        run(sends())

    calls = by_receiver(recording.dispatches[0])
    assert finished
    assert calls["goes_on"].is_finished
    # Django 6.1 cancels it, earlier versions let it go on.
    assert calls["goes_on"].error in (None, "CancelledError")
    assert recording.totals.all_queries == len(calls["goes_on"].queries)
