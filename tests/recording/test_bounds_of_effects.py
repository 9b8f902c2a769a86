"""A hundred thousand effects of every kind: bounded memory, entry and page, exact totals."""

from __future__ import annotations

import gc
import json
import tracemalloc

import pytest
from django.db import connection
from django.dispatch import Signal
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from entries import MAX_ENTRY, entry
from every_kind import KINDS, cause, caused

from example.urls import urlpatterns as example_urls
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.rendering import context

MANY = 100_000

asked = Signal()


def causes(number, varied, **kwargs):
    cause(number, varied=varied)


asked.connect(causes)


def view(request, varied):
    asked.send(None, number=MANY // 2, varied=varied == "varied")
    cause(MANY // 2, varied=varied == "varied")
    return HttpResponse("<!doctype html><title>Many</title><body></body>")


urlpatterns = [path("many/<varied>/", view), *example_urls]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def request_settings(settings):
    settings.ROOT_URLCONF = __name__
    # The toolbar's own panels keep as much as there is.
    settings.DEBUG_TOOLBAR_PANELS = [
        "debug_toolbar.panels.history.HistoryPanel",
        "signals_panel.panel.FiredSignalsPanel",
    ]


def shown(rows):
    """How many effects of each kind the rows stand for, with those that have no row."""
    sums = {}
    for row in rows:
        if row["kind"] == "effect":
            sums[row["effect"]] = sums.get(row["effect"], 0) + row["count"]
        elif row["kind"] == "more":
            for each in (row["effects"], row["outside"]):
                for name, number in each.items():
                    sums[name] = sums.get(name, 0) + number
    return sums


@pytest.mark.parametrize("varied", [False, True])
def test_in_a_receiver(varied):
    with record_signals() as recording:
        asked.send(None, number=MANY, varied=varied)

    assert recording.totals.effects == recording.totals.all_effects == caused(MANY)
    kept = recording.dispatches[0].calls[0].effects
    assert len(kept) == Config().max_kept - 1
    stats = entry(recording)
    assert shown(stats["rows"]) == caused(MANY)
    assert len(stats["rows"]) <= Config().max_rows + 1


@pytest.mark.parametrize("varied", [False, True])
def test_outside_of_receivers(varied):
    with record_signals() as recording:
        cause(MANY, varied=varied)

    assert recording.totals.effects == {}
    assert recording.totals.all_effects == caused(MANY)
    stats = entry(recording)
    assert shown(stats["rows"]) == caused(MANY)
    assert len(stats["rows"]) <= Config().max_rows + 1


@pytest.mark.parametrize("varied", ["alike", "varied"])
def test_in_a_request(visit, varied):
    report = visit(f"/many/{varied}/").report

    assert len(json.dumps(report)) < MAX_ENTRY
    assert report["faults"] == []
    for name in KINDS:
        assert report["totals"]["effects"][name] == caused(MANY // 2)[name]
        assert report["totals"]["all_effects"][name] >= 2 * caused(MANY // 2)[name]
    html = render_to_string(
        "signals_panel/panel.html", {**context(report, Config()), "request_id": "x"}
    )
    # A row has a dozen cells at most.
    assert len(html) < 2_000 * (Config().max_rows + 1)


def held(number, is_outside):
    """Bytes that a recording of so many takes."""
    gc.collect()
    tracemalloc.start()
    try:
        with record_signals() as recording:
            if is_outside:
                cause(number, varied=True)
            else:
                asked.send(None, number=number, varied=True)
        # Django's own log of them, with DEBUG.
        connection.queries_log.clear()
        gc.collect()
        assert sum(recording.totals.all_effects.values()) == number
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("is_outside", [False, True])
def test_memory(is_outside):
    # What is made once is there.
    held(100, is_outside)
    full = held(2 * Config().max_kept, is_outside)

    assert held(6 * Config().max_kept, is_outside) < 1.02 * full
