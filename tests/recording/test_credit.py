"""Time that is nobody's cost: left out of all that encloses it, on a clock that stands still."""

from __future__ import annotations

import asyncio
import threading

from django.dispatch import Signal
from reports import build

from signals_panel import record_signals
from signals_panel.recording import Axis, credit, current
from signals_panel.results import node_of

fired, inner = Signal(), Signal()


def test_it_is_left_out_of_all_that_encloses_it(clock, connect):
    def measured(**kwargs):
        clock.tick(1)
        start = clock()
        clock.tick(10)
        credit(current.get(), start)
        clock.tick(2)

    def outside(**kwargs):
        clock.tick(5)
        inner.send(sender=None)

    connect(fired, outside)
    connect(inner, measured)
    with record_signals() as around, record_signals() as recording:
        clock.tick(7)
        fired.send(sender=None)

    for each in (around, recording):
        assert each.totals.duration_ms == 15
        assert each.totals.receiver_ms == 8
        assert each.totals.toolbar_ms == 10
    (dispatch,) = recording.dispatches
    (call,) = dispatch.calls
    (nested,) = call.dispatches
    assert (dispatch.duration_ms, call.duration_ms, call.self_ms) == (8, 8, 5)
    assert (nested.duration_ms, nested.calls[0].duration_ms, nested.calls[0].self_ms) == (3, 3, 3)


def test_a_send_is_as_long_as_what_it_waited_for(clock, connect):
    """While one receiver is measured, in a thread of its own, another one goes on."""
    gate = asyncio.Event()

    async def measured(**kwargs):
        clock.tick(1)
        start = clock()
        clock.tick(30)
        gate.set()
        # The other one ends.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        clock.tick(39)
        credit(current.get(), start)
        clock.tick(2)

    async def waits(**kwargs):
        await gate.wait()

    connect(fired, waits)
    connect(fired, measured)
    with record_signals() as around, record_signals() as recording:
        clock.tick(7)
        asyncio.run(fired.asend(sender=None))
        clock.tick(4)

    (dispatch,) = recording.dispatches
    times = {call.receiver.rpartition(".")[2]: call.duration_ms for call in dispatch.calls}
    assert times == {"measured": 3, "waits": 31}
    # Without the toolbar the one that waits would have been the last to end.
    assert dispatch.duration_ms == 31
    for each in (around, recording):
        assert each.totals.duration_ms == 7 + 31 + 4
        assert each.totals.toolbar_ms == 69 - 28
    report = build(recording)
    boxes = {row["kind"]: report["boxes"][str(n)] for n, row in enumerate(report["rows"])}
    assert boxes["dispatch"] == [7_000, 31_000]


def test_folded_or_not(clock, connect, settings):
    def measured(**kwargs):
        clock.tick(1)
        start = clock()
        clock.tick(10)
        credit(current.get(), start)

    def outside(**kwargs):
        clock.tick(2)
        inner.send(sender=None)

    connect(fired, outside)
    connect(inner, measured)
    found = []
    for kept in (1_000, 3):
        settings.SIGNALS_PANEL = {"MAX_KEPT": kept}
        with record_signals() as recording:
            for _ in range(5):
                fired.send(sender=None)
        found.append(recording.totals)
        # What is folded isn't kept, not even for this.
        assert len(node_of(recording).budget.toolbar._ns) <= 1 + 4 * min(kept, 5)

    assert found[0] == found[1]
    assert (found[0].duration_ms, found[0].receiver_ms, found[0].toolbar_ms) == (15, 15, 50)


def test_what_outlives_a_receiver_is_not_taken_from_it(clock, connect):
    kept = []

    def receiver(**kwargs):
        clock.tick(4)
        kept.append(current.get())

    connect(fired, receiver)
    with record_signals() as recording:
        fired.send(sender=None)
        start = clock()
        clock.tick(10)
        credit(kept[0], start, clock())

    assert recording.dispatches[0].calls[0].duration_ms == 4
    assert recording.totals.toolbar_ms == 10
    assert recording.totals.duration_ms == 4


def test_receivers_side_by_side(connect):
    """What is measured in one of them isn't left out of the other."""

    async def measured(**kwargs):
        await asyncio.sleep(0.02)
        credit(current.get(), 0, 10_000_000)

    async def waits(**kwargs):
        await asyncio.sleep(0.03)

    connect(fired, measured)
    connect(fired, waits)

    async def sends():
        with record_signals() as recording:
            await fired.asend(sender=None)
        return recording

    recording = asyncio.run(sends())
    toolbar = node_of(recording).budget.toolbar
    assert [toolbar.of(node_of(call)) for call in recording.dispatches[0].calls] == [10_000_000, 0]


def test_threads_count_what_they_cover_together(clock):
    with record_signals() as recording:
        base = clock()
        stretches = ((0, 10), (5, 20), (30, 40))
        # All are alive at once: a thread's number is used again when it has ended.
        together = threading.Barrier(len(stretches))

        def work(start, end):
            together.wait()
            credit(node_of(recording), base + start, base + end)
            together.wait()

        threads = [threading.Thread(target=work, args=each) for each in stretches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.ns += 100

    assert node_of(recording).budget.toolbar.of(node_of(recording)) == 30


def test_threads_lose_nothing():
    with record_signals() as recording:

        def credit_often():
            for _ in range(500):
                credit(node_of(recording), 1, 3)

        threads = [threading.Thread(target=credit_often) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    node_of(recording).budget.toolbar.settle()
    assert node_of(recording).budget.toolbar._ns[node_of(recording)][0] == 8 * 500 * 2


def test_the_axis():
    axis = Axis(100, [(150, 160), (155, 170), (300, 400)])

    readings = [100, 149, 150, 160, 170, 180, 300, 350, 400, 500]
    assert [axis(each) for each in readings] == [0, 49, 50, 50, 50, 60, 180, 180, 180, 280]
