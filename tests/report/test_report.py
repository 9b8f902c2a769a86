"""The report of a recording: exact figures, by row, receiver, signal and statement; and as text."""

from __future__ import annotations

import pytest
from checked import built, rows
from django.dispatch import Signal
from reports import build

from signals_panel import record_signals, report
from signals_panel.exports import outline
from signals_panel.results import node_of

outer = Signal()
inner = Signal()


class Sender:
    """Who sends; named as this module's."""


class Other:
    """Another sender."""


NAME = f"{__name__}.Sender"


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
    assert built(nested)["time"] == {"outside": 6.0, "python": 6.0, "effects": {"sql": 3.0}}


def test_time_split_of_overlapping_queries_is_cut_to_the_receivers_time(nested):
    node_of(nested.dispatches[0].calls[0].queries[0]).end += 96_000_000

    # A query that outlives its receiver: not what every report holds.
    assert build(nested)["time"] == {"outside": 6.0, "python": 0.0, "effects": {"sql": 9.0}}


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


def test_an_empty_report_has_the_same_parts(nested):
    assert report.empty([]).keys() == built(nested).keys()


def test_no_signals(clock):
    with record_signals() as recording:
        clock.tick(1)
    report_ = built(recording)

    assert report_["rows"] == report_["receivers"] == report_["signals"] == []
    assert report_["time"] == {"outside": 1.0, "python": 0.0, "effects": {}}


# As text --------------------------------------------------------------------------------


def test_outline(nested):
    lines = outline(built(nested), lambda path: path.rpartition("/")[2]).splitlines()

    space = "\N{NO-BREAK SPACE}"
    at = nested.dispatches[0].sent_from.line
    below = nested.dispatches[0].calls[0].dispatches[0].sent_from.line
    assert lines == [
        f"Signals: One `outer.send(sender=Sender)` at test_report.py:{at} took 9.0{space}ms; "
        f"9.0{space}ms of it was receivers.",
        "2 sent, 2 had receivers · 2 receivers · "
        f"in receivers 9.0{space}ms of 15.0{space}ms, 60% · 1 of 1 query",
        f"outer from {NAME} - 9.0{space}ms, test_report.py:{at} outer.send(sender=Sender)",
        f"  {__name__}.nested.<locals>.first - 9.0{space}ms, 1 query",
        f"    SQL SELECT 1 - 3.0{space}ms",
        f"    inner from {__name__}.Other - 4.0{space}ms, "
        f"test_report.py:{below} inner.send(sender=Other)",
        f"      {__name__}.nested.<locals>.second - 4.0{space}ms",
    ]


def test_outline_of_a_request(visit):
    text = outline(visit("/showcase/loop/").report)

    assert "post_save from shop.Product (created) × 200" in text
    assert "log_product_change × 200" in text
    assert "request_started" not in text
    assert "Before the view" not in text
    assert "View" in text.splitlines()


def test_outline_of_nothing():
    assert outline({}) == ""


def test_outline_says_what_was_left_out(nested):
    assert "… 1 more dispatch, 1 receiver call, 0 queries" in outline(built(nested, max_rows=3))


def test_rows_that_stand_side_by_side_have_keys_of_their_own(connect):
    connect(outer, lambda sender, **kwargs: None)
    connect(outer, lambda sender, **kwargs: None)
    with record_signals() as recording:
        outer.send(sender=Sender)
    keys = [row["key"] for row in built(recording)["rows"]]
    assert len(keys) == len(set(keys)) == 3
