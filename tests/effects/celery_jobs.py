"""An app of Celery's, and what its worker runs; a process of its own finds it by its name.

The folder for messages is in ``CELERY_JOBS_FOLDER``; without it they stay in memory.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import django
from celery import Celery, Task, shared_task
from django.conf import settings

folder = os.environ.get("CELERY_JOBS_FOLDER")
if folder and not settings.configured:
    # In the worker.
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    )
    django.setup()

app = Celery("celery_jobs", broker="filesystem://" if folder else "memory://")
if folder:
    # What is sent is where it is received.
    folders = ("data_folder_in", "data_folder_out", "control_folder")
    app.conf.broker_transport_options = dict.fromkeys(folders, folder)


class Traced(Task):
    """A project's own base, which overrides."""

    def apply_async(self, args=None, kwargs=None, **options):
        return super().apply_async(args, kwargs, headers={"trace": "1"}, **options)


@app.task
def announce(name="", **named):
    from django.core.cache import caches

    caches["default"].get(f"announced-{name}")


@app.task(base=Traced, name="mails.send")
def send(name=""):
    announce.delay(name)


# As an argument of the decorator it is deprecated in favour of routes.
send.queue = "mails"


@shared_task
def shared(name=""):
    raise LookupError("no such product")


@app.task
def counts_down(number):
    if number:
        counts_down.delay(number - 1)


@app.task
def records(path):
    """Record what a signal's receiver causes in a worker, and say it in a file."""
    from django.core.cache import caches
    from django.db import connection
    from django.dispatch import Signal

    from signals_panel import record_signals

    def receiver(**kwargs):
        connection.cursor().execute("SELECT 1")
        caches["default"].get("x")
        announce.apply_async(["x"], queue="later")

    signal = Signal()
    signal.connect(receiver)
    with record_signals() as recording:
        signal.send(None)
    (call,) = recording.dispatches[0].calls
    told = [[effect.kind, effect.text] for effect in call.effects] + recording.faults
    written = Path(path).with_suffix(".part")
    written.write_text(json.dumps(told))
    # In one step, since somebody waits for it.
    written.rename(path)
