"""Tasks of Django's own framework, under the receiver that enqueues them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import django
import pytest
from asgiref.sync import sync_to_async
from django.dispatch import Signal
from reports import build

from effects.recorded import (
    Hostile,
    effects_of,
    in_a_command,
    in_many_threads,
    of_kind,
    recorded,
    script,
)
from signals_panel import record_signals

BACKENDS = "django.tasks.backends"

if django.VERSION >= (6, 0):
    from django.tasks import task_backends
    from django.tasks.backends.base import BaseTaskBackend
    from django.tasks.backends.immediate import ImmediateBackend

    from effects import jobs
else:
    # Django's own tasks came with 6.0; the last test here is for what was before.
    BaseTaskBackend = ImmediateBackend = object

needs_tasks = pytest.mark.skipif(django.VERSION < (6, 0), reason="Tasks came with Django 6.0.")
JOBS = "effects.jobs"


class Queueing(BaseTaskBackend):
    """Keeps nothing; its result is whatever it was told."""

    supports_async_task = True
    result = None

    def enqueue(self, task, args, kwargs):
        return self.result


class Traced(ImmediateBackend):
    """Adds to what it is given, and asks the one that it is built on."""

    def enqueue(self, task, args, kwargs):
        return super().enqueue(task, args, {**kwargs, "trace": 1})


@pytest.fixture
def tasks(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    queues = {"QUEUES": ["default", "mails"]}
    settings.TASKS = {
        "default": {"BACKEND": f"{BACKENDS}.immediate.ImmediateBackend", **queues},
        "later": {"BACKEND": f"{BACKENDS}.dummy.DummyBackend", **queues},
        "own": {"BACKEND": f"{__name__}.Queueing"},
        "traced": {"BACKEND": f"{__name__}.Traced"},
    }


@needs_tasks
def test_each_is_told_with_its_backend_its_queue_and_its_status(tasks):
    def works(**kwargs):
        jobs.announce.enqueue("SECRET")
        jobs.announce.using(backend="later", queue_name="mails").enqueue("SECRET")
        jobs.fails.enqueue("SECRET")
        task_backends["own"].enqueue(jobs.fails, ["SECRET"], {})
        task_backends["later"].enqueue(task=jobs.fails, args=["SECRET"], kwargs={})

    assert effects_of(works, "task") == [
        (f"{JOBS}.announce", "default", "successful", None),
        (f"{JOBS}.announce (queue mails)", "later", "ready", None),
        (f"{JOBS}.fails", "default", "failed", None),
        (f"{JOBS}.fails", "own", None, None),
        (f"{JOBS}.fails", "later", "ready", None),
    ]
    (call,) = recorded(works).dispatches[0].calls
    assert not any("SECRET" in effect.text for effect in of_kind(call, "task"))


@needs_tasks
@pytest.mark.parametrize("backend", ["default", "later", "own"])
def test_from_an_async_receiver(tasks, backend):
    async def works(**kwargs):
        await jobs.announce.using(backend=backend).aenqueue("x")
        await sync_to_async(jobs.announce.using(backend=backend).enqueue)("x")

    status = {"default": "successful", "later": "ready", "own": None}[backend]
    assert effects_of(works, "task") == [(f"{JOBS}.announce", backend, status, None)] * 2


@needs_tasks
def test_results_are_what_they_are_without_us(tasks):
    def works(**kwargs):
        results.append(jobs.announce.using(backend="later").enqueue(1, name="x"))
        results.append(jobs.fails.enqueue())

    results = []
    recorded(works)
    works()
    with_us, failed, without, also_failed = results
    assert (with_us.args, with_us.kwargs) == (without.args, without.kwargs)
    assert with_us.status == without.status
    assert failed.errors[0].exception_class is also_failed.errors[0].exception_class is LookupError
    assert task_backends["later"].results == [with_us, without]


def hears(**kwargs):
    pass


# What a task does that runs at once -----------------------------------------------------


@needs_tasks
def test_the_work_of_one_that_runs_at_once_is_inside_of_it(tasks, connect):
    connect(jobs.done, hears)

    def works(**kwargs):
        jobs.announce.enqueue("x")

    signal = Signal()
    connect(signal, works)
    with record_signals() as recording:
        signal.send(None)
    (call,) = recording.dispatches[0].calls
    assert [(effect.kind, effect.text) for effect in call.effects] == [
        ("task", f"{JOBS}.announce"),
        ("cache", "get announced-x"),
    ]
    asked, cached = call.effects
    assert cached.duration_ms <= asked.duration_ms
    # Among those that Django itself sends of each task, and hears to log them.
    called = [each.receiver for dispatch in call.dispatches for each in dispatch.calls]
    assert f"{__name__}.hears" in called
    rows = build(recording)["rows"]
    levels = [row["level"] for row in rows if row["kind"] == "effect"]
    assert levels == [levels[0], levels[0] + 1]


@needs_tasks
def test_what_it_enqueues_in_turn_is_one_of_its_own(tasks):
    def works(**kwargs):
        jobs.hands_on.enqueue("x")

    assert [text for text, _, _, _ in effects_of(works, "task")] == [
        f"{JOBS}.hands_on",
        f"{JOBS}.announce",
        f"{JOBS}.announce",
    ]
    assert len(effects_of(lambda **kwargs: jobs.counts_down.enqueue(3), "task")) == 4

    async def awaits(**kwargs):
        await jobs.counts_down.aenqueue(3)

    assert len(effects_of(awaits, "task")) == 4


@needs_tasks
def test_a_backend_that_asks_another_is_one(tasks):
    def works(**kwargs):
        jobs.announce.using(backend="traced").enqueue("x")

    async def awaits(**kwargs):
        await jobs.announce.using(backend="traced").aenqueue("x")

    for receiver in (works, awaits):
        assert effects_of(receiver, "task") == [(f"{JOBS}.announce", "traced", "successful", None)]


@needs_tasks
def test_an_async_task(tasks):
    def works(**kwargs):
        jobs.waits.enqueue("x")

    (call,) = recorded(works).dispatches[0].calls
    assert [effect.text for effect in call.effects] == [f"{JOBS}.waits", "get awaited-x"]


@needs_tasks
def test_a_task_that_is_called_is_not_enqueued(tasks):
    async def works(**kwargs):
        await jobs.waits.acall("x")
        await jobs.announce.acall("x")

    recording = recorded(works)
    assert recording.totals.effects == {"cache": 2}


# Odd ones, and errors -------------------------------------------------------------------


@needs_tasks
def test_the_very_error(tasks):
    def works(**kwargs):
        with pytest.raises(django.tasks.exceptions.InvalidTask):
            task_backends["own"].validate_task(jobs.announce.using(backend="own", priority=3))
        with pytest.raises(RuntimeError) as info:
            Breaking("breaking", {}).enqueue(jobs.announce, [], {})
        assert info.value is error

    class Breaking(BaseTaskBackend):
        def enqueue(self, task, args, kwargs):
            raise error

    error = RuntimeError("no broker")
    assert effects_of(works, "task") == [
        (f"{JOBS}.announce", "breaking", None, "RuntimeError: no broker")
    ]


@needs_tasks
def test_what_raises_on_every_attribute(tasks):
    class Touchy(Queueing):
        def __getattribute__(self, name):
            if name in ("enqueue", "aenqueue", "result"):
                return super().__getattribute__(name)
            raise RuntimeError(name)

    hostile = Hostile()

    async def asked(touchy):
        # Not as the result of the event loop's own task, which shows it when it debugs.
        return await touchy.aenqueue(hostile, hostile, hostile) is hostile

    def works(**kwargs):
        touchy = Touchy("touchy", {})
        Touchy.result = hostile
        assert touchy.enqueue(hostile, hostile, hostile) is hostile
        assert asyncio.run(asked(touchy))

    assert effects_of(works, "task") == [("Hostile", "touchy", None, None)] * 2


@needs_tasks
def test_long_names_leave_room_for_the_queue(tasks):
    def function():
        pass

    function.__qualname__ = "f" * 300
    # Its backend would look whether it is a function of a module.
    odd = jobs.announce.using(queue_name="mails")
    object.__setattr__(odd, "func", function)
    object.__setattr__(odd, "queue_name", "q" * 300)
    ((text, *_),) = effects_of(lambda **kwargs: Queueing("own", {}).enqueue(odd, [], {}), "task")
    assert text.endswith("qqq…)")
    assert len(text) <= 200


# Everywhere -----------------------------------------------------------------------------


@needs_tasks
def test_many_at_once_are_credited_to_their_own_receivers(tasks):
    def work(number):
        for _ in range(number % 3):
            jobs.announce.enqueue("x")
        jobs.counts_down.enqueue(1)

    for number, texts in in_many_threads(work, "task").items():
        assert texts == [
            [f"{JOBS}.announce"] * (each % 3) + [f"{JOBS}.counts_down"] * 2
            for each in (number, number + 1_000)
        ]


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from django.conf import settings
settings.configure(
    DATABASES={},
    TASKS={"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}},
)
import django
django.setup()
from signals_panel import record_signals
for _ in range(2):
    with record_signals() as recording:
        from effects import jobs
        jobs.counts_down.enqueue(1)
    print(recording.totals.all_effects["task"], recording.faults)
"""


@needs_tasks
def test_a_command_and_a_script_record_the_same(tasks):
    """Also when the framework is first used while something is recorded."""
    assert in_a_command(lambda: jobs.counts_down.enqueue(1), "task") == 2
    assert script(SCRIPT, Path(__file__).parents[1]) == ["2 []"] * 2


def test_where_there_are_none_nothing_is_missing(settings):
    """Before Django 6.0, and where the setting is empty."""
    settings.TASKS = {}
    assert recorded(lambda **kwargs: None).totals.all_effects == {}
