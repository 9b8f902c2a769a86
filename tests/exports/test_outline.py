"""The outline: the cascade as text to hand on."""

from __future__ import annotations

import contextlib
import re

import pytest
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import Signal
from reports import build

from shop.models import Product
from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.exports import outline

robust = Signal()


def fails(**kwargs):
    raise ValueError("no stock")


def saves(**kwargs):
    Product(name="x", price=1).save()


class Forwarding(Product):
    class Meta:
        proxy = True
        app_label = "shop"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)


def test_a_receiver_that_raised(connect):
    connect(robust, fails)
    with record_signals() as recording:
        robust.send_robust(sender=None)
    first, second = outline(build(recording)).splitlines()[-2:]
    assert first.lstrip().startswith("robust with sender=None (send_robust) - ")
    assert second.lstrip().startswith(f"{__name__}.fails - ")
    assert second.endswith("raised ValueError: no stock")


def test_lines_that_only_delegate(connect, db):
    connect(post_save, lambda **kwargs: None, sender=Forwarding)
    with record_signals() as recording:
        Forwarding(name="x", price=1).save()
    lines = outline(build(recording)).splitlines()[2:]
    line = next(each for each in lines if "Forwarding" in each)
    assert 'Forwarding(name="x", price=1).save()' in line
    assert f", via {__file__}:" in line


def test_phases_and_what_has_no_room(visit, settings):
    settings.SIGNALS_PANEL = {"MAX_ROWS": 2}
    report = visit("/shop/cascade/").report
    kinds = [row["kind"] for row in report["rows"]]
    assert kinds[-2:] == ["phase", "more"]
    # Nothing follows the phase: what has no room is of all of them.
    head, _, more = outline(report).splitlines()
    assert head.startswith("Signals: ")
    assert more.startswith("… ")
    assert " receiver calls, " in more


# Operations, lines and deferred work ------------------------------------------------------


def text_of(recording):
    """The lines without their times, which differ from one run to the next."""
    space = "\N{NO-BREAK SPACE}"
    text = outline(build(recording), lambda path: path.rpartition("/")[2])
    return [re.sub(rf" - [\d.,<]+{space}ms", "", line) for line in text.splitlines()[2:]]


def queries():
    connection.cursor().execute("SELECT 1")


@pytest.mark.django_db
def test_an_operation_and_what_was_said_of_it(connect):
    connect(post_save, lambda **kwargs: queries(), sender=Tag)
    with record_signals() as recording:
        for name in ("a", "b"):
            tag = Tag.objects.create(name=name)
        tag.save(update_fields=["name"])

    lines = text_of(recording)
    place = r"test_outline\.py:\d+"
    create = rf"{place} tag = Tag\.objects\.create\(name=name\)"
    assert re.fullmatch(rf"save showcase\.Tag \(created\) × 2, 4 queries, {create}", lines[0])
    assert lines[1].startswith('  SQL INSERT INTO "showcase_tag"')
    assert re.fullmatch(rf"  post_save from showcase\.Tag \(created\) × 2, {create}", lines[2])
    assert lines[5].startswith("save showcase.Tag (changed), 2 queries, ")
    assert lines[7].startswith("  post_save from showcase.Tag (only: name), ")


@pytest.mark.django_db
def test_a_bulk_operation_and_whom_it_bypassed(connect):
    connect(post_save, saves, sender=Tag)
    with record_signals() as recording:
        Tag.objects.bulk_create([Tag(), Tag()])
        Tag.objects.all().delete()

    bulk = text_of(recording)[0]
    assert bulk.startswith("bulk_create showcase.Tag, 2 rows, 1 query, bypassed ")
    assert f"bypassed {__name__}.saves, test_outline.py:" in bulk


@pytest.mark.django_db
def test_a_line_outside_of_receivers():
    with record_signals() as recording:
        for _ in range(3):
            connection.cursor().execute("SELECT 1")

    at, text = text_of(recording)[0].split(" ", 1)
    assert at.startswith("test_outline.py:")
    assert text == 'connection.cursor().execute("SELECT 1"), 3 queries'


@pytest.mark.django_db(transaction=True)
def test_deferred_work_and_its_fate(connect):
    connect(robust, lambda **kwargs: transaction.on_commit(queries))
    with record_signals() as recording, contextlib.suppress(ValueError):
        with transaction.atomic():
            robust.send(None)
        with transaction.atomic():
            robust.send(None)
            raise ValueError("no stock")

    deferred = [line.strip() for line in text_of(recording) if "  deferred " in line]
    assert deferred == [
        f"deferred {__name__}.queries, 1 query",
        f"deferred {__name__}.queries - never ran: its transaction was rolled back: "
        "ValueError: no stock",
    ]
    undone = [line.strip() for line in text_of(recording) if "rolled back" in line]
    assert [line.partition(",")[2].partition(",")[0] for line in undone[:2]] == [
        " rolled back",
        " rolled back",
    ]


def test_what_has_no_room_outside_of_receivers(db):
    with record_signals() as recording:
        for _ in range(3):
            connection.cursor().execute("SELECT 1")
            queries()

    more = outline(build(recording, Config(max_rows=1))).splitlines()[-1]
    assert more == (
        "… 0 more dispatches, 0 receiver calls, 0 queries, 6 queries outside of receivers"
    )
