"""Django's own tasks, which have to be functions of a module; from Django 6.0 on."""

from __future__ import annotations

from django.core.cache import caches
from django.dispatch import Signal
from django.tasks import task

done = Signal()


@task
def announce(name="", **named):
    caches["default"].get(f"announced-{name}")
    done.send(None)


@task
def fails(*args):
    raise LookupError("no such product")


@task
def counts_down(number):
    """Enqueues itself, as one that works page by page."""
    if number:
        counts_down.enqueue(number - 1)


@task
async def waits(name):
    await caches["default"].aget(f"awaited-{name}")


@task
def hands_on(name):
    announce.enqueue(name)
    announce.call(name)
    announce.enqueue(name)
