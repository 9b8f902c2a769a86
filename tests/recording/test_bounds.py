"""A hundred thousand signals: bounded memory, bounded entry, exact totals."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import contextvars
import gc
import itertools
import json
import operator
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.dispatch import Signal
from reports import build

import signals_panel
from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.describe import callsites
from signals_panel.probes.signals import send as dispatch
from signals_panel.recording import EffectNode, add_effect, current, groups
from signals_panel.rendering import context
from signals_panel.results import node_of

pytestmark = pytest.mark.django_db

PACKAGE = Path(signals_panel.__file__).parent
MANY = 100_000
MAX_ENTRY = 512 * 1024


def entry(recording):
    """What the store would keep, checked for size."""
    stats = build(recording, Config())
    assert len(json.dumps(stats)) < MAX_ENTRY
    return stats


def shown_in_detail(stats):
    """Sums over the rows and the remainder: they make up the totals."""
    sums = {"dispatch": 0, "call": 0, "effect": 0}
    for row in stats["rows"]:
        if row["kind"] == "more":
            sums["dispatch"] += row["dispatches"]
            sums["call"] += row["calls"]
            sums["effect"] += sum(row["effects"].values())
        elif row["kind"] in sums:
            sums[row["kind"]] += row["count"]
    return sums["dispatch"], sums["call"], sums["effect"]


@pytest.fixture
def signals():
    outer, inner = Signal(), Signal()

    def hears(**kwargs):
        pass

    def cascades(**kwargs):
        for number in range(MANY):
            inner.send(sender=Tag, number=number)

    outer.connect(cascades, weak=False)
    inner.connect(hears, weak=False)
    return outer, inner


def test_a_loop(signals):
    _, inner = signals
    with record_signals() as recording:
        for _ in range(MANY):
            inner.send(sender=Tag)

    assert recording.totals[:5] == (MANY, MANY, 0, 0, 0)
    kept = Config().max_kept
    assert len(recording.dispatches) == kept
    assert recording.folded == (MANY - kept, MANY - kept, 0)
    dispatch, call = entry(recording)["rows"]
    assert (dispatch["count"], call["count"]) == (MANY, MANY)
    assert dispatch["ms"] >= call["ms"]


def test_one_receiver_s_cascade(signals):
    outer, _ = signals
    with record_signals() as recording:
        outer.send(sender=None)

    assert recording.totals[:5] == (MANY + 1, MANY + 1, 0, 0, 0)
    stats = entry(recording)
    assert [row["count"] for row in stats["rows"]] == [1, 1, MANY, MANY]
    outer_call, inner_dispatch = stats["rows"][1], stats["rows"][2]
    # Folded or not, the nested dispatches are not the receiver's own time.
    assert outer_call["self_ms"] == pytest.approx(outer_call["ms"] - inner_dispatch["ms"], rel=1e-6)


def test_a_hundred_thousand_objects():
    with record_signals() as recording:
        for _ in range(MANY):
            Tag(name="x")

    assert recording.totals.unheard == 2 * MANY
    assert len(recording.unheard) == 2
    entry(recording)


def test_every_one_is_different():
    """Nothing to fold: what has no room is counted."""
    inner = Signal()

    def queries(number, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {number}")

    inner.connect(queries)
    with record_signals() as recording:
        for number in range(20_000):
            inner.send(sender=type(f"Sender{number}", (), {}), number=number)

    assert recording.totals[:5] == (20_000, 20_000, 0, 20_000, 20_000)
    stats = entry(recording)
    assert shown_in_detail(stats) == (20_000, 20_000, 20_000)
    assert stats["rows"][-1]["kind"] == "more"
    html = context(stats, Config())
    assert list(html["rows"])[-1]["dispatches"] > 18_000


def test_unheard_senders_of_every_kind():
    signal = Signal()
    with record_signals() as recording:
        for number in range(20_000):
            signal.send(sender=type(f"Sender{number}", (), {}))

    assert recording.totals.unheard == 20_000
    assert len(recording.unheard) <= 2_001
    stats = entry(recording)
    shown = sum(count for _, _, count in stats["unheard"])
    assert shown + stats["unheard_more"]["count"] == 20_000


def test_long_statements():
    inner = Signal()

    def queries(number, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {number} -- {'x' * 9_000}")

    inner.connect(queries)
    with record_signals() as recording:
        for number in range(1_000):
            inner.send(sender=None, number=number)

    assert shown_in_detail(entry(recording)) == (1_000, 1_000, 1_000)


def test_deep_recursion_past_the_budget(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 20}
    signal = Signal()

    def recurses(depth, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if depth < 100:
            signal.send(sender=None, depth=depth + 1)

    signal.connect(recurses)
    with record_signals() as recording:
        signal.send(sender=None, depth=0)

    assert recording.totals[:5] == (101, 101, 0, 101, 101)
    assert shown_in_detail(entry(recording)) == (101, 101, 101)


def test_nested_blocks_past_the_budget(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 3}
    signal, inner = Signal(), Signal()

    def opens(**kwargs):
        with record_signals() as block:
            for _ in range(10):
                inner.send(sender=None)
                connection.cursor().execute("SELECT 1")
        blocks.append(block)

    blocks = []
    signal.connect(opens)
    inner.connect(lambda **kwargs: connection.cursor().execute("SELECT 2"), weak=False)
    with record_signals() as recording:
        signal.send(sender=None)

    (block,) = blocks
    assert block.totals[:5] == (10, 10, block.totals.unheard, 10, 20)
    assert recording.totals[:5] == (11, 11, recording.totals.unheard, 20, 20)
    assert shown_in_detail(entry(recording)) == (11, 11, 20)


def test_error_counts_survive_folding(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 3}
    signal = Signal()

    def fails(**kwargs):
        raise ValueError("no stock")

    signal.connect(fails)
    with record_signals() as recording:
        for _ in range(10):
            signal.send_robust(sender=None)

    call = entry(recording)["rows"][1]
    assert (call["count"], call["errors"], call["error"]) == (10, 10, "ValueError: no stock")


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


def test_what_a_block_counts_in_a_receiver_that_is_folded(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 5}
    signal, unheard = Signal(), Signal()

    def opens(**kwargs):
        with record_signals():
            unheard.send(sender=None)

    signal.connect(opens)
    with record_signals() as recording:
        for _ in range(10):
            signal.send(sender=None)

    assert recording.totals[:3] == (10, 10, 10)


# What isn't kept must add up to the same ------------------------------------------------


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


class Unkeepable:
    """Can't be referred to weakly."""

    __slots__ = ()

    def __call__(self, **kwargs):
        pass


def test_receivers_without_a_lasting_name_are_added_up(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 5}
    signal = Signal()
    signal.connect(Unkeepable(), weak=False)
    with record_signals() as recording:
        for _ in range(50):
            signal.send(sender=None)

    (row,) = [row for row in entry(recording)["rows"] if row["kind"] == "call"]
    assert (row["receiver"], row["count"]) == ("test_bounds.Unkeepable", 50)


def test_more_receivers_than_a_fold_has_room_for(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}
    signal = Signal()

    def make():
        def hears(**kwargs):
            pass

        return hears

    for _ in range(150):
        signal.connect(make(), weak=False)
    with record_signals() as recording:
        for _ in range(3):
            signal.send(sender=None)

    (dispatch,) = node_of(recording).overflow.children.values()
    assert len(dispatch.children) == 101
    assert recording.totals.calls == 450
    assert shown_in_detail(entry(recording)) == (3, 450, 0)


def test_code_made_while_running_is_not_remembered_without_end(monkeypatch):
    signal = Signal()
    signal.connect(hears := lambda **kwargs: None)
    monkeypatch.setattr(callsites, "_MAX_PLACES", 20)
    monkeypatch.setattr(callsites, "_codes", {})
    with record_signals() as recording:
        for number in range(100):
            lines = "\n" * number + "signal.send(None); signal.send(None)"
            exec(compile(lines, "<stdin>", "exec"), {"signal": signal})
    assert signal.disconnect(hears)

    assert len(callsites._codes) <= 20
    lines = [dispatch.sent_from.line for dispatch in recording.dispatches]
    assert lines == [number for number in range(1, 101) for _ in "ab"]


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
