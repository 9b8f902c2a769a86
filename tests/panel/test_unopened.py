"""Reports are built when they are first read, where nobody else can ask for them."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from debug_toolbar.store import CacheStore, get_store
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished
from django.db import connection
from django.db.models.signals import post_save
from django.test import Client
from reports import stored_panel

from shop.models import Product
from signals_panel import analysis, record_signals, report
from signals_panel.panel.panel import unopened
from signals_panel.wording import duration_text, own_costs

CASCADE = "/shop/cascade/"


@pytest.fixture
def builds(monkeypatch):
    """Each report that is built, by the number of its dispatches."""
    build, built = report.build, []

    def builds(analysis, *args, **kwargs):
        built.append(analysis.glance.totals.dispatches)
        return build(analysis, *args, **kwargs)

    monkeypatch.setattr(report, "build", builds)
    return built


@pytest.fixture
def serve(transactional_db, api, rf):
    """Serve a path to the end of its response; gives the request's id in the store."""

    def serve(path):
        response = WSGIHandler()(rf.get(path).environ, lambda *args: None)
        b"".join(response)
        response.close()
        return response.headers["djdt-request-id"]

    return serve


def config(settings, **changes):
    settings.DEBUG_TOOLBAR_CONFIG = {**django_settings.DEBUG_TOOLBAR_CONFIG, **changes}


def stored(request_id):
    return get_store().panel(request_id, "FiredSignalsPanel")


def test_nobody_opens_it(serve, builds):
    request_id = serve(CASCADE)

    assert builds == []
    assert stored(request_id)["is_brief"]
    assert stored_panel(request_id).nav_subtitle.startswith("Receivers took ")
    assert builds == []


def test_it_is_built_once(serve, builds):
    request_id = serve(CASCADE)

    assert "log_product_change" in stored_panel(request_id).content
    assert len(builds) == 1
    assert not stored(request_id)["is_brief"]
    assert "log_product_change" in stored_panel(request_id).content
    assert len(builds) == 1


def test_its_outline_alone(serve, builds):
    request_id = serve(CASCADE)
    client = Client()
    text = client.get("/__debug__/fired_signals/outline/", {"request_id": request_id}).json()[
        "text"
    ]

    assert "log_product_change" in text
    assert len(builds) == 1


def test_several_open_it_at_once(serve, builds):
    request_id = serve(CASCADE)
    with ThreadPoolExecutor(4) as pool:
        contents = list(pool.map(lambda _: stored_panel(request_id).content, range(8)))

    # Those that come while it is built ask again.
    assert all("log_product_change" in each or "data-waiting" in each for each in contents)
    assert "log_product_change" in stored_panel(request_id).content
    assert len(builds) == 1


def test_a_store_that_others_may_read(serve, settings, builds):
    config(
        settings,
        TOOLBAR_STORE_CLASS=f"{CacheStore.__module__}.{CacheStore.__qualname__}",
    )
    request_id = serve(CASCADE)

    assert builds
    assert not stored(request_id)["is_brief"]


def test_a_large_recording_is_not_kept(serve, builds, monkeypatch):
    monkeypatch.setattr("signals_panel.panel.unopened._MAX_KEPT", 5)
    request_id = serve(CASCADE)

    assert len(builds) == 1
    assert not stored(request_id)["is_brief"]


def test_those_that_the_store_keeps(serve, settings):
    config(settings, RESULTS_CACHE_SIZE=3)
    request_ids = [serve(CASCADE) for _ in range(5)]

    # The site's own calls of its API are in there, too.
    assert len(unopened._finished) <= 3
    assert request_ids[-1] in unopened._finished
    assert request_ids[0] not in unopened._finished


def test_what_came_after_the_response_is_in_the_subtitle(serve, connect):
    connect(request_finished, lambda **kwargs: Product.objects.count())
    request_id = serve(CASCADE)

    assert own_costs(stored(request_id))["effects"]["sql"] == 3
    took = duration_text(own_costs(stored(request_id))["ms"])
    assert stored_panel(request_id).nav_subtitle == f"Receivers took {took}"


def test_a_report_that_can_t_be_built(serve, monkeypatch):
    request_id = serve(CASCADE)

    def fails(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(report, "build", fails)
    assert "The panel failed in part." in stored_panel(request_id).content
    assert "ZeroDivisionError" in stored(request_id)["faults"][0]


def test_a_recording_that_waits_keeps_nothing_else(serve):
    """No request, no recording of another one: its words and numbers alone."""
    request_id = serve(CASCADE)
    first = weakref.ref(unopened._finished[request_id].root)
    serve(CASCADE)
    unopened.take(request_id)
    gc.collect()

    assert first() is None


def test_opened_by_another_while_the_response_is_closed(serve, connect, monkeypatch):
    """Whenever that is: what it has built stays."""
    connect(request_finished, counts)
    has_more_costs, opened = analysis.has_more_costs, []

    def opens(recording, since):
        def open_it():
            opened.append(stored_panel(list(get_store().request_ids())[-1]).content)

        with ThreadPoolExecutor(1) as pool:
            pool.submit(open_it).result()
        return has_more_costs(recording, since)

    monkeypatch.setattr("signals_panel.panel.panel.has_more_costs", opens)
    request_id = serve("/showcase/nothing/")

    assert opened
    assert "request_finished" in stored_panel(request_id).content


def test_what_happened_since_is_not_told(serve, connect):
    """A receiver that is gone by now was there, and was called."""
    called = []

    class Later:
        def hears(self, **kwargs):
            called.append(1)

    later = Later()
    request_finished.connect(later.hears)
    request_id = serve("/showcase/nothing/")
    del later
    gc.collect()
    connect(request_finished, too_late)
    stats = stored_panel(request_id).finished_stats()

    assert called
    assert not [row for row in stats["silent"] if "collected" in row["reason"]]
    assert not [row for row in stats["silent"] if "too_late" in row["receiver"]]


def counts(**kwargs):
    Product.objects.count()


def too_late(**kwargs):
    pass


def test_one_that_holds_much_or_is_in_a_block_is_not_kept(serve, settings, builds):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 3}
    assert not stored(serve(CASCADE))["is_brief"]
    settings.SIGNALS_PANEL = {}
    with record_signals():
        assert not stored(serve(CASCADE))["is_brief"]
    assert stored(serve(CASCADE))["is_brief"]


def test_what_waits_is_bounded_in_bytes(serve, builds, connect):
    """Statements can be long; each of these is another one."""
    text = "€" * 8_000

    def queries(**kwargs):
        with connection.cursor() as cursor:
            for number in range(40):
                cursor.execute(f"SELECT '{text}{number}'")

    connect(post_save, queries, sender=Product)
    waiting = [serve(CASCADE) for _ in range(30)]

    size = sum(finished.size for finished in unopened._finished.values())
    assert 2_000_000 < size <= 8_000_000
    # The others are built at once, and nothing of them is lost.
    assert builds
    # The page asks an API, whose requests are stored as well.
    totals = [stored_panel(each).finished_stats()["totals"] for each in waiting[-12:]]
    assert {each["queries"] for each in totals} == {42}


def test_one_that_is_large_by_itself(serve, builds, connect):
    def queries(**kwargs):
        with connection.cursor() as cursor:
            for number in range(200):
                cursor.execute(f"SELECT '{'é' * 9_000}{number}'")

    connect(post_save, queries, sender=Product)
    serve(CASCADE)
    assert len(builds) == 1
