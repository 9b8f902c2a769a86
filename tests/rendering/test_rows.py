"""Rows of operations, lines and deferred work, and the details of these."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from html import unescape

import pytest
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import Signal
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from reports import build

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.rendering import context, details_context

pytestmark = pytest.mark.django_db(transaction=True)

signal = Signal()


def queries(**kwargs):
    connection.cursor().execute("SELECT 1")


def works(number):
    """Is put off."""
    queries()


def shown(recording, kind):
    """The first row of a kind as its template has it, and as HTML; its details as text."""
    report = build(recording)
    number, row = next(
        (number, row)
        for number, row in enumerate(context({**report, "measured_by": {}}, Config())["rows"])
        if row["kind"] == kind
    )
    html = render_to_string(row["template"], {"row": row})
    details = details_context(report, "row", str(number), Config())
    text = render_to_string("signals_panel/details.html", details) if details else ""
    return row, html, words(text)


def words(html):
    spaced = re.sub(r"(</(?:p|h4|li|div|td)>)", r"\1 ", html)
    return re.sub(r"\s+", " ", unescape(strip_tags(spaced))).strip()


def test_a_save(connect, clock):
    def receives(**kwargs):
        clock.tick(3)
        queries()

    connect(post_save, receives, sender=Tag)
    with record_signals() as recording:
        Tag.objects.create()
    row, html, details = shown(recording, "operation")

    assert row["name"] == "save <b>showcase.Tag</b>"
    assert 'data-ms="3.0"' in html
    assert 'data-with="sql"' in html
    assert "save showcase.Tag created" in words(html)
    assert (
        "save showcase.Tag: 0 ms of its own, with 1 query; 3.0 ms with the signals it sent, "
        "whose receivers caused 1 query."
    ) in details
    assert "Called from" in details
    assert "Tag.objects.create()" in details


def test_repeated_saves_are_listed_one_by_one():
    with record_signals() as recording:
        for _ in range(3):
            Tag.objects.create()
    _, html, details = shown(recording, "operation")

    assert "× 3" in html
    assert "Each of the 3 times" in details


def test_a_bulk_operation(connect):
    connect(post_save, queries, sender=Tag)
    Tag.objects.bulk_create([Tag(), Tag()])
    with record_signals() as recording:
        Tag.objects.update(name="a")
    _, html, details = shown(recording, "operation")

    name = f"{__name__}.queries"
    assert f"no signals for its 2 rows: {name}" in words(html)
    assert f"no signals for the rows it writes: {name}" in details
    # It sent none.
    assert "of its own, with 1 query." in details


def test_deferred_work_that_ran(connect, clock):
    connect(signal, lambda **kwargs: transaction.on_commit(partial(works, 1)))
    with record_signals() as recording, transaction.atomic():
        signal.send(None)
    row, html, details = shown(recording, "deferred")

    # The bracket isn't part of what it is called.
    assert row["name"].endswith("<b>works</b>)")
    assert "deferred partial(test_rows.works)" in words(html)
    assert "ran after the commit" in words(html)
    assert 'data-with="sql"' in html
    assert "until the transaction was committed: it ran then, in" in details
    assert "Is put off." in details


def test_deferred_work_that_never_ran(connect):
    connect(signal, lambda **kwargs: transaction.on_commit(queries))
    with record_signals() as recording, suppress(ValueError), transaction.atomic():
        signal.send(None)
        raise ValueError("no stock")
    _, html, details = shown(recording, "deferred")

    why = "never ran: its transaction was rolled back: ValueError: no stock"
    assert why in words(html)
    assert f"was committed: it {why}." in details
    assert "ran after" not in words(html)


def test_a_line_outside_of_receivers_has_no_details():
    with record_signals() as recording:
        connection.cursor().execute("SELECT 1")
    _, html, details = shown(recording, "line")

    assert 'connection.cursor().execute("SELECT 1")' in words(html)
    assert 'data-with="sql"' in html
    assert details == ""
