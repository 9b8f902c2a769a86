"""What receivers cause, as the tests of several kinds ask for it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading

from django.core.management import BaseCommand, call_command
from django.dispatch import Signal

from signals_panel import record_signals


def recorded(receiver):
    """The recording of one receiver, sync or async, called once."""
    signal = Signal()
    signal.connect(receiver, weak=False)
    with record_signals() as recording:
        if asyncio.iscoroutinefunction(receiver):
            asyncio.run(signal.asend(None))
        else:
            signal.send(None)
    assert recording.faults == []
    return recording


def effects_of(receiver, kind):
    """(text, alias, result, error) of each effect of a kind that one receiver causes."""
    recording = recorded(receiver)
    found = of_kind(recording.dispatches[0].calls[0], kind)
    assert recording.totals.effects.get(kind, 0) == len(found)
    return [(effect.text, effect.alias, effect.result, effect.error) for effect in found]


def of_kind(call, kind):
    return [effect for effect in call.effects if effect.kind == kind]


def in_many_threads(work, kind, number=50):
    """The texts of each of many requests at once, whose two receivers take turns.

    ``work`` is called by the first with the request's number, and by the second with that plus a
    thousand, and meets the others in the midst of it.
    """
    signal, texts, errors = Signal(), {}, []
    barrier = threading.Barrier(number)

    def first(sender, number, **kwargs):
        barrier.wait(timeout=30)
        work(number)

    def second(sender, number, **kwargs):
        work(number + 1_000)

    signal.connect(first, weak=False)
    signal.connect(second, weak=False)

    def request(number):
        try:
            with record_signals() as recording:
                signal.send(None, number=number)
            calls = recording.dispatches[0].calls
            texts[number] = [[effect.text for effect in of_kind(call, kind)] for call in calls]
            assert recording.totals.all_effects[kind] == sum(map(len, texts[number]))
            assert recording.faults == []
        except BaseException as error:  # noqa: BLE001 - raised by the test's own thread below
            errors.append(error)

    threads = [threading.Thread(target=request, args=[each]) for each in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return texts


def in_a_command(work, kind):
    """What a block in a management command records, outside of receivers."""
    shown = []

    class Command(BaseCommand):
        def handle(self, **options):
            with record_signals() as recording:
                work()
            shown.append(recording.totals.all_effects.get(kind))

    call_command(Command())
    return shown[0]


def script(source, *arguments):
    """The lines that a script of its own process writes."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", source, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


class Hostile:
    """Raises on every attribute, and on whatever else it is asked."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def _raises(self, *args):
        raise RuntimeError

    __str__ = __repr__ = __len__ = __iter__ = __bool__ = __eq__ = __hash__ = __fspath__ = _raises
