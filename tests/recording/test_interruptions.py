"""Exceptions that reach the program while code of the recorder runs: timeouts, above all.

The handler of a signal such as SIGALRM raises in whatever code runs when the time has come. So
an exception is raised here at each line of the recorder that a program comes by, one by one:
it has to arrive, and to leave nothing behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import ctypes
import gc
import linecache
import signal as os_signal
import sys
import threading
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.dispatch import Signal

import signals_panel
from shop.models import Product
from signals_panel import record_signals
from signals_panel.probes.steps import Stepped
from signals_panel.recording import current, lifecycle
from signals_panel.recording.lock import lock
from signals_panel.results import node_of

PACKAGE = str(Path(signals_panel.__file__).parent)


class Alarm(Exception):
    """What a timeout raises."""


class OwnSignal(Signal):
    """Sends by itself."""

    def send(self, sender, **named):
        sync_receivers, _ = self._live_receivers(sender)
        return {
            receiver: receiver(signal=self, sender=sender, **named) for receiver in sync_receivers
        }


class OwnAsyncSignal(Signal):
    """Sends by itself, when it is awaited: in the very context of who awaits."""

    async def asend(self, sender, **named):
        await asyncio.sleep(0)
        sync_receivers, _ = self._live_receivers(sender)
        return [receiver(signal=self, sender=sender, **named) for receiver in sync_receivers]


outer, inner, quiet, mixed, unheard = Signal(), Signal(), Signal(), Signal(), Signal()
own, own_async = OwnSignal(), OwnAsyncSignal()


def sends(**kwargs):
    inner.send(sender=None)


def queries(**kwargs):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def fails(**kwargs):
    raise ValueError("no stock")


async def answers(**kwargs):
    await asyncio.sleep(0)
    unheard.send(sender=None)
    quiet.send(sender=None)


def returns(**kwargs):
    return 1


@pytest.fixture
def receivers(connect, db):
    for each in (sends, queries):
        connect(outer, each)
    connect(inner, queries)
    connect(own, sends)
    connect(own_async, returns)
    connect(quiet, returns)
    for each in (answers, returns):
        connect(mixed, each)
    # Django describes new things once, and so do we.
    sync_program()


# Places that have left another node current than the one of the block they were in.
misplaced = []


@contextlib.contextmanager
def block():
    with record_signals() as recording:
        try:
            yield
        except Alarm as error:
            if current.get() is not node_of(recording):
                misplaced.append(error.args[0])
            raise


def sync_program():
    with block():
        for _ in range(2):
            outer.send(sender=Product)
            unheard.send(sender=object)
            own.send(sender=None)
            with block():
                outer.send_robust(sender=None, instance=Product(pk=1))
        queries()
        outer.connect(fails)
        try:
            with contextlib.suppress(ValueError):
                outer.send(sender=Product)
        finally:
            outer.disconnect(fails)


async def async_program():
    with block():
        await mixed.asend(sender=Product)
        await unheard.asend(sender=None)
        await own_async.asend(sender=None)
        with block():
            await mixed.asend(sender=None)
        await sync_to_async(quiet.send)(sender=None)


def run_async():
    # Receivers that are sync would be sent to another thread, where nobody traces.
    asyncio.run(async_program())


class Tracer:
    """Raises at one line of the package, or notes the lines that are come by."""

    def __init__(self, place=None):
        self.place = place
        self.lines = {}
        self.error = None

    def __call__(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        return self.local

    def local(self, frame, event, argument):
        if event == "line":
            line = (frame.f_code.co_filename.removeprefix(PACKAGE), frame.f_lineno)
            self.lines.setdefault(line, frame.f_code.co_name)
            if line == self.place and self.error is None:
                self.error = Alarm(line)
                raise self.error
        return self.local

    def run(self, program):
        # That of a debugger, or of what measures coverage.
        others = sys.gettrace()
        sys.settrace(self)
        try:
            program()
        except Alarm as error:
            return error
        finally:
            sys.settrace(others)
        return None


# Where it can't arrive: code that Python itself calls, and whose exceptions it only prints.
LOST = {"evict": "the callback of a weak reference"}


def text_of(place):
    path, line = place
    return linecache.getline(PACKAGE + path, line).strip()


def release_lock():
    """A line is traced once more when a "with" ends, where no handler of a signal ever runs."""
    while lock._is_owned():
        lock.release()


# What is interrupted before it awaits something leaves that unawaited, with us and without.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize("max_kept", [10_000, 3])
@pytest.mark.parametrize("program", [sync_program, run_async])
def test_an_exception_at_each_line_arrives(receivers, settings, program, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    seen = Tracer()
    seen.run(program)
    assert len(seen.lines) > 150

    lost, left = [], []
    misplaced.clear()
    for place, function in seen.lines.items():
        tracer = Tracer(place)
        arrived = tracer.run(program)
        release_lock()
        if text_of(place) == "try:":
            # What was abandoned there is closed in whatever context it is collected.
            contextvars.copy_context().run(gc.collect)
        if tracer.error is not None and arrived is not tracer.error and function not in LOST:
            lost.append((place, function))
        if current.get() is not None or lifecycle._users:
            left.append(place)
            current.set(None)
            for number in list(lifecycle._users):
                lifecycle._release(number)
    gc.collect()
    assert lost == []
    # Of a "try" alone Python traces a line that nothing around it covers, and where no handler
    # of a signal ever runs. So something stays when a block is interrupted as it begins to end.
    assert {text_of(place) for place in [*left, *misplaced]} <= {"try:"}
    # And all goes on as before.
    with record_signals() as recording:
        outer.send(sender=None)
    assert recording.totals[:5] == (2, 3, 0, 2, 2)
    assert recording.faults == []


# As above.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_steps_that_are_interrupted_put_the_context_back():
    """Awaited directly: no task is in between whose context would be thrown away."""
    variable = contextvars.ContextVar("variable", default="outside")
    found = {}

    async def waits():
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def program():
        try:
            await Stepped(waits(), variable, "inside")
        finally:
            found[tracer.place] = variable.get()

    tracer = seen = Tracer()
    tracer.run(lambda: asyncio.run(program()))
    for place in seen.lines:
        if "steps" in place[0]:
            tracer = Tracer(place)
            assert tracer.run(lambda: asyncio.run(program())) is tracer.error
    gc.collect()
    wrong = [text_of(place) for place, value in found.items() if place and value != "outside"]
    assert set(wrong) <= {"try:"}
    assert len(found) > 15


@pytest.fixture
def no_collector():
    """What is raised while the collector runs somebody's callback is printed, by Python."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.skipif(
    sys.version_info[:2] == (3, 14),
    reason="an exception of a signal's handler can leave any `with lock:` held on Python 3.14",
)
@pytest.mark.parametrize("program", ["sends", "queries"])
def test_every_alarm_arrives(receivers, no_collector, program):
    """As many as are set off: a timeout of RQ's, Celery's or the program's own."""
    arrived = 0

    def handler(number, frame):
        raise Alarm

    def work():
        # Far longer than it takes.
        for _ in range(20_000):
            if program == "sends":
                inner.send(sender=None)
                outer.send(sender=Product)
            else:
                queries()

    before = os_signal.signal(os_signal.SIGALRM, handler)
    try:
        with record_signals() as recording:
            for number in range(200):
                # At another moment each time.
                try:
                    os_signal.setitimer(os_signal.ITIMER_REAL, 0.0005 + number * 1e-6)
                    work()
                except Alarm:
                    arrived += 1
    finally:
        os_signal.setitimer(os_signal.ITIMER_REAL, 0)
        os_signal.signal(os_signal.SIGALRM, before)

    assert arrived == 200
    assert recording.faults == []
    assert current.get() is None


def test_an_exception_that_another_thread_has_set_arrives(connect, no_collector):
    """As RQ's timeouts do where there is no SIGALRM."""
    connect(inner, returns)
    arrived = []

    def work():
        with record_signals():
            try:
                begun.set()
                for _ in range(100_000):
                    inner.send(sender=None)
            except Alarm:
                arrived.append(True)

    for _ in range(20):
        begun = threading.Event()
        thread = threading.Thread(target=work)
        thread.start()
        begun.wait()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(Alarm)
        )
        thread.join(5)
    assert arrived == [True] * 20
