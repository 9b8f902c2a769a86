"""What isn't kept one by one must add up to the same, whatever runs while it is added up."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import contextvars
import gc
import itertools
import operator
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.dispatch import Signal
from entries import entry

import signals_panel
from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.probes.signals import send as dispatch
from signals_panel.recording import EffectNode, add_effect, current, groups
from signals_panel.results import node_of

pytestmark = pytest.mark.django_db

PACKAGE = Path(signals_panel.__file__).parent


def test_a_destructor_that_sends_while_something_is_folded(settings, monkeypatch):
    """The garbage collector may run anybody's code in the middle of our own."""
    settings.SIGNALS_PANEL = {"MAX_KEPT": 3}
    signal, other = Signal(), Signal()
    sent = []

    class Sends:
        def __del__(self):
            sent.append(1)
            other.send(sender=None)

    def hears(**kwargs):
        cycle = [Sends()]
        cycle.append(cycle)

    def collects(method):
        def collecting(*args):
            gc.collect()
            return method(*args)

        return collecting

    for owner, name in ((groups.Group, "add"), (groups.Group, "_has_room")):
        monkeypatch.setattr(owner, name, collects(getattr(owner, name)))
    signal.connect(hears)
    other.connect(lambda **kwargs: None, weak=False)
    with record_signals() as recording:
        for _ in range(20):
            signal.send(sender=None)
        gc.collect()

    assert len(sent) == 20
    assert recording.totals.dispatches == 40


def everything(clock):
    """Nesting, errors, queries, recursion, blocks and async receivers, several times over."""
    outer, inner, mixed = Signal(), Signal(), Signal()

    def sends(depth=0, **kwargs):
        clock.tick(1)
        for number in (0, 2, 4):
            inner.send(sender=Tag, number=number)
        clock.tick(2)
        connection.cursor().execute("SELECT 1")
        if depth < 2:
            outer.send(sender=None, depth=depth + 1)

    def opens(**kwargs):
        with record_signals():
            inner.send_robust(sender=Tag, number=1)
            connection.cursor().execute("SELECT 2")
            clock.tick(4)
            mixed.send(sender=None)

    def fails(number, **kwargs):
        clock.tick(number)
        if number == 1:
            raise ValueError("no stock")

    async def waits(**kwargs):
        clock.tick(1)
        await asyncio.sleep(0)
        clock.tick(1)

    outer.connect(sends, weak=False)
    outer.connect(opens, weak=False)
    inner.connect(lambda number, **kwargs: clock.tick(3), weak=False)
    inner.connect(fails, weak=False)
    mixed.connect(waits, weak=False)
    mixed.connect(lambda **kwargs: clock.tick(5), weak=False)
    with record_signals() as recording:
        for _ in range(5):
            outer.send(sender=None)
            with contextlib.suppress(ValueError):
                inner.send(sender=None, number=1)
    return recording


def sums(stats):
    """Each row's sums, without what only what is kept has."""
    keys = (
        *("kind", "level", "signal", "sender", "receiver", "text", "method", "concurrent"),
        *("count", "ms", "self_ms", "longest_ms", "own_effects", "effects"),
        *("errors", "error", "unfinished"),
    )
    return [{key: row[key] for key in keys if key in row} for row in stats["rows"]]


@pytest.mark.parametrize("max_kept", [1, 2, 3, 7, 20, 50])
@pytest.mark.parametrize("runs_loop", [True, False])
def test_folded_adds_up_as_kept_does(settings, clock, monkeypatch, max_kept, runs_loop):
    monkeypatch.setattr(dispatch, "IS_KNOWN", runs_loop)
    kept = everything(clock)
    assert kept.totals.dispatches == len(list(kept.walk()))
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    folded = everything(clock)
    assert len(list(folded.walk())) <= max_kept

    assert folded.totals == kept.totals
    by_words = operator.itemgetter("kind", "level", "count", "ms")
    assert sorted(sums(entry(folded)), key=by_words) == sorted(sums(entry(kept)), key=by_words)


def record_in_threads(work):
    """Eight threads do the work in one recording, and take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with record_signals() as recording, ThreadPoolExecutor(8) as pool:
            for _ in range(8):
                pool.submit(contextvars.copy_context().run, work)
    finally:
        sys.setswitchinterval(interval)
    return recording


def test_threads_that_fold_into_the_same_place(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}
    signal = Signal()
    signal.connect(lambda **kwargs: None, weak=False)

    def sends():
        for _ in range(2_000):
            signal.send(sender=None)

    recording = record_in_threads(sends)
    assert recording.totals[:2] == (16_000, 16_000)
    (dispatch,) = node_of(recording).overflow.children.values()
    (call,) = dispatch.children.values()
    assert (dispatch.count, call.count, call.finished) == (15_999,) * 3
    assert call.ns == call.self_ns


@pytest.mark.parametrize("maker", ["overflow", "rest"])
def test_a_destructor_that_sends_while_a_fold_is_made(settings, monkeypatch, maker):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}
    outer, inner, other = Signal(), Signal(), Signal()
    sent = []

    class Sends:
        def __init__(self):
            self.itself = self

        def __del__(self):
            sent.append(1)
            other.send(sender=Tag)

    owner = {"overflow": groups.Group, "rest": groups.Rest}[maker]
    make = owner.__init__

    def makes(self, *args, **kwargs):
        make(self, *args, **kwargs)
        gc.collect()

    def sends(**kwargs):
        Sends()
        inner.send(sender=None)

    monkeypatch.setattr(owner, "__init__", makes)
    if maker == "rest":
        monkeypatch.setattr("signals_panel.recording.folding.BOUNDED", groups.Limits(0, 0))
    outer.connect(sends)
    inner.connect(lambda **kwargs: None, weak=False)
    other.connect(lambda **kwargs: None, weak=False)
    with record_signals() as recording:
        outer.send(sender=None)
    gc.collect()

    assert sent
    assert recording.totals.dispatches == 2 + len(sent)


def test_threads_that_fold_more_than_there_is_room_for(settings, db):
    """A sum is read and written without a call in between, which is where threads may change."""
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}
    signal = Signal()
    number = itertools.count()

    def adds(**kwargs):
        # As the probe does, without a database whose own locks would be in the way.
        for _ in range(20):
            text = f"SELECT {next(number)}"
            add_effect(EffectNode("sql", text, "default", current.get()))

    signal.connect(adds, weak=False)

    def sends():
        for _ in range(100):
            signal.send(sender=None)

    recording = record_in_threads(sends)
    assert recording.totals[:2] == (800, 800)
    assert recording.totals.queries == 16_000


def test_no_sum_is_made_of_a_call():
    """``a += f()`` reads ``a`` first: what another thread adds during the call is lost."""
    sums = [
        (file.name, node.lineno)
        for file in (PACKAGE / "recording").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.AugAssign)
        and isinstance(node.target, (ast.Attribute, ast.Subscript))
        and any(isinstance(inner, ast.Call) for inner in ast.walk(node.value))
    ]
    assert sums == []
