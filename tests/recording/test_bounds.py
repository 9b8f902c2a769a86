"""A hundred thousand signals: bounded memory, bounded entry, exact totals."""

from __future__ import annotations

import pytest
from django.db import connection
from django.dispatch import Signal
from entries import entry, shown_in_detail

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.describe import callsites
from signals_panel.rendering import context
from signals_panel.results import node_of

pytestmark = pytest.mark.django_db


MANY = 100_000


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
