"""Celery's tasks, under the receiver that enqueues them, and in a worker."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from celery import chain, group
from celery.app.base import Celery
from celery.app.task import Task
from kombu import Queue

from effects import celery_jobs as jobs
from effects.recorded import (
    Hostile,
    effects_of,
    in_a_command,
    in_many_threads,
    recorded,
    script,
)
from signals_panel import record_signals

JOBS = "effects.celery_jobs"


@pytest.fixture(autouse=True)
def cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture
def eager():
    jobs.app.conf.task_always_eager = True
    yield
    jobs.app.conf.task_always_eager = False


def texts_of(receiver):
    return [text for text, _, _, _ in effects_of(receiver, "task")]


def test_all_ways_of_enqueuing():
    def works(**kwargs):
        jobs.announce.delay("SECRET", key="SECRET")
        jobs.announce.apply_async(["SECRET"], queue="later")
        jobs.announce.apply_async(args=["SECRET"], queue=Queue("objects"))
        jobs.send.delay("SECRET")
        jobs.shared.delay("SECRET")
        jobs.announce.s("SECRET").delay()
        jobs.app.send_task("elsewhere.tasks.work", ["SECRET"], queue="mails")
        jobs.app.send_task(name="elsewhere.tasks.work")

    assert effects_of(works, "task") == [
        (text, "celery", None, None)
        for text in (
            f"{JOBS}.announce",
            f"{JOBS}.announce (queue later)",
            f"{JOBS}.announce (queue objects)",
            "mails.send (queue mails)",
            f"{JOBS}.shared",
            f"{JOBS}.announce",
            "elsewhere.tasks.work (queue mails)",
            "elsewhere.tasks.work",
        )
    ]


def test_of_a_group_each_and_of_a_chain_the_first():
    def works(**kwargs):
        group(jobs.announce.s(name) for name in "abc").delay()
        chain(jobs.announce.si("a"), jobs.send.si("b")).delay()

    assert texts_of(works) == [f"{JOBS}.announce"] * 4


def test_from_an_async_receiver():
    async def works(**kwargs):
        await sync_to_async(jobs.announce.delay)("x")

    assert texts_of(works) == [f"{JOBS}.announce"]


def test_results_are_what_they_are_without_us():
    with record_signals():
        result = jobs.announce.apply_async(["x"], task_id="chosen")
    assert type(result) is type(jobs.announce.apply_async(["x"]))
    assert result.id == "chosen"


def test_hooks_look_like_what_they_stand_for():
    plain = {(cls, name): vars(cls)[name] for cls, name in SEAMS}
    with record_signals():
        for (cls, name), original in plain.items():
            hook = vars(cls)[name]
            assert hook is not original
            assert inspect.signature(hook) == inspect.signature(original)
            assert (hook.__module__, hook.__qualname__) == (
                original.__module__,
                original.__qualname__,
            )
    assert {(cls, name): vars(cls)[name] for cls, name in SEAMS} == plain


SEAMS = [
    (Task, "apply_async"),
    (Task, "apply"),
    (Celery, "send_task"),
    (jobs.Traced, "apply_async"),
]


# Those that run at once -----------------------------------------------------------------


def test_the_work_of_one_that_runs_at_once_is_inside_of_it(eager):
    def works(**kwargs):
        jobs.announce.delay("x")

    (call,) = recorded(works).dispatches[0].calls
    assert [(effect.kind, effect.text, effect.result) for effect in call.effects] == [
        ("task", f"{JOBS}.announce", "successful"),
        ("cache", "get announced-x", "miss"),
    ]


def test_what_it_enqueues_in_turn_is_one_of_its_own(eager):
    def works(**kwargs):
        jobs.send.delay("x")
        jobs.shared.delay("x")
        jobs.counts_down.delay(2)

    assert [(text, result) for text, _, result, _ in effects_of(works, "task")] == [
        ("mails.send (queue mails)", "successful"),
        (f"{JOBS}.announce", "successful"),
        (f"{JOBS}.shared", "failed"),
        *[(f"{JOBS}.counts_down", "successful")] * 3,
    ]


def test_a_task_that_is_called_or_applied_is_not_enqueued():
    def works(**kwargs):
        jobs.announce("x")
        jobs.announce.apply(["x"])

    assert recorded(works).totals.effects == {"cache": 2}


# Errors, odd ones -----------------------------------------------------------------------


def test_the_very_error():
    class Breaks(Celery):
        def send_task(self, *args, **kwargs):
            raise error

    error = ConnectionError("no broker")
    broken = Breaks("broken", set_as_current=False)

    def works(**kwargs):
        with pytest.raises(ConnectionError) as info:
            broken.send_task("work")
        assert info.value is error
        with pytest.raises(TypeError):
            jobs.counts_down.delay()

    assert effects_of(works, "task")[0] == ("work", "celery", None, "ConnectionError: no broker")
    assert effects_of(works, "task")[1][3].startswith("TypeError: ")


def test_what_raises_on_every_attribute():
    hostile = Hostile()

    class Touchy(Task):
        @property
        def name(self):
            raise RuntimeError

        def apply_async(self, args=None, kwargs=None, **options):
            return hostile

    def works(**kwargs):
        assert Touchy().apply_async(hostile, hostile, queue=hostile) is hostile

    assert texts_of(works) == ["<property>"]


# Everywhere -----------------------------------------------------------------------------


def test_many_at_once_are_credited_to_their_own_receivers():
    def work(number):
        jobs.announce.apply_async(["x"], queue=f"q{number}")

    for number, texts in in_many_threads(work, "task").items():
        assert texts == [[f"{JOBS}.announce (queue q{each})"] for each in (number, number + 1_000)]


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from django.conf import settings
settings.configure(DATABASES={})
import django
django.setup()
from signals_panel import record_signals
with record_signals():
    pass
assert "celery" not in sys.modules
from effects import celery_jobs as jobs
with record_signals() as recording:
    jobs.counts_down.delay(1)
    jobs.app.send_task("work")
print(recording.totals.all_effects["task"], recording.faults)
"""


def test_a_command_and_a_script_record_the_same():
    """And it isn't us who import Celery."""

    def work():
        jobs.counts_down.delay(1)
        jobs.app.send_task("work")

    assert in_a_command(work, "task") == 2
    assert script(SCRIPT, Path(__file__).parents[1]) == ["2 []"]


def test_in_a_worker(tmp_path):
    """A process of its own takes a task from a folder, and records what it does."""
    tests, messages, told = Path(__file__).parents[1], tmp_path / "messages", tmp_path / "told.json"
    messages.mkdir()
    environment = {
        **os.environ,
        "CELERY_JOBS_FOLDER": str(messages),
        "PYTHONPATH": str(tests),
        "DJANGO_SETTINGS_MODULE": "",
    }
    enqueue = f"from effects.celery_jobs import records; records.delay({str(told)!r})"
    subprocess.run([sys.executable, "-c", enqueue], check=True, env=environment)
    with open(tmp_path / "log", "w") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", JOBS, "worker", "--pool=solo", "-l", "info"],
            cwd=tmp_path,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        deadline = time.monotonic() + 60
        while not told.exists():
            has_ended = worker.poll() is not None or time.monotonic() > deadline
            assert not has_ended, (tmp_path / "log").read_text()
            time.sleep(0.05)
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    assert json.loads(told.read_text()) == [
        ["sql", "SELECT 1"],
        ["cache", "get x"],
        ["task", f"{JOBS}.announce (queue later)"],
    ]
