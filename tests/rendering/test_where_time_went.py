"""Where a row's time went, by kind and by line, as its details show it."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.dispatch import Signal
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from reports import build

from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.rendering import details_context

outer, inner = Signal(), Signal()


def opened(recording, kind="row", number=None):
    """The details of the first call, or of another row, as HTML."""
    report = build(recording)
    if number is None:
        number = next(index for index, row in enumerate(report["rows"]) if row["kind"] == "call")
    shown = details_context(report, kind, str(number), Config())
    return render_to_string("signals_panel/details.html", shown)


def words(html):
    return " ".join(strip_tags(html.replace("<", " <")).replace("\xa0", " ").split())


def list_of(html):
    """The parts, as the list beside the bar has them."""
    items = re.search(r'<div class="fsp-time">.*?<ul>(.*?)</ul>', html, re.DOTALL)[1]
    return [words(item) for item in re.findall(r"<li>(.*?)</li>", items, re.DOTALL)]


def lit(html):
    """The lines of source, from their numbers on, that are lit; and those with a time."""
    lines = re.findall(
        r'<span class="fsp-ln( fsp-costly)?">(\d*)</span>'
        r'<span class="fsp-took(?: fsp-costly)?">(.*?)</span>'
        r'<span class="fsp-src(?: fsp-costly)?">(.*?)\n</span>',
        html,
        re.DOTALL,
    )
    assert lines
    return [
        (bool(costly), words(f"{took} {text}")) for costly, _, took, text in lines if took or costly
    ]


@pytest.fixture
def recorded(connect):
    def record(receiver, times=1):
        connect(outer, receiver)
        with record_signals() as recording:
            for _ in range(times):
                outer.send(None)
        return recording

    return record


def test_the_parts_largest_first_without_those_that_are_nothing(recorded, connect, clock, query):
    def receives(**kwargs):
        clock.tick(10)
        query(30)
        inner.send(None)
        cache.get("a")

    connect(inner, lambda **kwargs: clock.tick(20))
    html = opened(recorded(receives))

    assert "Where its 60.0 ms went" in words(html)
    assert list_of(html) == [
        "SQL 30.0 ms 50%", "Sent inner 20.0 ms 33%", "Its own Python 10.0 ms 17%"
    ]  # fmt: skip
    # The bar's, in the same order.
    parts = re.findall(r'fsp-part-(\w+)" fill="#\w+" x="([\d.]+)" y="0" width="([\d.]+)"', html)
    assert parts == [
        ("sql", "0.0", "500.0"),
        ("signal", "500.0", "333.3"),
        ("python", "833.3", "166.7"),
    ]
    # The pattern of the stripes is there once in a page.
    assert "<defs>" not in html


def test_of_several_and_of_a_dispatch(recorded, clock):
    recording = recorded(lambda **kwargs: clock.tick(2), 3)

    assert "Where the 6.0 ms of its 3 times went" in words(opened(recording))
    html = opened(recording, number=0)
    assert list_of(html) == ["Python of its receivers and of Django 6.0 ms 100%"]


def test_nothing_is_said_of_no_time(recorded, clock):
    html = opened(recorded(lambda **kwargs: None))
    assert "fsp-where" not in html


def test_the_costly_line_is_lit_and_others_have_their_times(recorded, clock, query):
    def receives(**kwargs):
        query(1)
        for _ in range(2):
            query(3)

    assert lit(opened(recorded(receives))) == [
        (False, "1.0 ms query ( 1 ) 1 query"),
        (True, "6.0 ms query ( 3 ) 2 queries"),
    ]


def test_a_line_that_is_no_good_share_is_not_lit(recorded, clock, query):
    def receives(**kwargs):
        clock.tick(76)
        query(24)

    def at_the_limit(**kwargs):
        clock.tick(75)
        query(25)

    assert [is_lit for is_lit, _ in lit(opened(recorded(receives)))] == [False]
    outer.disconnect(receives)
    assert [is_lit for is_lit, _ in lit(opened(recorded(at_the_limit)))] == [True]


def test_without_times_there_is_no_column_for_them(recorded, clock):
    html = opened(recorded(lambda **kwargs: clock.tick(2)))
    assert "fsp-src" in html
    assert "fsp-took" not in html
    assert "fsp-timed" not in html


def test_a_receiver_in_several_rows_has_its_lines_added_up(connect, clock, query):
    def receives(**kwargs):
        query(2)

    connect(outer, receives)
    connect(inner, receives)
    with record_signals() as recording:
        outer.send(None)
        inner.send(None)
    html = opened(recording, "receiver", 0)

    assert lit(html) == [(True, "4.0 ms query ( 2 ) 2 queries")]
    # The time by kind is one row's: it would be less than the receiver's.
    assert 'class="fsp-where"' not in html


@pytest.mark.parametrize(("max_kept", "is_said"), [(4, True), (100, False)])
def test_what_lines_are_of_is_said_if_not_of_all(recorded, query, settings, max_kept, is_said):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}

    def receives(**kwargs):
        query(1)

    text = words(opened(recorded(receives, 10)))
    said = "The times beside the lines are of the 2 of 10 that were kept one by one."
    assert (said in text) is is_said


def test_each_slowest_first_with_its_number(connect, clock):
    connect(outer, lambda ms, **kwargs: clock.tick(ms))
    with record_signals() as recording:
        for ms in (1, 3, 2):
            outer.send(None, ms=ms)
    cells = re.findall(r'<td class="fsp-number">(.*?)</td>', opened(recording))

    assert cells[::3] == ["2", "3", "1"]
    assert [words(cell) for cell in cells[2::3]] == ["3.0 ms", "2.0 ms", "1.0 ms"]


def test_the_slowest_of_very_many_are_among_each(connect, clock):
    connect(outer, lambda ms, **kwargs: clock.tick(ms))
    with record_signals() as recording:
        for number in range(210):
            outer.send(None, ms=number / 100)
    each = build(recording)["details"]["1"]["each"]

    assert len(each) == 200
    assert [row[-1] for row in each] == list(range(210, 10, -1))


def test_some_of_it_at_the_same_time(clock):
    report = {
        "rows": [{"kind": "deferred", "count": 1, "kept": 1, "ms": 3.0, "longest_ms": 3.0,
                  "error": None, "errors": 0, "alias": "default", "fate": "ran", "reason": "",
                  "defined_at": None}],
        "details": {"0": {"time": {"python": 1.0, "effects": {"sql": 2.0}, "signals": {},
                                   "deferred": 0, "is_scaled": True}}},
        "lines": [],
    }  # fmt: skip
    html = render_to_string(
        "signals_panel/details.html", details_context(report, "row", "0", Config())
    )
    assert "these are its parts in proportion" in html


def test_what_calls_itself_counts_once(connect, clock):
    """Its line took what the outermost call's took, with all that is nested in that."""

    def receives(depth=0, **kwargs):
        clock.tick(10)
        if depth < 3:
            outer.send(None, depth=depth + 1)

    connect(outer, receives)
    with record_signals() as recording:
        outer.send(None)
        outer.send(None, depth=2)
    (row,) = build(recording)["receivers"]
    html = opened(recording, "receiver", 0)

    assert row["ms"] == 60
    ((is_lit, text),) = lit(html)
    assert is_lit
    assert text.startswith("40.0 ms outer")


def test_each_as_an_earlier_version_has_stored_it(recorded, clock):
    """A store may outlive an upgrade: in order, and without their numbers."""
    report = build(recorded(lambda **kwargs: clock.tick(2), times=2))
    for details in report["details"].values():
        details["each"] = [each[:5] for each in details.get("each", ())]
    each = details_context(report, "row", "1", Config())["each"]

    assert [one["number"] for one in each] == [1, 2]
