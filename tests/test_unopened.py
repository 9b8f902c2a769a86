"""Reports are built when they are first read, where nobody else can ask for them."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import stored_panel
from debug_toolbar.store import CacheStore, MemoryStore, get_store
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished
from django.test import Client

from shop.models import Product
from signals_panel import report
from signals_panel.panel import unopened

CASCADE = "/shop/cascade/"


@pytest.fixture
def builds(monkeypatch):
    """Each report that is built, by the number of its dispatches."""
    build, built = report.build, []

    def builds(recording, config):
        built.append(recording.totals.dispatches)
        return build(recording, config)

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
    assert stored_panel(request_id).nav_subtitle.startswith("5 receivers · 2 queries · ")
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

    assert all("log_product_change" in content for content in contents)
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
    monkeypatch.setattr("signals_panel.unopened._MAX_KEPT", 5)
    request_id = serve(CASCADE)

    assert len(builds) == 1
    assert not stored(request_id)["is_brief"]


def test_those_that_the_store_keeps(serve, settings):
    config(settings, RESULTS_CACHE_SIZE=3)
    request_ids = [serve(CASCADE) for _ in range(5)]

    assert set(unopened._recordings) == set(MemoryStore.request_ids())
    assert request_ids[-1] in unopened._recordings
    assert len(unopened._recordings) == 3


def test_what_came_after_the_response_is_in_the_subtitle(serve, connect):
    connect(request_finished, lambda **kwargs: Product.objects.count())
    request_id = serve(CASCADE)

    assert stored_panel(request_id).nav_subtitle.startswith("6 receivers · 3 queries · ")


def test_a_report_that_can_t_be_built(serve, monkeypatch):
    request_id = serve(CASCADE)

    def fails(recording, config):
        raise ZeroDivisionError

    monkeypatch.setattr(report, "build", fails)
    assert "The panel itself failed in part." in stored_panel(request_id).content
    assert "ZeroDivisionError" in stored(request_id)["faults"][0]


def test_a_recording_that_waits_keeps_nothing_else(serve):
    """No request, no recording of another one: its words and numbers alone."""
    serve(CASCADE)
    first = weakref.ref(next(iter(unopened._recordings.values())))
    serve(CASCADE)
    unopened.take(next(iter(unopened._recordings)))
    gc.collect()

    assert first() is None
