"""The verdict: which line, how long, and how much of it was receivers; in one sentence."""

from __future__ import annotations

import asyncio
import re
import time

import pytest
from django.core.signals import request_finished
from django.db import connection, transaction
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import Signal
from reports import build
from verdicts import said, text_of

from shop.models import AuditLog
from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.wording.lines import cost_of

outer, inner = Signal(), Signal()


@pytest.fixture
def takes(clock):
    """A receiver that takes some milliseconds, and then does something."""

    def make(ms, then=lambda: None):
        def receives(**kwargs):
            clock.tick(ms)
            then()

        return receives

    return make


@pytest.fixture
def slow_inserts(clock, db):
    """Each INSERT takes three milliseconds."""

    def slow(execute, sql, *args):
        clock.tick(3 if sql.startswith("INSERT") else 0)
        return execute(sql, *args)

    with connection.execute_wrapper(slow):
        yield


# One line -------------------------------------------------------------------------------


def test_one_save(connect, takes, slow_inserts):
    connect(pre_save, takes(2), sender=Tag)
    connect(post_save, takes(5), sender=Tag)

    def works():
        tag = Tag(name="a")
        tag.save()

    assert said(works) == (
        "One `tag.save()` at test_verdict.py:N took 10.0 ms; 7.0 ms of it was receivers."
    )


def test_nested_receivers_are_in_the_outer_ones(connect, takes, slow_inserts):
    connect(post_save, takes(1, lambda: AuditLog.objects.create(action="x")), sender=Tag)
    connect(post_save, takes(4), sender=AuditLog)

    def works():
        Tag.objects.create(name="a")

    # What the outer one took is 1, 3 for its INSERT, and 4.
    assert said(works) == (
        'One `Tag.objects.create(name="a")` at test_verdict.py:N took 11.0 ms; '
        "8.0 ms of it was receivers."
    )


def test_a_line_that_ran_often(connect, takes, slow_inserts):
    connect(post_save, takes(2), sender=Tag)

    def works():
        for _ in range(20):
            Tag.objects.create(name="a")

    assert said(works) == (
        '`Tag.objects.create(name="a")` at test_verdict.py:N ran 20 times and took 100 ms; '
        "40.0 ms of it was receivers."
    )


def test_a_line_that_did_different_things(connect, takes, slow_inserts):
    connect(post_save, takes(2), sender=Tag)
    connect(post_delete, takes(1), sender=Tag)

    def works():
        Tag.objects.create(name="a").delete()

    assert said(works) == (
        '`Tag.objects.create(name="a").delete()` at test_verdict.py:N took 6.0 ms; '
        "3.0 ms of it was receivers."
    )


def test_a_send_of_ones_own(connect, takes):
    connect(outer, takes(1, lambda: inner.send(None)))
    connect(inner, takes(2))

    def works():
        outer.send(sender=Tag)

    assert said(works) == (
        "One `outer.send(sender=Tag)` at test_verdict.py:N took 3.0 ms; 3.0 ms of it was receivers."
    )


def test_receivers_side_by_side(connect):
    async def first(**kwargs):
        await asyncio.sleep(0.001)

    async def second(**kwargs):
        await asyncio.sleep(0.001)

    async def works():
        await outer.asend(None)

    connect(outer, first)
    connect(outer, second)
    assert re.fullmatch(
        r"One `outer\.asend\(None\)` at test_verdict\.py:N took [\d.]+ ms; "
        r"its receivers ran side by side, and add up to [\d.]+ ms\.",
        said(lambda: asyncio.run(works())),
    )


# Many lines -----------------------------------------------------------------------------


def sends_twice(first, second):
    def works():
        outer.send(None, ms=first)
        inner.send(None, ms=second)

    return works


@pytest.fixture
def timed(connect, clock):
    """Receivers that take as long as the sends say."""
    connect(outer, lambda ms, **kwargs: clock.tick(ms))
    connect(inner, lambda ms, **kwargs: clock.tick(ms))


def test_many_lines(timed):
    assert said(sends_twice(5, 5)) == (
        "Receivers took 10.0 ms, set off by 2 lines; the most, 5.0 ms, by "
        "`outer.send(None, ms=first)` at test_verdict.py:N."
    )


@pytest.mark.parametrize(("first", "second", "name"), [(4, 6, "inner"), (6, 4, "outer")])
def test_one_of_them_is_the_one_to_tell_of(timed, first, second, name):
    assert said(sends_twice(first, second)).startswith(f"One `{name}.send(None, ms=")


def test_receivers_that_had_no_room(connect, takes, slow_inserts):
    connect(post_save, takes(2), sender=Tag)
    connect(outer, takes(1))

    def works():
        Tag.objects.create(name="a")
        outer.send(None)

    for rows, begun in (
        # Of the last operation and send it is known how long their receivers took.
        (1, 'One `Tag.objects.create(name="a")` at test_verdict.py:N took 5.0 ms; 2.0 ms of it'),
        (3, 'One `Tag.objects.create(name="a")` at test_verdict.py:N took 5.0 ms; 2.0 ms of it'),
        (5, 'One `Tag.objects.create(name="a")` at test_verdict.py:N took 5.0 ms; 2.0 ms of it'),
    ):
        assert said(works, max_rows=rows).startswith(begun), rows
    assert said(works, max_rows=0) == "Receivers took 3.0 ms of 6.0 ms."


def test_the_line_to_tell_of_may_have_had_no_room(timed):
    assert said(sends_twice(4, 6), max_rows=2) == (
        "Receivers took 10.0 ms, set off by more than 1 line; the most, 4.0 ms, by "
        "`outer.send(None, ms=first)` at test_verdict.py:N."
    )


# What was put off -----------------------------------------------------------------------


@pytest.fixture
def puts_off(connect, clock, transactional_db):
    """Send in a transaction to a receiver that takes a millisecond and puts off work."""

    def record(*functions, took=1, undone=False):
        def receives(**kwargs):
            clock.tick(took)
            for function in functions:
                transaction.on_commit(function)

        def works():
            with transaction.atomic():
                outer.send(None)
                transaction.set_rollback(undone)

        connect(outer, receives)
        return said(works)

    return record


ONE = "One `outer.send(None)` at test_verdict.py:N took {0} ms; {0} ms of it was receivers."


def test_what_took_less_than_the_receivers(puts_off, clock):
    assert puts_off(lambda: clock.tick(2), lambda: clock.tick(1), took=5) == (
        f"{ONE.format('5.0')} 2 functions that they deferred with `on_commit` took 3.0 ms."
    )


def test_what_took_longer_than_the_receivers(puts_off, clock):
    def mails():
        clock.tick(7)

    text = puts_off(mails, lambda: clock.tick(1))
    assert text == (
        "2 functions that receivers deferred with `on_commit` took 8.0 ms, 7.0 ms of it in "
        f"`{__name__}.test_what_took_longer_than_the_receivers.<locals>.mails`; "
        "receivers took 1.0 ms."
    )
    assert puts_off(mails).startswith("3 functions ")


def test_what_never_ran(puts_off, clock):
    assert puts_off(lambda: clock.tick(2), undone=True) == (
        f"{ONE.format('1.0')} 1 function that they deferred with `on_commit` never ran."
    )


def test_what_raised_when_it_ran(connect, transactional_db):
    def fails():
        raise ValueError("no stock")

    connect(outer, lambda **kwargs: transaction.on_commit(fails))

    def works():
        with pytest.raises(ValueError, match="no stock"), transaction.atomic():
            outer.send(None)

    assert "fails`, deferred with `on_commit`, raised ValueError." in said(works)


def test_what_no_receiver_put_off(connect, takes, clock, transactional_db):
    connect(outer, takes(1))

    def works():
        with transaction.atomic():
            transaction.on_commit(lambda: clock.tick(5))
            outer.send(None)

    assert said(works) == ONE.format("1.0")


# Errors ---------------------------------------------------------------------------------


def fails(**kwargs):
    raise ValueError("no: stock")


RAISED = "`outer.{}(None)` at test_verdict.py:N raised ValueError in `test_verdict.fails`"


def test_an_error_that_was_swallowed(connect):
    connect(outer, fails)

    def works():
        outer.send_robust(None)

    assert said(works) == f"{RAISED.format('send_robust')}; `send_robust` swallowed it."


def test_several_errors_that_were_caught(connect):
    connect(outer, fails)

    def works():
        for _ in range(3):
            with pytest.raises(ValueError, match="no: stock"):
                outer.send(None)

    assert said(works) == (
        f"{RAISED.format('send')}, the first of 3 exceptions; the code around it caught it."
    )


def test_an_error_is_told_of_where_it_was_raised(connect):
    connect(inner, fails)
    connect(outer, lambda **kwargs: inner.send(None))

    def works():
        with pytest.raises(ValueError, match="no: stock"):
            outer.send(None)

    assert said(works).startswith("`connect(outer, lambda **kwargs: inner.send(None))` at ")
    assert "raised ValueError in `test_verdict.fails`; " in said(works)


def test_an_error_that_ended_it(connect):
    connect(outer, fails)
    recordings = []

    def works():
        with record_signals() as recording:
            recordings.append(recording)
            outer.send(None)

    with pytest.raises(ValueError, match="no: stock"):
        works()
    assert text_of(build(*recordings)) == f"{RAISED.format('send')}; it ended the block."


def test_an_error_that_had_no_room(connect):
    connect(outer, fails)
    assert said(lambda: outer.send_robust(None), max_rows=1) == "Receivers raised 1 exception."


# What is not a line's ------------------------------------------------------------------


@pytest.fixture
def report_of_two(connect, takes):
    """One send with two receivers, of 2 and 5 ms."""
    connect(outer, takes(2))
    connect(outer, takes(5))
    with record_signals() as recording:
        outer.send(None)
    return build(recording)


def rows_of(report, kind):
    return [row for row in report["rows"] if row["kind"] == kind]


def test_housekeeping_is_no_line_s(report_of_two):
    report = report_of_two
    assert [line.receivers_ms for line in cost_of(report).lines] == [7.0]

    rows_of(report, "call")[0]["housekeeping"] = True
    assert [line.receivers_ms for line in cost_of(report).lines] == [5.0]
    rows_of(report, "dispatch")[0]["housekeeping"] = True
    assert cost_of(report).lines == []


def test_receivers_side_by_side_take_no_longer_than_their_send(report_of_two):
    (dispatch,) = rows_of(report_of_two, "dispatch")
    dispatch["ms"] = 6.0

    (line,) = cost_of(report_of_two).lines
    assert line.receivers_ms == 6.0
    assert line.each_ms == 7.0


def test_what_housekeeping_does_is_in_no_receiver(connect, visit):
    """Django checks its connections at both ends of a request."""

    def checks(**kwargs):
        Tag.objects.count()

    def waits(**kwargs):
        time.sleep(0.01)

    checks.__module__ = "django.db"
    connect(request_finished, checks)
    connect(request_finished, waits)
    assert visit("/showcase/nothing/").report["time"]["effects"] == {}
