"""How long processes take: until whoever has started one has last waited for it."""

from __future__ import annotations

import asyncio
import subprocess

import pytest
from django.dispatch import Signal
from reports import build

from effects.loopback import effects_of
from signals_panel import record_signals
from signals_panel.recording import credit, current


def processes_of(work):
    return effects_of(work, "process")


@pytest.fixture
def waiting(clock, monkeypatch):
    """Each wait takes 50 ms, whatever the process takes."""
    real = subprocess.Popen._wait

    def slow(self, timeout):
        clock.tick(50)
        return real(self, timeout)

    monkeypatch.setattr(subprocess.Popen, "_wait", slow)
    return clock


def test_it_lasts_until_it_was_last_waited_for(waiting):
    def works():
        process = subprocess.Popen(["sleep", "60"])
        waiting.tick(7)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0)
        waiting.tick(7)
        process.kill()
        process.wait()
        # It is known to be over.
        waiting.tick(500)
        process.wait()

    (effect,) = processes_of(works)
    assert effect.duration_ms == 114


def test_never_waited_for_it_is_what_it_took_to_start(waiting):
    started = []

    def works():
        started.append(subprocess.Popen(["sh", "-c", "exit 1"]))
        waiting.tick(500)

    (effect,) = processes_of(works)
    assert (effect.duration_ms, effect.result) == (0, None)
    started[0].wait()
    assert (effect.duration_ms, effect.result) == (0, None)


def test_who_else_waits_doesn_t_extend_it(waiting):
    outer, inner, started = Signal(), Signal(), []

    def waits(**kwargs):
        with pytest.raises(subprocess.TimeoutExpired):
            started[0].wait(0)

    def starts(**kwargs):
        started.append(subprocess.Popen(["sleep", "60"]))
        inner.send(None)

    def comes_later(**kwargs):
        started[0].kill()
        started[0].wait()

    outer.connect(starts)
    outer.connect(comes_later)
    inner.connect(waits)
    with record_signals() as recording:
        outer.send(None)
    first, later = recording.dispatches[0].calls
    (effect,) = first.effects
    assert (effect.duration_ms, effect.result) == (0, None)
    assert later.effects == first.dispatches[0].calls[0].effects == []


def test_in_a_block_of_the_same_receiver(waiting):
    def works():
        process = subprocess.Popen(["sh", "-c", "exit 1"])
        with record_signals():
            process.wait()

    (effect,) = processes_of(works)
    assert (effect.duration_ms, effect.result) == (50, "exit 1")


@pytest.mark.parametrize("max_kept", [10_000, 1, 3])
def test_sums_are_exact_when_it_is_added_up(waiting, settings, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    signal = Signal()

    def works(**kwargs):
        subprocess.run(["sh", "-c", "exit 1"], check=False)

    signal.connect(works)
    with record_signals() as recording:
        for _ in range(4):
            signal.send(None)
    assert recording.totals.effects == {"process": 4}
    rows = [row for row in build(recording)["rows"] if row["kind"] == "effect"]
    assert sum(row["count"] for row in rows) == 4
    assert sum(row["ms"] for row in rows) == 200
    assert {row["longest_ms"] for row in build(recording)["effects"]} == {50}
    # run() waits once more for what is known to be over, which is the receiver's time alone.
    calls = [row for row in build(recording)["rows"] if row["kind"] == "call"]
    assert sum(row["ms"] for row in calls) == 400


def test_asyncio_s_sums_are_exact_when_it_is_added_up(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}

    async def works():
        for _ in range(3):
            process = await asyncio.create_subprocess_exec("sh", "-c", "exit 1")
            await process.wait()

    signal = Signal()

    async def receiver(**kwargs):
        await works()

    signal.connect(receiver)
    with record_signals() as recording:
        asyncio.run(signal.asend(None))
    assert recording.totals.effects == {"process": 3}
    (row,) = [row for row in build(recording)["rows"] if row["kind"] == "effect"]
    assert row["count"] == 3


class Measured(subprocess.Popen):
    """The toolbar is at work for 20 of the 30 ms that it takes to start it."""

    clock = None

    def _execute_child(self, *args, **kwargs):
        super()._execute_child(*args, **kwargs)
        self.clock.tick(10)
        start = self.clock()
        self.clock.tick(20)
        credit(current.get(), start)


@pytest.mark.parametrize("max_kept", [10_000, 1])
def test_the_toolbar_s_time_is_left_out(waiting, monkeypatch, settings, max_kept):
    monkeypatch.setattr(Measured, "clock", waiting)
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    signal = Signal()

    def works(**kwargs):
        Measured(["sh", "-c", "exit 1"]).wait()

    signal.connect(works)
    with record_signals() as recording:
        signal.send(None)
    (row,) = build(recording)["effects"]
    assert (row["ms"], row["longest_ms"]) == (60, 60)


@pytest.mark.parametrize("max_kept", [10_000, 1])
def test_those_that_outlive_the_recording_are_counted_once(settings, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    signal, started = Signal(), []

    def works(**kwargs):
        started.extend(subprocess.Popen(["sleep", "60"]) for _ in range(3))

    signal.connect(works)
    with record_signals() as recording:
        signal.send(None)
    report = build(recording)
    for process in started:
        process.kill()
        process.wait()
    assert report["effects"] == build(recording)["effects"]
    (row,) = report["effects"]
    assert row["count"] == 3
    assert recording.totals.effects == {"process": 3}


def test_a_task_that_outlives_its_receiver_doesn_t_extend_it():
    signal, tasks = Signal(), []

    async def starts(**kwargs):
        process = await asyncio.create_subprocess_exec("sh", "-c", "exit 1")
        tasks.append(asyncio.create_task(process.wait()))

    signal.connect(starts)

    async def all_of_it():
        with record_signals() as recording:
            await signal.asend(None)
            (effect,) = recording.dispatches[0].calls[0].effects
            before = effect.duration_ms
            assert await tasks[0] == 1
            return effect, before

    effect, before = asyncio.run(all_of_it())
    assert (effect.duration_ms, effect.result) == (before, None)
