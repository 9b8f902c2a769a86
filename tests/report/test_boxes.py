"""When each row ran, in microseconds: what the picture is drawn of."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from checked import built
from django.db import transaction
from django.dispatch import Signal

from signals_panel import record_signals
from signals_panel.report.boxes import boxes

sent = Signal()
inner = Signal()

MS = 1_000_000


def found(report, kind):
    """The boxes of the first row of a kind."""
    index = next(number for number, row in enumerate(report["rows"]) if row["kind"] == kind)
    return report["boxes"][str(index)]


def test_a_row_s_single_times(clock, connect, query):
    def receiver(sender, **kwargs):
        clock.tick(2)
        query(0.25)
        clock.tick(1)

    connect(sent, receiver)
    with record_signals() as recording:
        for _ in range(2):
            clock.tick(3)
            sent.send(sender=None)
    report = built(recording)

    assert found(report, "dispatch") == found(report, "call") == [3000, 3250, 9250, 3250]
    assert found(report, "effect") == [5000, 250, 11250, 250]


def test_one_right_after_another_is_one_box(clock, connect):
    connect(sent, lambda sender, **kwargs: clock.tick(2))
    with record_signals() as recording:
        for _ in range(5):
            sent.send(sender=None)

    assert found(built(recording), "call") == [0, 10_000]


def test_a_row_of_many_has_sixty_with_the_widest_gaps(clock, connect):
    connect(sent, lambda sender, **kwargs: clock.tick(1))
    with record_signals() as recording:
        for number in range(200):
            sent.send(sender=None)
            clock.tick(10 if number in (49, 99) else 1)
    row = found(built(recording), "call")

    assert len(row) == 2 * 60
    pairs = list(zip(row[::2], row[1::2], strict=True))
    gaps = [after - start - length for (start, length), (after, _) in pairwise(pairs)]
    assert gaps.count(10_000) == 2
    assert (pairs[0][0], sum(pairs[-1])) == (0, 417_000)


def test_deferred_work_is_where_it_ran(clock, connect, transactional_db):
    def receiver(sender, **kwargs):
        transaction.on_commit(lambda: clock.tick(7))
        clock.tick(1)

    connect(sent, receiver)
    with record_signals() as recording, transaction.atomic():
        sent.send(sender=None)
        clock.tick(4)
    report = built(recording)

    assert found(report, "call") == [0, 1000]
    assert found(report, "deferred") == [5000, 7000]


def test_a_phase_lasts_until_the_next(visit):
    report = visit("/shop/cascade/").report
    starts = [round(start * 1000) for _, start in report["phases"]]
    ends = [*starts[1:], round(report["totals"]["duration_ms"] * 1000)]
    names = [name for name, _ in report["phases"]]

    shown = 0
    for number, row in enumerate(report["rows"]):
        if row["kind"] == "phase":
            start, length = report["boxes"][str(number)]
            at = names.index(row["name"])
            assert (start, start + length) == pytest.approx((starts[at], ends[at]), abs=1)
            shown += 1
    assert shown == 3


def test_less_room_takes_fewer_boxes_and_then_fewer_rows():
    many = {0: [(0, 100 * MS)], 1: [(n * MS, n * MS + 1000) for n in range(100)]}

    assert len(boxes(many, 10_000)["1"]) == 2 * 60
    some = boxes(many, 500)
    assert len(some["1"]) == 2 * 30
    assert len(json.dumps(some)) <= 500
    assert boxes(many, 40) == {"0": [0, 100_000], "1": [0, 99_001]}
    assert boxes(many, 25) == {"0": [0, 100_000]}


def test_a_report_of_many_rows_that_ran_often(clock, connect):
    def named(number):
        def receiver(sender, **kwargs):
            clock.tick(1)

        receiver.__qualname__ = f"r{number}"
        return receiver

    for number in range(100):
        connect(sent, named(number))
    with record_signals() as recording:
        for _ in range(40):
            sent.send(sender=None)
    report = built(recording)

    assert len(json.dumps(report["boxes"])) <= 30_000
    # Fewer each, and each has some.
    assert len(report["boxes"]) == len(report["rows"]) == 101
    assert len(report["boxes"]["1"]) == 2 * 15


def test_what_was_only_added_up_has_none(connect, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}
    connect(sent, lambda sender, **kwargs: None)
    connect(inner, lambda sender, **kwargs: None)
    with record_signals() as recording:
        sent.send(sender=None)
        inner.send(sender=None)
    report = built(recording)

    kept = [bool(row["kept"]) for row in report["rows"]]
    assert kept == [True, True, False, False]
    assert set(report["boxes"]) == {"0", "1"}


def test_async_receivers_overlap(visit):
    """Each has its own time, though they ran side by side."""
    report = visit("/showcase/async/").report
    calls = [
        report["boxes"][str(number)]
        for number, row in enumerate(report["rows"])
        if row["kind"] == "call" and row["is_async"]
    ]

    first, second = calls[:2]
    assert first[0] < second[0] < first[0] + first[1]
