"""Blocks in blocks: any number, side by side or one in another, closed in any order."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import tracemalloc

import pytest
from debug_toolbar.toolbar import debug_toolbar_urls
from django.db import connection
from django.dispatch import Signal
from django.http import HttpResponse
from django.urls import path
from reports import build

from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.recording import credit, current
from signals_panel.results import node_of

signal, nobodys, outer_signal = Signal(), Signal(), Signal()


def queries(**kwargs):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.fixture
def receivers(connect, db):
    connect(signal, queries)


def sums(recording):
    return recording.totals[:5]


def test_many_side_by_side_keep_little(receivers):
    def open_many(number):
        for _ in range(number):
            with record_signals():
                nobodys.send(sender=None)

    with record_signals() as recording:
        open_many(100)
        tracemalloc.start()
        try:
            open_many(5_000)
            gc.collect()
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    # A block takes about a kilobyte; this leaves room for what others allocate meanwhile.
    assert kept < 200_000
    assert recording.totals.unheard == 5_100


@pytest.mark.parametrize("max_kept", [10_000, 2])
def test_what_they_counted_is_still_there(receivers, settings, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    inner = []
    with record_signals() as recording:
        for number in range(4):
            with record_signals() as block:
                nobodys.send(sender=None)
                if number % 2:
                    signal.send(sender=None)
                with record_signals():
                    queries()
            inner.append(block)

    assert sums(recording) == (2, 2, 4, 2, 6)
    assert [sums(block) for block in inner] == [(0, 0, 1, 0, 1), (1, 1, 1, 1, 2)] * 2
    # Those of which something is kept are still in it.
    assert len(node_of(recording).blocks) == (4 if max_kept > 2 else 2)
    build(recording, Config())


@pytest.mark.parametrize("max_kept", [10_000, 1])
def test_in_a_receiver(connect, db, settings, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}

    def opens(**kwargs):
        with record_signals() as block:
            nobodys.send(sender=None)
        with record_signals() as block:
            queries()
            signal.send(sender=None)
        blocks.append(block)

    blocks = []
    connect(outer_signal, opens)
    connect(signal, queries)
    with record_signals() as recording:
        for _ in range(3):
            outer_signal.send(sender=None)

    assert sums(recording) == (6, 6, 3, 6, 6)
    assert [sums(block) for block in blocks] == [(1, 1, 0, 1, 2)] * 3
    build(recording, Config())


def test_very_deep(receivers):
    with contextlib.ExitStack() as stack:
        recordings = [stack.enter_context(record_signals()) for _ in range(3_000)]
        signal.send(sender=None)
        assert sums(recordings[0]) == (1, 1, 0, 1, 1)
        assert [dispatch.sent_from.function for dispatch in recordings[0].dispatches]

    assert sums(recordings[0]) == sums(recordings[-1]) == (1, 1, 0, 1, 1)
    assert recordings[0].dispatches == recordings[-1].dispatches
    assert repr(recordings[0])
    build(recordings[0], Config())
    # Of all those in between, only the one that holds something.
    assert len(node_of(recordings[0]).blocks) == 1


def test_closed_before_the_one_inside(receivers):
    outer, inner = record_signals(), record_signals()
    around = outer.__enter__()
    inside = inner.__enter__()
    signal.send(sender=None)
    outer.__exit__(None, None, None)
    # The one inside goes on.
    assert current.get() is node_of(inside)
    signal.send(sender=None)
    inner.__exit__(None, None, None)
    assert current.get() is None

    assert inside.totals.dispatches == 2
    assert around.totals.dispatches >= 1


def test_closed_in_another_context(receivers):
    def opens():
        with record_signals() as recording:
            yield recording

    generator = opens()
    recording = contextvars.copy_context().run(next, generator)
    signal.send(sender=None)
    generator.close()
    assert current.get() is None
    assert recording.totals.dispatches == 0


class OwnSignal(Signal):
    """Waits before it asks for its receivers."""

    async def asend(self, sender, **named):
        await asyncio.sleep(0)
        sync_receivers, _ = self._live_receivers(sender)
        return [(each, each(signal=self, sender=sender, **named)) for each in sync_receivers]


@pytest.mark.parametrize("is_nested", [True, False])
@pytest.mark.parametrize("kind", [OwnSignal, Signal])
def test_what_was_begun_in_one_goes_on_after_it(connect, kind, is_nested):
    begun = kind()

    async def waits(**kwargs):
        await asyncio.sleep(0)

    connect(begun, waits if kind is Signal else lambda **kwargs: None)

    async def program():
        with record_signals() as recording:
            with record_signals() if is_nested else contextlib.nullcontext():
                task = asyncio.create_task(begun.asend(sender=None))
                # It has begun, and waits.
                await asyncio.sleep(0)
            await task
        return recording

    assert asyncio.run(program()).totals[:3] == (1, 1, 0)


def test_folded_in_one_that_ends_before_them(connect, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}

    async def waits(**kwargs):
        await asyncio.sleep(0.01)

    connect(signal, lambda **kwargs: None)
    connect(outer_signal, waits)

    async def program():
        with record_signals() as recording:
            signal.send(sender=None)
            with record_signals():
                task = asyncio.create_task(outer_signal.asend(sender=None))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            await task
        return recording

    recording = asyncio.run(program())
    assert recording.totals[:2] == (2, 2)
    assert recording.totals.receiver_ms >= 9


@pytest.fixture
def blocks_around_the_view(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.in_a_block", *settings.MIDDLEWARE]


def test_what_is_dissolved_stays_in_its_phase(blocks_around_the_view, visit, connect):
    """Blocks around the view and in it, all past the limit."""
    connect(signal, lambda **kwargs: None)
    connect(outer_signal, lambda **kwargs: None)

    report = visit("/").report

    phases = {}
    for row in report["rows"]:
        if row["kind"] == "phase":
            sent = phases[row["name"]] = {}
        elif row["kind"] == "dispatch" and row["signal"].startswith(__name__):
            name = row["signal"].rpartition(".")[2]
            sent[name] = sent.get(name, 0) + row["count"]
    assert phases["before the view"]["signal"] == 2
    assert phases["view"] == {"outer_signal": 3}
    assert phases["response body"] == {"signal": 1}


def send_in_a_block(sent):
    with record_signals():
        sent.send(sender=None)


def in_a_block(get_response):
    def middleware(request):
        signal.send(sender=None)
        with record_signals():
            send_in_a_block(signal)
            response = get_response(request)
        send_in_a_block(signal)
        return response

    return middleware


def sends_in_blocks(request):
    for _ in range(3):
        send_in_a_block(outer_signal)
    return HttpResponse("<body></body>")


urlpatterns = [path("", sends_in_blocks), *debug_toolbar_urls()]


def test_toolbar_time_of_one_that_is_dissolved(clock):
    with record_signals() as recording:
        clock.tick(1)
        with record_signals() as inner:
            clock.tick(4)
            credit(current.get(), clock.ns - 3_000_000)
        clock.tick(2)
    assert node_of(inner) not in node_of(recording).blocks
    assert (inner.totals.duration_ms, inner.totals.toolbar_ms) == (1, 3)
    assert (recording.totals.duration_ms, recording.totals.toolbar_ms) == (4, 3)
