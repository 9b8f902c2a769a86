"""The verdict where no receiver was called, and of the example site's pages."""

from __future__ import annotations

import asyncio
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_init
from django.dispatch import Signal
from reports import build
from verdicts import said, text_of

from showcase.models import Shelf, Tag
from signals_panel import record_signals, report
from signals_panel.wording import figures, headline, own_costs, verdict
from signals_panel.wording.lines import cost_of

own = Signal()


# Blocks ---------------------------------------------------------------------------------


def test_no_report():
    assert verdict({}) == verdict(report.empty(["it failed"])) == ()
    with record_signals() as recording:
        own.send(None)
    # The rest of a brief one comes later.
    assert verdict({**build(recording), "is_brief": True}) == ()
    # What failed was no great part of it.
    assert text_of({**build(recording), "faults": ["it failed"]}) == text_of(build(recording))


def test_no_signal():
    assert said(lambda: None) == "No signal was sent in this block."


def test_signals_without_receivers(db):
    assert said(lambda: own.send(None)) == "1 signal was sent, and had no receivers: own."
    assert said(lambda: Shelf(name="a")) == (
        "2 signals were sent, none had receivers: pre_init and post_init."
    )
    assert said(lambda: Shelf.objects.create(name="a")).startswith(
        "4 signals were sent, none had receivers: pre_init, post_init, pre_save and 1 other."
    )


def test_who_is_connected_to_them(connect):
    class Other:
        pass

    connect(own, lambda **kwargs: None, sender=Other)
    assert said(lambda: own.send(None)) == (
        "1 signal was sent, and had no receivers: own. "
        "1 receiver is connected to what was sent, and wasn't called."
    )
    connect(own, lambda **kwargs: 1, sender=Other)
    assert said(lambda: own.send(None)).endswith(
        " 2 receivers are connected to what was sent, and weren't called."
    )


@pytest.fixture
def tags(db):
    Tag.objects.bulk_create([Tag(name="a"), Tag(name="b"), Tag(name="c")])


READS = (
    "This block only reads: no receiver is connected to what was sent for the 3 objects that it "
    "loaded."
)


def test_what_only_reads(tags):
    assert said(lambda: list(Tag.objects.all())) == READS


@pytest.mark.parametrize(
    "also",
    [
        lambda: Tag.objects.update(name="d"),
        lambda: Tag.objects.bulk_create([]),
        lambda: connection.cursor().execute("DELETE FROM showcase_tag"),
        lambda: cache.set("a", 1),
        lambda: own.send(None),
    ],
    ids=["updates", "creates", "deletes", "caches", "sends"],
)
def test_what_does_not_only_read(tags, also):
    assert not said(lambda: [list(Tag.objects.all()), also()]).startswith("This block only reads")


def test_it_may_not_be_known_whether_it_only_reads(tags):
    assert not said(lambda: list(Tag.objects.all()), max_rows=1).startswith("This block only reads")


def test_a_receiver_of_what_is_loaded(tags, connect):
    connect(post_init, lambda **kwargs: None, sender=Tag)
    text = said(lambda: list(Tag.objects.all()))
    assert text.startswith("`said(lambda: list(Tag.objects.all()))` at test_quiet.py:N ran 3 times")


# The example site's pages ---------------------------------------------------------------

PAGES = {
    "/shop/cascade/": "One `product.save()` at views.py:N took N ms; N ms of it was receivers.",
    "/showcase/loop/": (
        "`product.save()` at views.py:N ran 200 times and took N ms; N ms of it was receivers."
    ),
    "/showcase/raises/": (
        '`stock_checked.send(sender=Warehouse, item="Desk lamp")` at views.py:N raised ValueError '
        "in `showcase.receivers.refuse_empty_stock`; the code around it caught it."
    ),
    "/showcase/swallowed/": (
        "`stock_checked.send_robust(…)` at views.py:N raised ValueError in "
        "`showcase.receivers.refuse_empty_stock`; `send_robust` swallowed it."
    ),
    "/showcase/nothing/": (
        "No signal was sent but Django's own at the beginning and end of the request."
    ),
    "/showcase/bulk/": "400 signals were sent, none had receivers: pre_init and post_init.",
    "/showcase/deferred/": (
        "2 functions that receivers deferred with `on_commit` took N ms, N ms of it in "
        "`partial(showcase.shipping.tell_carrier)`; receivers took N ms."
    ),
    "/showcase/custom-signal/": (
        "One `order_placed.send(sender=Order, order=order)` at views.py:N took N ms; "
        "N ms of it was receivers."
    ),
}


def without_times(text):
    return re.sub(r"[\d.,<]+ ms", "N ms", text)


@pytest.mark.parametrize("path", PAGES)
def test_of_a_page(visit, path):
    shown = visit(path).report
    assert without_times(text_of(shown)) == PAGES[path]
    assert_adds_up(shown)


def test_of_a_page_that_rolls_back(visit):
    text = text_of(visit("/showcase/rolled-back/").report)
    assert text.endswith(" 2 functions that they deferred with `on_commit` never ran.")


def test_of_an_async_page(avisit):
    text = text_of(asyncio.run(avisit("/showcase/async/")).report)
    assert without_times(text) == (
        'One `report_ready.asend(sender=Report, title="Desk lamp")` at views.py:N took N ms; '
        "its receivers ran side by side, and add up to N ms."
    )


@pytest.mark.parametrize("path", ["/showcase/m2m/", "/shop/product/signal/", "/accounts/login/"])
def test_lines_add_up_to_the_time_in_receivers(visit, path):
    assert_adds_up(visit(path).report)


def assert_adds_up(shown):
    of_lines = sum(line.receivers_ms for line in cost_of(shown).lines)
    assert of_lines == pytest.approx(own_costs(shown)["ms"], abs=0.01)


# The side bar and the figures -----------------------------------------------------------


def words(path, visit):
    shown = visit(path).report
    texts = [headline(shown), *figures(shown, shown["totals"]["all_effects"])]
    return [re.sub(r"[\d.,<]+\sms|[\d<]+%", "N", text) for text in texts]


def test_figures_of_a_page(visit):
    assert words("/shop/cascade/", visit) == [
        "Receivers took N",
        "8 sent, 2 had receivers",
        "5 receivers",
        "in receivers N of N, N",
        "1 of 1 HTTP request",
        "2 of 2 cache operations",
        "1 of 1 mail delivery",
        "2 of 3 queries",
    ]


def test_figures_of_receivers_that_were_called_often(visit):
    assert words("/showcase/loop/", visit)[1:3] == [
        "1,600 sent, 400 had receivers",
        "5 receivers called 1,000 times",
    ]


def test_figures_of_errors_and_of_nothing(visit):
    assert words("/showcase/raises/", visit)[:4] == [
        "1 raised in receivers",
        "1 sent, 1 had receivers",
        "1 receiver",
        "1 raised",
    ]
    assert words("/showcase/nothing/", visit) == ["No signals sent", "0 sent"]
    assert words("/showcase/bulk/", visit) == ["400 sent, no receivers"] * 2


def test_a_brief_report_has_the_same_line(visit):
    shown = visit("/shop/cascade/").report
    brief = {**report.empty([]), "totals": shown["totals"], "housekeeping": shown["housekeeping"]}
    assert headline(brief) == headline(shown)
    assert headline({}) == ""
