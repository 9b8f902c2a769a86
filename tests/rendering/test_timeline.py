"""What the picture of a request is drawn of, and what it says."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.dispatch import Signal
from reports import build

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.rendering import timeline
from signals_panel.rendering.timeline import legend

sent = Signal()
inner = Signal()


class Sender:
    """Who sends."""


def drawn(recording):
    return timeline(build(recording))


def names(picture):
    return [row["name"] for row in picture["rows"]]


def test_boxes_with_what_they_stand_below(clock, connect, query):
    def receiver(sender, **kwargs):
        clock.tick(2)
        query(3)

    connect(sent, receiver)
    with record_signals() as recording:
        clock.tick(1)
        sent.send(sender=Sender)
        clock.tick(4)
    picture = drawn(recording)

    assert picture == json.loads(json.dumps(picture))
    assert picture["end"] == 10_000
    figures = [(row["row"], row["above"], row["kind"], row["boxes"]) for row in picture["rows"]]
    assert figures == [
        (0, None, "dispatch", [1000, 5000]),
        (1, 0, "call", [1000, 5000]),
        (2, 1, "effect", [3000, 3000]),
    ]
    assert words(picture, 1) == "receiver: 5.0 ms, 50% of the request"


def words(picture, place):
    return picture["rows"][place]["words"].replace("\N{NO-BREAK SPACE}", " ")


def test_time_of_its_own(clock, connect):
    def receiver(sender, **kwargs):
        clock.tick(1)
        inner.send(sender=Sender)

    connect(sent, receiver)
    connect(inner, lambda sender, **kwargs: clock.tick(3))
    with record_signals() as recording:
        sent.send(sender=Sender)

    assert words(drawn(recording), 1) == "receiver: 4.0 ms, 100% of the request, 1.0 ms of its own"


def test_of_several(clock, connect):
    connect(sent, lambda sender, **kwargs: clock.tick(2))
    with record_signals() as recording:
        for ms in (1, 2, 3):
            sent.send(sender=Sender)
            clock.tick(ms)
    picture = drawn(recording)
    call = picture["rows"][1]

    assert call["name"].endswith(" × 3")
    assert call["count"] == 3
    assert words(picture, 1).endswith("× 3: 6.0 ms, 50% of the request, the longest 2.0 ms")


def test_an_error(connect):
    def receiver(sender, **kwargs):
        raise ValueError("full")

    connect(sent, receiver)
    with record_signals() as recording:
        sent.send_robust(sender=Sender)
    dispatch, call = drawn(recording)["rows"]

    assert call["failed"]
    assert call["words"].endswith("raised ValueError: full")
    assert not dispatch["failed"]


def test_names_are_short(connect, transactional_db):
    def tell():
        connection.cursor().execute("SELECT 1")

    def receiver(sender, **kwargs):
        Tag.objects.create(name="heavy")
        list(Tag.objects.all())
        cache.get("shop:lamp")
        transaction.on_commit(tell)

    connect(sent, receiver)
    with record_signals() as recording, transaction.atomic():
        sent.send(sender=Sender)
    found = names(drawn(recording))
    found = [name for name in found if not name.startswith(("BEGIN", "transaction"))]
    found = [name for name in found if ".py:" not in name]

    assert found[:2] == [f"sent from {__name__}.Sender", "receiver"]
    assert set(found[2:]) == {
        "save showcase.Tag",
        "INSERT showcase_tag",
        "SELECT showcase_tag",
        "cache get shop:lamp",
        "tell",
        "SELECT 1",
    }


def test_a_row_of_which_nothing_was_kept_is_not_there(connect, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}
    connect(sent, lambda sender, **kwargs: None)
    connect(inner, lambda sender, **kwargs: None)
    with record_signals() as recording:
        sent.send(sender=Sender)
        inner.send(sender=Sender)
    report = build(recording)

    assert len(report["rows"]) == 4
    assert [row["row"] for row in timeline(report)["rows"]] == [0, 1]


def test_a_report_that_was_stored_without_boxes(connect):
    connect(sent, lambda sender, **kwargs: None)
    with record_signals() as recording:
        sent.send(sender=Sender)
    report = build(recording)
    del report["boxes"]

    assert timeline(report)["rows"] == []
    assert legend(report) == []


def test_the_legend_has_what_there_is(visit):
    texts = [item["text"] for item in legend(visit("/shop/cascade/").report)]

    assert texts == ["Model operation", "Signal", "Receiver", "Queries", "Cache", "Mail", "HTTP"]


def test_housekeeping_alone_is_no_picture(visit):
    assert legend(visit("/showcase/nothing/").report) == []


@pytest.mark.parametrize("path", ["/showcase/async/", "/showcase/deferred/", "/showcase/loop/"])
def test_each_row_with_boxes_is_there_once(visit, path):
    report = visit(path).report
    picture = timeline(report)

    assert [str(row["row"]) for row in picture["rows"]] == list(report["boxes"])
    for place, row in enumerate(picture["rows"]):
        level = report["rows"][row["row"]]["level"]
        if row["above"] is None:
            assert level == 1
        else:
            assert row["above"] < place
            above = picture["rows"][row["above"]]
            assert report["rows"][above["row"]]["level"] == level - 1
