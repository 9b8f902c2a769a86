"""What happens outside of receivers: listed by the line that caused it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.dispatch import Signal
from reports import build, outline

from signals_panel import record_signals
from signals_panel.conf import Config

pytestmark = pytest.mark.django_db

signal = Signal()


def select(number):
    connection.cursor().execute(f"SELECT {number}")


def lines(report):
    """Each line's text, and how many of each kind it caused."""
    return [
        (report["lines"][row["sent_from"]][3].strip(), row["own_effects"])
        for row in report["rows"]
        if row["kind"] == "line"
    ]


def test_each_line_has_what_it_caused():
    with record_signals() as recording:
        for number in range(3):
            connection.cursor().execute(f"SELECT {number}")
        cache.get("a")

    report = build(recording)
    assert lines(report) == [
        ('connection.cursor().execute(f"SELECT {number}")', {"sql": 3}),
        ('cache.get("a")', {"cache": 1}),
    ]
    assert [line.strip() for line in outline(report, everything=True)] == [
        'connection.cursor().execute(f"SELECT {number}") ×3',
        *("SELECT",) * 3,
        'cache.get("a")',
        "cache get a",
    ]
    # They are nothing of a receiver's.
    assert outline(report) == []
    assert recording.totals.effects == {}
    assert recording.totals.all_effects == {"sql": 3, "cache": 1}


def test_what_a_receiver_causes_in_a_block_is_the_receivers(connect):
    def opens(**kwargs):
        with record_signals():
            select(1)

    connect(signal, opens)
    with record_signals() as recording:
        signal.send(None)

    report = build(recording)
    assert lines(report) == []
    assert [row["level"] for row in report["rows"]] == [1, 2, 3]


def test_seen_from_a_block_in_a_receiver_it_is_outside(connect):
    found = []

    def opens(**kwargs):
        with record_signals() as block:
            select(1)
        found.append(block)

    connect(signal, opens)
    with record_signals():
        signal.send(None)

    assert [effects for _, effects in lines(build(found[0]))] == [{"sql": 1}]


def test_what_has_no_room_is_counted(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 2}
    with record_signals() as recording:
        for number in range(5):
            select(number)

    report = build(recording)
    assert [effects for _, effects in lines(report)] == [{"sql": 2}]
    assert report["rows"][-1]["outside"] == {"sql": 3}
    assert recording.totals.all_effects == {"sql": 5}


def test_it_leaves_room_for_what_receivers_do(settings, connect):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 2}
    connect(signal, lambda **kwargs: select(9))
    with record_signals() as recording:
        for number in range(5):
            select(number)
        signal.send(None)

    assert len(recording.dispatches[0].calls[0].queries) == 1


def test_rows_that_have_no_room(settings):
    with record_signals() as recording:
        for number in range(30):
            connection.cursor().execute(f"SELECT {number}")

    report = build(recording, Config(max_rows=10))
    assert report["rows"][-1]["outside"] == {"sql": 21}
