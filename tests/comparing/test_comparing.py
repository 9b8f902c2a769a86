"""What changed between two recordings: exact figures, and the same rows found again."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from added import check
from django.db.models.signals import post_save
from django.dispatch import Signal
from reports import build

from signals_panel import Comparison, compare, record_signals
from signals_panel.report import brief

outer = Signal()
inner = Signal()


class Sender:
    """Who sends; named as this module's."""


class Other:
    """Another sender."""


@pytest.fixture
def record(clock):
    """Record a function; gives the recording."""

    def recorded(function):
        with record_signals() as recording:
            function()
        return recording

    return recorded


@pytest.fixture
def plain(clock, connect, query):
    """A receiver of 2 ms and a query of 3, and one that is called in it, of 4 ms."""

    def first(sender, **kwargs):
        clock.tick(2)
        query(3)
        inner.send(sender=Other)

    def second(sender, **kwargs):
        clock.tick(4)

    connect(outer, first)
    connect(inner, second)
    return lambda: outer.send(sender=Sender)


def by_name(rows):
    return {each.receiver.rpartition(".")[2]: each for each in rows}


def test_a_receiver_that_came(record, plain, connect, clock, query):
    before = record(plain)

    def third(sender, **kwargs):
        clock.tick(60)
        query(4)
        query(4, "SELECT 2")

    connect(outer, third)
    found = check(compare(before, record(plain)))

    assert found.verdict == "+1 receiver, +2 queries, +68.0\N{NO-BREAK SPACE}ms"
    assert [name.rpartition(".")[2] for name in found.new_receivers] == ["third"]
    assert found.gone_receivers == []
    assert found.is_exact
    rows = by_name(found.receivers)
    assert next(iter(rows)) == "third"
    assert {name: each.status for name, each in rows.items()} == {
        "third": "new", "first": "both", "second": "both",
    }  # fmt: skip
    third = rows["third"]
    assert (third.calls, third.ms, third.own.ms) == ((0, 1), (0, 68.0), (0, 68.0))
    assert third.own.effects == {"sql": (0, 2)}
    first = rows["first"]
    # With the one that is called in it, and without.
    assert (first.ms, first.own.ms) == ((9.0, 9.0), (5.0, 5.0))
    assert not first.is_changed
    assert found.outside.ms == (0, 0)
    assert found.totals.receiver_ms.difference == 68


def test_and_one_that_went(record, plain, connect, clock, query):
    def third(sender, **kwargs):
        query(4)

    connect(outer, third)
    before = record(plain)
    outer.disconnect(third)
    found = check(compare(before, record(plain)))

    assert found.verdict == "−1 receiver, −1 query, −4.0\N{NO-BREAK SPACE}ms"
    assert by_name(found.receivers)["third"].status == "gone"


def test_what_moves_out_of_a_receiver_saves_nothing(record, plain, clock, query):
    before = record(plain)

    def as_a_function():
        clock.tick(2)
        query(3)
        clock.tick(4)

    found = check(compare(before, record(as_a_function)))

    assert found.verdict == "−2 receivers, 0\N{NO-BREAK SPACE}ms"
    assert found.totals.effects == {"sql": (1, 0)}
    assert found.totals.all_effects == {"sql": (1, 1)}
    assert found.outside.effects == {"sql": (0, 1)}
    assert found.outside.ms == (0, 9.0)


def test_more_calls_of_the_same(record, plain):
    def three_times():
        for _ in range(3):
            plain()

    found = check(compare(record(plain), record(three_times)))

    assert found.verdict == "+4 receiver calls, +2 queries, +18.0\N{NO-BREAK SPACE}ms"
    # From another line, and the same all the same.
    assert {each.status for each in found.receivers} == {"both"}
    assert {each.status for each in found.signals} == {"both"}
    assert all(each.is_changed for each in found.receivers)


def test_nothing_but_the_time(record, plain, clock):
    def slower():
        plain()
        clock.tick(0.25)

    found = check(compare(record(plain), record(slower)))
    assert found.verdict.replace("\N{NO-BREAK SPACE}", " ") == (
        "The same receivers and effects, +0.25 ms (0 ms in receivers)"
    )


def test_signals(record, plain):
    def other_sender():
        outer.send(sender=Other)
        Signal().send(sender=Sender)

    found = check(compare(record(plain), record(other_sender)))

    home = f"{__name__}."
    rows = {(each.signal, each.sender): each for each in found.signals}
    assert rows[f"{home}outer", f"{home}Sender"].status == "gone"
    assert rows[f"{home}outer", f"{home}Sender"].heard == (1, 0)
    assert rows[f"{home}outer", f"{home}Other"].status == "new"
    assert rows[f"{home}inner", f"{home}Other"].status == "both"
    assert next(each for each in found.signals if each.unheard == (0, 1)).heard == (0, 0)
    assert found.signals[-1].status == "both"


def test_errors_of_receivers(record, connect):
    def fails(sender, **kwargs):
        raise ValueError("no stock")

    before = record(lambda: outer.send_robust(sender=Sender))
    connect(outer, fails)
    found = check(compare(before, record(lambda: outer.send_robust(sender=Sender))))

    assert found.verdict.startswith("+1 error of receivers, +1 receiver, ")
    first = found.findings[0]
    assert (first.code, first.status, first.is_error) == ("raised", "new", True)
    assert first.subject.endswith("fails")
    assert "no stock" in first.message
    assert first.advice


def test_findings_are_the_same_from_another_line(record, connect, clock):
    def slow(sender, **kwargs):
        clock.tick(50)

    connect(outer, slow)
    before = record(lambda: outer.send(sender=Sender))
    same = compare(before, record(lambda: outer.send(sender=Sender)))
    assert [(each.code, each.status) for each in same.findings] == [("slow", "both")]

    outer.disconnect(slow)
    found = compare(before, record(lambda: outer.send(sender=Sender)))
    assert [(each.code, each.status) for each in found.findings] == [("slow", "gone")]


def test_two_findings_of_one_receiver_are_two(record, connect):
    def fails(sender, **kwargs):
        raise ValueError

    def twice():
        outer.send_robust(sender=Sender)
        outer.send_robust(sender=Other)

    connect(outer, fails)
    found = compare(record(lambda: outer.send_robust(sender=Sender)), record(twice))

    raised = [each.status for each in found.findings if each.code == "raised"]
    assert sorted(raised) == ["both", "new"]


# What adds up ---------------------------------------------------------------------------

PAGES = [
    "/shop/cascade/",
    "/showcase/loop/",
    "/showcase/deferred/",
    "/showcase/swallowed/",
    "/showcase/async/",
    "/blog/publish/signal/",
    "/blog/publish/service/",
]


def test_of_any_two_pages(visit):
    reports = [visit(path).report for path in PAGES]

    for before, after in itertools.product(reports, repeat=2):
        assert check(compare(before, after)).is_exact


def test_the_blog_s_two_ways(visit):
    """What the signal does in receivers, the service does without: nothing is saved but calls."""
    before = visit("/blog/publish/signal/").report
    found = check(compare(before, visit("/blog/publish/service/").report))

    assert found.verdict.startswith("−2 receivers, −4 receiver calls, ")
    assert {name.rpartition(".")[2] for name in found.gone_receivers} == {
        "clear_article_cache", "notify_subscribers",
    }  # fmt: skip
    assert found.totals.all_effects == {"mail": (1, 1), "cache": (1, 1), "sql": (2, 2)}
    assert found.outside.effects == {"mail": (0, 1), "cache": (0, 1), "sql": (2, 2)}
    assert [(each.code, each.status) for each in found.findings] == [("same-app", "gone")]


def test_what_was_only_added_up_is_in_its_row(settings, record, plain):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 5}

    def often():
        for _ in range(50):
            plain()

    found = check(compare(record(plain), record(often)))
    assert found.totals.calls == (2, 100)
    assert found.is_exact
    assert by_name(found.receivers)["first"].own.effects == {"sql": (1, 50)}


def test_what_had_no_room(settings, connect):
    long = "x" * 300

    def make(number):
        def receiver(sender, **kwargs):
            pass

        receiver.__qualname__ = f"r{number}_{long}"
        return receiver

    with record_signals() as before:
        outer.send(sender=Sender)
    for number in range(200):
        connect(outer, make(number))
    with record_signals() as after:
        outer.send(sender=Sender)
    found = check(compare(before, after))

    assert not found.is_exact
    had_room = len(found.receivers)
    assert found.left_out["receivers"] == (0, 200 - had_room)
    assert found.rest.calls == (0, 200 - had_room)
    assert found.totals.calls == (0, 200)


def test_receivers_that_overlap(connect):
    async def waits(sender, **kwargs):
        await asyncio.sleep(0.01)

    async def waits_too(sender, **kwargs):
        await asyncio.sleep(0.01)

    async def send():
        with record_signals() as recording:
            await outer.asend(sender=Sender)
        return recording

    before = asyncio.run(send())
    connect(outer, waits)
    connect(outer, waits_too)
    found = check(compare(before, asyncio.run(send())))

    # What they have in common is once in the whole, and twice in their rows.
    assert found.rest.ms.after < 0
    assert found.is_exact


# What can be compared -------------------------------------------------------------------


def test_a_recording_and_its_report_are_one(record, plain):
    one, other = record(plain), record(lambda: None)

    assert compare(one, other) == compare(build(one), build(other)) == compare(one, build(other))
    assert isinstance(compare(one, other), Comparison)


@pytest.mark.parametrize("wrong", [None, "id", 1, [], post_save])
def test_neither_a_recording_nor_a_report(record, plain, wrong):
    with pytest.raises(TypeError, match=r"compare\(\) takes two recordings"):
        compare(record(plain), wrong)
    with pytest.raises(TypeError, match=type(wrong).__name__):
        compare(wrong, record(plain))


def test_a_report_that_is_not_finished(record, plain):
    from signals_panel.analysis import glance
    from signals_panel.results import node_of

    recording = record(plain)
    for unfinished in ({}, brief(glance(node_of(recording)))):
        with pytest.raises(ValueError, match="isn't finished"):
            compare(recording, unfinished)


def test_a_report_of_another_version(record, plain):
    recording = record(plain)
    with pytest.raises(ValueError, match="another version"):
        compare({**build(recording), "version": 0}, recording)
