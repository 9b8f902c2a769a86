"""Tasks, threads and generators: cancelled, left half-way, or outliving what they began in."""

from __future__ import annotations

import asyncio
import threading

import pytest
from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async
from django.db import connection, connections
from django.dispatch import Signal

from signals_panel import record_signals
from signals_panel.recording import current
from signals_panel.results import node_of

pytestmark = pytest.mark.django_db(transaction=True)

nested = Signal()


def query(mark):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [mark])


def hears_nested(sender, mark, **kwargs):
    query(f"nested {mark}")


nested.connect(hears_nested)


def test_cancelled_task():
    waits = Signal()

    async def waits_forever(**kwargs):
        await sync_to_async(query)(1)
        await asyncio.sleep(60)

    waits.connect(waits_forever)

    async def cancels():
        task = asyncio.create_task(waits.asend(sender=None))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert current.get() is node_of(recording)

    with record_signals() as recording:
        asyncio.run(cancels())

    (call,) = recording.dispatches[0].calls
    assert (call.error, call.is_finished, len(call.queries)) == ("CancelledError", True, 1)


def test_timeout():
    waits = Signal()

    async def waits_forever(**kwargs):
        await asyncio.sleep(60)

    waits.connect(waits_forever)

    async def times_out():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(waits.asend(sender=None), 0.02)

    with record_signals() as recording:
        asyncio.run(times_out())

    assert recording.dispatches[0].calls[0].error == "CancelledError"


def test_work_started_by_a_receiver_belongs_to_it():
    starts = Signal()

    def also_in_a_thread():
        async_to_sync(nested.asend)(sender=None, mark="deep")

    async def receiver(**kwargs):
        await asyncio.to_thread(query, "to_thread")
        await asyncio.create_task(nested.asend(sender=None, mark="task"))
        await sync_to_async(also_in_a_thread)()
        connections.close_all()

    starts.connect(receiver)

    async def in_a_request():
        async with ThreadSensitiveContext():
            await starts.asend(sender=None)

    with record_signals() as recording:
        asyncio.run(in_a_request())

    (call,) = recording.dispatches[0].calls
    assert [q.params for q in call.queries] == [["to_thread"]]
    assert [d.calls[0].queries[0].params for d in call.dispatches] == [
        ["nested task"],
        ["nested deep"],
    ]


def test_a_task_that_outlives_the_recording_is_not_recorded():
    async def outlives():
        with record_signals() as recording:
            task = asyncio.create_task(later())
        await task
        return recording

    async def later():
        await asyncio.sleep(0.01)
        await nested.asend(sender=None, mark=1)

    recording = asyncio.run(outlives())

    assert recording.totals[:5] == (0, 0, 0, 0, 0)


def test_a_task_that_outlives_an_inner_block_belongs_to_the_outer_one():
    async def outlives():
        with record_signals() as outer:
            with record_signals() as inner:
                task = asyncio.create_task(later())
            await task
        return outer, inner

    async def later():
        await asyncio.sleep(0.01)
        await nested.asend(sender=None, mark=1)

    outer, inner = asyncio.run(outlives())

    assert (outer.totals.dispatches, inner.totals.dispatches) == (1, 0)


def test_generator_that_is_left_half_way():
    def generates():
        with record_signals() as recording:
            marks.append(recording)
            nested.send(sender=None, mark=1)
            yield
            nested.send(sender=None, mark=2)

    marks = []
    generator = generates()
    next(generator)
    generator.close()

    assert marks[0].totals.dispatches == 1
    assert current.get() is None


def test_a_thread_of_its_own_is_not_followed():
    """A context of its own: documented, as there is no telling whose it is."""
    with record_signals() as recording:
        thread = threading.Thread(target=lambda: nested.send(sender=None, mark=1))
        thread.start()
        thread.join()

    assert recording.totals.dispatches == 0
