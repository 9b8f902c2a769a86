"""The report of a recording: exact figures, marks, limits."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager

import pytest
from django.db import connection
from django.dispatch import Signal
from reports import build

from signals_panel import record_signals, report
from signals_panel.conf import Config
from signals_panel.exports import outline
from signals_panel.results import node_of

outer = Signal()
inner = Signal()


class Sender:
    """Who sends; named as this module's."""


class Other:
    """Another sender."""


NAME = f"{__name__}.Sender"


def built(recording, **config):
    built = build(recording, Config(**config))
    assert built == json.loads(json.dumps(built))
    check(built)
    return built


def check(built):
    """What holds for every report: children sum to their parent, shown and left out to all."""
    totals, rows = built["totals"], built["rows"]
    for row, kind in (("dispatch", "dispatches"), ("call", "calls")):
        shown = sum(each["count"] for each in rows if each["kind"] == row)
        more = sum(each[kind] for each in rows if each["kind"] == "more")
        assert shown + more == totals[kind]
    for kind, number in totals["effects"].items():
        shown = sum(each["count"] for each in rows if each.get("effect") == kind)
        more = sum(each["effects"].get(kind, 0) for each in rows if each["kind"] == "more")
        assert shown + more == number
    if not built["left_out"]["receivers"]:
        assert sum(row["calls"] for row in built["receivers"]) == totals["calls"]
    if not built["left_out"]["signals"]:
        assert sum(row["heard"] for row in built["signals"]) == totals["dispatches"]
        assert sum(row["unheard"] for row in built["signals"]) == totals["unheard"]
    assert sum(built["time"].values()) == pytest.approx(totals["duration_ms"])
    for row in rows:
        assert all(0 <= thousandth <= 1000 for thousandth in row.get("spans", ()))


def rows(built, kind="call"):
    return [row for row in built["rows"] if row["kind"] == kind]


@pytest.fixture
def query(clock, db):
    """Run a statement that takes some milliseconds."""

    @contextmanager
    def ticking(ms):
        def wrapper(execute, *args):
            clock.tick(ms)
            return execute(*args)

        with connection.execute_wrapper(wrapper):
            yield

    def run(ms, sql="SELECT 1"):
        with ticking(ms), connection.cursor() as cursor:
            cursor.execute(sql)

    return run


@pytest.fixture
def nested(clock, connect, query):
    """One send of 9 ms, in a recording of 15: 2 of Python, 3 of SQL, 4 in a nested send."""

    def first(sender, **kwargs):
        clock.tick(2)
        query(3)
        inner.send(sender=Other)

    def second(sender, **kwargs):
        clock.tick(4)

    connect(outer, first)
    connect(inner, second)
    with record_signals() as recording:
        clock.tick(1)
        outer.send(sender=Sender)
        clock.tick(5)
    return recording


def test_rows(nested):
    figures = [
        (
            row["kind"],
            row["level"],
            row["ms"],
            row.get("self_ms"),
            row.get("own_effects"),
            row.get("effects"),
            row.get("start_ms"),
            row.get("spans"),
        )
        for row in built(nested)["rows"]
    ]

    assert figures == [
        ("dispatch", 1, 9.0, None, None, {"sql": 1}, 1.0, [67, 600]),
        ("call", 2, 9.0, 5.0, {"sql": 1}, {"sql": 1}, 1.0, [67, 600]),
        ("effect", 3, 3.0, None, None, None, 3.0, [200, 200]),
        ("dispatch", 3, 4.0, None, None, {}, 6.0, [400, 267]),
        ("call", 4, 4.0, 4.0, {}, {}, 6.0, [400, 267]),
    ]


def test_time_split(nested):
    assert built(nested)["time"] == {"outside_sql": 6.0, "sql": 3.0, "rest": 6.0}


def test_time_split_of_overlapping_queries_is_cut_to_the_receivers_time(nested):
    node_of(nested.dispatches[0].calls[0].queries[0]).end += 96_000_000

    assert built(nested)["time"] == {"outside_sql": 0.0, "sql": 9.0, "rest": 6.0}


def test_by_receiver(nested):
    first, second = built(nested)["receivers"]

    assert first["receiver"].endswith("first")
    assert (first["calls"], first["ms"], first["self_ms"], first["longest_ms"]) == (1, 9, 5, 9)
    assert first["own_effects"] == first["effects"] == {"sql": 1}
    assert first["repeated"] == 0
    assert (second["ms"], second["self_ms"], second["effects"]) == (4, 4, {})
    assert first["origin"] == second["origin"] == "project"


def test_a_receiver_that_leads_to_itself_is_counted_once(clock, connect, query):
    def again(sender, depth, **kwargs):
        clock.tick(1)
        query(1)
        if depth:
            outer.send(sender=Sender, depth=depth - 1)

    connect(outer, again)
    with record_signals() as recording:
        outer.send(sender=Sender, depth=2)
    report_ = built(recording)

    (row,) = report_["receivers"]
    assert (row["calls"], row["ms"], row["self_ms"], row["effects"]) == (3, 6, 6, {"sql": 3})
    assert row["repeated"] == 3
    assert [row["recursive"] for row in rows(report_, "dispatch")] == [False, True, True]


def test_siblings_are_not_recursive(clock, connect):
    def first(sender, **kwargs):
        inner.send(sender=Other)
        inner.send(sender=Sender)

    connect(outer, first)
    connect(inner, lambda sender, **kwargs: None)
    with record_signals() as recording:
        outer.send(sender=Sender)
        outer.send(sender=Sender)

    assert not any(row["recursive"] for row in rows(built(recording), "dispatch"))


def test_by_signal(nested, clock, connect):
    with record_signals() as recording:
        outer.send(sender=Sender)
        inner.send(sender=None)
        Signal().send(sender=Other)
    found = {
        (row["signal"].rpartition(".")[2], row["sender"]): (
            row["heard"],
            row["unheard"],
            row["ms"],
            [calls for _, calls in row["receivers"]],
        )
        for row in built(recording)["signals"]
    }

    assert found == {
        ("outer", NAME): (1, 0, 9.0, [1]),
        ("inner", f"{__name__}.Other"): (1, 0, 4.0, [1]),
        ("inner", None): (1, 0, 4.0, [1]),
        # One that no module holds: "unnamed django.dispatch.dispatcher.Signal".
        ("Signal", f"{__name__}.Other"): (0, 1, 0.0, []),
    }


def test_a_statement_repeated_across_sends(clock, connect, query):
    def one_query(sender, **kwargs):
        query(2, "SELECT 1")

    def two_queries(sender, **kwargs):
        query(1, "SELECT 2")
        query(1, "SELECT 2")

    connect(outer, one_query)
    connect(inner, two_queries)
    with record_signals() as recording:
        for _ in range(50):
            outer.send(sender=Sender)
        inner.send(sender=Sender)
    report_ = built(recording)
    first, second = report_["effects"]

    assert report_["texts"][first["text"]] == "SELECT 1"
    assert (first["count"], first["sends"], first["ms"], first["longest_ms"]) == (50, 50, 100, 2)
    assert [row[1:] for row in first["receivers"]] == [[50, 50]]
    assert (second["count"], second["sends"]) == (2, 1)
    assert report_["lines"][first["sent_from"][0]][3] == "outer.send(sender=Sender)"


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

    worst = [report_["rows"][index] for index in report_["worst"]]
    assert [(row["receiver"].rpartition(".")[2], row["marks"]) for row in worst] == [
        ("slow", ["slow"]),
        ("repetitive", ["repetitive"]),
    ]
    assert len([row for row in report_["rows"] if "marks" in row]) == 2


@pytest.mark.parametrize(("ms", "is_slow"), [(9.9, False), (10, True)])
def test_slow_from_ten_milliseconds(clock, connect, ms, is_slow):
    connect(outer, lambda sender, **kwargs: clock.tick(ms))
    with record_signals() as recording:
        outer.send(sender=Sender)

    assert bool(built(recording)["worst"]) is is_slow


@pytest.mark.parametrize(("around", "is_slow"), [(490, True), (491, False)])
def test_slow_from_a_fiftieth_of_the_request(clock, connect, around, is_slow):
    connect(outer, lambda sender, **kwargs: clock.tick(10))
    with record_signals() as recording:
        outer.send(sender=Sender)
        clock.tick(around)

    assert bool(built(recording)["worst"]) is is_slow


def test_the_costliest_path_is_open(nested, clock, connect):
    def cheap(sender, **kwargs):
        clock.tick(1)

    connect(outer, cheap)
    with record_signals() as recording:
        outer.send(sender=Sender)

    names = [
        row.get("receiver", row.get("signal", "")).rpartition(".")[2]
        for row in built(recording)["rows"]
        if row.get("open")
    ]
    assert names == ["outer", "first", "inner", "second"]


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
        [0.0, 1.0, {}, None, None],
        [1.0, 2.0, {}, "ValueError: two", None],
        [3.0, 3.0, {}, None, None],
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


# Limits ---------------------------------------------------------------------------------


def test_a_hundred_thousand_dispatches(connect):
    connect(outer, lambda sender, **kwargs: inner.send(sender=Other))
    connect(inner, lambda sender, **kwargs: None)
    with record_signals() as recording:
        for _ in range(50_000):
            outer.send(sender=Sender)
    begin = time.process_time()
    report_ = build(recording, Config())
    seconds = time.process_time() - begin

    assert report_["totals"]["dispatches"] == 100_000
    assert seconds < 1
    assert len(json.dumps(report_)) < 50_000
    check(report_)


def test_whatever_the_request_the_stored_report_is_below_512_kb(connect, db, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 5_000, "MAX_ROWS": 100_000, "SHOW_ARGUMENTS": True}
    long = "\N{SNOWMAN}" * 3_000

    def make(number):
        def receiver(sender, **kwargs):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT %s, {number} -- {long}", [long])
            raise ValueError(long)

        receiver.__qualname__ = f"r{number}_{long[:400]}"
        return receiver

    class Meta(type):
        pass

    signals = [Signal() for _ in range(300)]
    for number, signal in enumerate(signals):
        connect(signal, make(number))
    senders = [Meta(f"S{number}_{long[:300]}", (), {}) for number in range(300)]
    with record_signals() as recording:
        for signal, sender in zip(signals, senders, strict=True):
            for _ in range(3):
                signal.send_robust(sender=sender, instance=long)
            Signal().send(sender=sender)
    node_of(recording).faults.extend(long + str(number) for number in range(20))
    report_ = built(recording, max_rows=100_000)

    assert report_["totals"]["calls"] == 900
    assert len(json.dumps(report_)) < 512 * 1024
    assert report_["left_out"]["receivers"] > 0
    assert report_["rows"][-1]["kind"] == "more"


def test_an_empty_report_has_the_same_parts(nested):
    assert report.empty([]).keys() == built(nested).keys()


def test_no_signals(clock):
    with record_signals() as recording:
        clock.tick(1)
    report_ = built(recording)

    assert report_["rows"] == report_["receivers"] == report_["signals"] == []
    assert report_["time"] == {"outside_sql": 0.0, "sql": 0.0, "rest": 1.0}


# As text --------------------------------------------------------------------------------


def test_outline(nested):
    lines = outline(built(nested), lambda path: path.rpartition("/")[2]).splitlines()

    space = "\N{NO-BREAK SPACE}"
    at = nested.dispatches[0].sent_from.line
    below = nested.dispatches[0].calls[0].dispatches[0].sent_from.line
    assert lines == [
        f"Signals: 2 receivers · 1 query · 9.0{space}ms of 15.0{space}ms",
        f"outer from {NAME} - 9.0{space}ms, test_report.py:{at} outer.send(sender=Sender)",
        f"  {__name__}.nested.<locals>.first - 9.0{space}ms, 1 query",
        f"    SQL SELECT 1 - 3.0{space}ms",
        f"    inner from {__name__}.Other - 4.0{space}ms, "
        f"test_report.py:{below} inner.send(sender=Other)",
        f"      {__name__}.nested.<locals>.second - 4.0{space}ms",
    ]


def test_outline_of_a_request(visit):
    text = outline(visit("/showcase/loop/").report)

    assert "post_save from shop.Product × 200" in text
    assert "log_product_change × 200" in text
    assert "request_started" not in text
    assert "Before the view" not in text
    assert "View" in text.splitlines()


def test_outline_of_nothing():
    assert outline({}) == ""


def test_outline_says_what_was_left_out(nested):
    assert "… 1 more dispatch, 1 receiver call, 0 queries" in outline(built(nested, max_rows=3))
