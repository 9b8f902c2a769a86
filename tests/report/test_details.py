"""The report's marks and details: what to look at first, each of a fold, spans that overlap."""

from __future__ import annotations

import pytest
from checked import built, rows
from django.dispatch import Signal

from signals_panel import record_signals

outer = Signal()


class Sender:
    """Who sends."""


# What to look at first ------------------------------------------------------------------


def test_slow_and_repetitive_rows_worst_first(clock, connect, query):
    def slow(sender, **kwargs):
        clock.tick(10)

    def repetitive(sender, **kwargs):
        for _ in range(5):
            query(0.5)

    def neither(sender, **kwargs):
        clock.tick(1)
        for _ in range(4):
            query(0.5)

    for receiver in (neither, repetitive, slow):
        connect(outer, receiver)
    with record_signals() as recording:
        outer.send(sender=Sender)
    report_ = built(recording)

    worst = [report_["rows"][found["row"]] for found in report_["findings"]]
    assert [(row["receiver"].rpartition(".")[2], row["marks"]) for row in worst] == [
        ("slow", ["slow"]),
        ("repetitive", ["repeated"]),
    ]
    assert len([row for row in report_["rows"] if "marks" in row]) == 2


@pytest.mark.parametrize(("ms", "is_slow"), [(9.9, False), (10, True)])
def test_slow_from_ten_milliseconds(clock, connect, ms, is_slow):
    connect(outer, lambda sender, **kwargs: clock.tick(ms))
    with record_signals() as recording:
        outer.send(sender=Sender)

    assert bool(built(recording)["findings"]) is is_slow


@pytest.mark.parametrize(("around", "is_slow"), [(490, True), (491, False)])
def test_slow_from_a_fiftieth_of_the_request(clock, connect, around, is_slow):
    connect(outer, lambda sender, **kwargs: clock.tick(10))
    with record_signals() as recording:
        outer.send(sender=Sender)
        clock.tick(around)

    assert bool(built(recording)["findings"]) is is_slow


# Details --------------------------------------------------------------------------------


def test_each_of_a_fold(clock, connect):
    def growing(sender, ms, **kwargs):
        clock.tick(ms)
        if ms == 2:
            raise ValueError("two")

    connect(outer, growing)
    with record_signals() as recording:
        for ms in (1, 2, 3):
            outer.send_robust(sender=Sender, ms=ms)
    report_ = built(recording)

    details = report_["details"]["1"]
    assert details["each"] == [
        [3.0, 3.0, {}, None, None, 3],
        [1.0, 2.0, {}, "ValueError: two", None, 2],
        [0.0, 1.0, {}, None, None, 1],
    ]
    assert details["each_more"] == 0
    lines = [report_["lines"][index][3] for index in details["traceback"]]
    assert lines == ['raise ValueError("two")']
    assert details["connection"] == [{"sender": None, "weak": False, "dispatch_uid": None}]


def test_what_was_not_kept_one_by_one_is_counted(clock, connect, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 3}
    connect(outer, lambda sender, **kwargs: clock.tick(1))
    with record_signals() as recording:
        for _ in range(10):
            outer.send(sender=Sender)
    report_ = built(recording)

    (call,) = rows(report_)
    assert (call["count"], call["ms"]) == (10, 10.0)
    assert len(report_["details"]["1"]["each"]) == 3
    assert report_["details"]["1"]["each_more"] == 7


def test_the_sending_stack(clock, connect):
    connect(outer, lambda sender, **kwargs: None)
    with record_signals() as recording:
        outer.send(sender=Sender)
    report_ = built(recording)

    stack = report_["details"]["0"]["stack"]
    projects = [report_["lines"][line][3] for line, is_project in stack if is_project]
    assert projects[0] == "outer.send(sender=Sender)"
    assert len(projects) < len(stack)


# Overlapping ----------------------------------------------------------------------------


def test_spans_of_repeats_are_apart(clock, connect):
    connect(outer, lambda sender, **kwargs: clock.tick(1))
    with record_signals() as recording:
        for _ in range(2):
            outer.send(sender=Sender)
            clock.tick(4)

    assert rows(built(recording))[0]["spans"] == [0, 100, 500, 100]


def test_spans_too_close_to_tell_apart_are_one(clock, connect):
    connect(outer, lambda sender, **kwargs: clock.tick(1))
    with record_signals() as recording:
        for _ in range(2):
            outer.send(sender=Sender)
            clock.tick(0.001)
        clock.tick(8)

    assert rows(built(recording))[0]["spans"] == [0, 200]


def test_the_costliest_have_each_of_their_times_where_there_is_no_room_for_all(clock, connect):
    def receiver(ms):
        def receives(sender, **kwargs):
            clock.tick(ms)

        return receives

    for ms in (1, 9, 3, 8, 2, 7, 4, 6, 5, 10):
        connect(outer, receiver(ms))
    with record_signals() as recording:
        for _ in range(200):
            outer.send(sender=Sender)
    report_ = built(recording)

    with_each, without = [], []
    for index, row in enumerate(report_["rows"]):
        if row["kind"] == "call":
            mine = report_["details"][str(index)]
            (with_each if "each" in mine else without).append(row["self_ms"])
            assert len(mine.get("each", ())) + mine["each_more"] == 200
    assert without
    assert min(with_each) > max(without)
