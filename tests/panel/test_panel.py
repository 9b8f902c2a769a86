"""The panel in the toolbar: what it stores, and what it shows of it."""

from __future__ import annotations

import asyncio
import gc
import json
import re

import pytest
from debug_toolbar.panels.signals import SignalsPanel
from debug_toolbar.store import CacheStore, MemoryStore, get_store
from debug_toolbar.toolbar import DebugToolbar
from django.conf import settings as django_settings
from django.core.signals import request_started
from django.dispatch import Signal
from reports import outline, stored_panel

from shop.models import Product
from signals_panel import record_signals
from signals_panel.panel import FiredSignalsPanel
from signals_panel.probes import requests


def panel_without_data():
    toolbar = DebugToolbar.__new__(DebugToolbar)
    toolbar.request = None
    toolbar.stats = {}
    panel = FiredSignalsPanel(toolbar, None)
    panel.load_stats_from_store({})
    return panel


def toolbar_config(settings, **changes):
    settings.DEBUG_TOOLBAR_CONFIG = {**django_settings.DEBUG_TOOLBAR_CONFIG, **changes}


def test_lives_beside_the_toolbar_s_own_signals_panel():
    classes = DebugToolbar.get_panel_classes()

    assert FiredSignalsPanel in classes
    assert SignalsPanel in classes
    assert FiredSignalsPanel.panel_id == "FiredSignalsPanel"


def test_stats_are_the_same_before_and_after_the_store(visit):
    report = visit("/shop/cascade/").report

    assert report == json.loads(json.dumps(report))
    assert outline(report)


@pytest.mark.parametrize("store", [MemoryStore, CacheStore])
def test_stores(visit, settings, store):
    toolbar_config(settings, TOOLBAR_STORE_CLASS=f"{store.__module__}.{store.__qualname__}")
    served = visit("/shop/cascade/")

    assert get_store() is store
    panel = stored_panel(served.request_id)
    assert "log_product_change" in panel.content
    assert served.report["faults"] == []


@pytest.mark.parametrize("store", [MemoryStore, CacheStore])
def test_stores_under_asgi(avisit, settings, store):
    toolbar_config(settings, TOOLBAR_STORE_CLASS=f"{store.__module__}.{store.__qualname__}")
    served = asyncio.run(avisit("/showcase/async/"))

    assert "store_summary" in stored_panel(served.request_id).content


def test_without_data():
    panel = panel_without_data()

    assert (panel.title, panel.nav_title) == ("Fired signals", "Fired signals")
    assert panel.nav_subtitle == ""
    assert "Nothing was recorded" in panel.content
    assert not panel.enabled


def test_subtitle_says_what_the_signals_cost(visit):
    served = visit("/shop/cascade/")

    subtitle = stored_panel(served.request_id).nav_subtitle
    assert re.fullmatch(r"Receivers took [\d.]+\sms", subtitle)
    assert re.search(r"Receivers took [\d.]+\sms", served.body.decode())


def test_subtitle_of_a_page_that_fires_nothing(visit):
    served = visit("/showcase/nothing/")

    assert stored_panel(served.request_id).nav_subtitle == "No signals sent"


def test_empty_state(visit):
    content = stored_panel(visit("/showcase/nothing/").request_id).content

    assert "No signal was sent but Django&#x27;s own" in content
    assert "See “Not called”" in content


def test_server_timing(visit):
    timing = visit("/shop/cascade/").headers["Server-Timing"]

    entry = next(part for part in timing.split(", ") if part.startswith("FiredSignalsPanel_"))
    name, duration, description = entry.split(";")
    assert name == "FiredSignalsPanel_receivers"
    assert float(duration.removeprefix("dur=")) > 0
    assert description == 'desc="5 signal receivers"'


def test_content(visit):
    content = stored_panel(visit("/shop/cascade/").request_id).content

    for text in (
        "post_<wbr>save",
        "shop.Product",
        "log_<wbr>product_<wbr>change",
        "shop/receivers.py:",
        "product.save()",
        "<strong>INSERT</strong>",
        "8 sent, 2 had receivers",
        "With receivers",
        "After the response",
    ):
        assert text in content, text


def test_repeats_are_folded_with_exact_sums(visit):
    served = visit("/showcase/loop/")
    rows = [row for row in served.report["rows"] if row["kind"] == "call"]

    row = next(row for row in rows if row["receiver"] == "shop.receivers.log_product_change")
    assert (row["count"], row["own_effects"], row["effects"]) == (
        200,
        {"sql": 200},
        {"sql": 400, "cache": 200},
    )
    assert 0 < row["self_ms"] < row["ms"]
    assert row["longest_ms"] < row["ms"]
    assert "× 200" in stored_panel(served.request_id).content


def test_what_comes_after_the_response_is_added(visit):
    report = visit("/showcase/streaming/").report

    names = [row["name"] for row in report["rows"] if row["kind"] == "phase"]
    assert names == ["before the view", "response body", "after the response"]


def test_ajax_request_has_its_own_entry(visit):
    page, data = visit("/showcase/ajax/"), visit("/showcase/ajax/data/")

    assert page.request_id != data.request_id
    assert data.headers["Content-Type"] == "application/json"
    assert outline(data.report)[0] == "post_save shop.Product"


def test_history_panel_switches_to_another_request(visit):
    cascade, _ = visit("/shop/cascade/"), visit("/showcase/nothing/")

    sidebar = visit(f"/__debug__/history_sidebar/?request_id={cascade.request_id}")
    panels = json.loads(sidebar.body)
    assert "Receivers took " in panels["FiredSignalsPanel"]["button"]


def test_render_panel_view(visit):
    cascade = visit("/shop/cascade/")

    answer = visit(
        f"/__debug__/render_panel/?request_id={cascade.request_id}&panel_id=FiredSignalsPanel"
    )
    assert "log_product_change" in json.loads(answer.body)["content"]


def test_what_the_panel_itself_renders_is_not_recorded(visit):
    cascade = visit("/shop/cascade/")

    panel = stored_panel(cascade.request_id)
    with record_signals() as recording:
        assert "log_product_change" in panel.content
        Signal().send(sender=None)
    # Django's own tests of templates, and the toolbar, have each template send a signal.
    assert sum(recording.unheard.values()) + len(recording.dispatches) == 1


def test_panels_rendered_into_the_page(visit, settings):
    toolbar_config(settings, RENDER_PANELS=True)

    assert "log_<wbr>product_<wbr>change</b>" in visit("/shop/cascade/").body.decode()


def test_switched_off_by_its_cookie(visit):
    served = visit("/shop/cascade/", cookie="djdtFiredSignalsPanel=off")

    assert served.status == 200
    assert served.report == {}


def test_a_request_the_toolbar_does_not_show_for_is_dropped(visit, settings):
    settings.INTERNAL_IPS = []
    served = visit("/shop/cascade/")

    assert served.status == 200
    assert list(MemoryStore.request_ids()) == []
    assert requests.request_root.get() is None


def test_the_toolbar_s_own_signals_are_not_recorded(visit):
    report = visit("/shop/cascade/").report

    names = {row["signal"] for row in report["rows"] if row["kind"] == "dispatch"}
    names |= {signal for signal, _, _ in report["unheard"]}
    assert not [name for name in names if "debug_toolbar" in name or "template" in name]


def test_a_block_around_a_request_sees_it(visit):
    with record_signals() as recording:
        served = visit("/shop/product/signal/")

    assert outline(served.report)[0] == "post_save shop.Product"
    senders = [dispatch.sender for dispatch in recording.dispatches]
    assert "shop.Product" in senders
    assert "django.core.handlers.wsgi.WSGIHandler" in senders


def test_a_request_inside_a_view_is_a_request_of_its_own(visit, monkeypatch, db):
    from django.http import HttpResponse
    from django.test import Client

    from showcase import urls

    def nesting(request):
        Client().get("/shop/product/signal/")
        Product.objects.create(name="Outer", price=1)
        return HttpResponse("<body></body>")

    monkeypatch.setattr(urls.urlpatterns[0], "callback", nesting)
    path = f"/showcase/{urls.urlpatterns[0].pattern}"

    assert outline(visit(path).report).count("post_save shop.Product") == 1


def test_without_the_hook_recording_begins_with_the_toolbar(visit):
    requests.start_hook.uninstall()
    try:
        report = visit("/shop/product/signal/").report
    finally:
        requests.start_hook.install()

    assert outline(report)[0] == "post_save shop.Product"


def test_the_hook_stands_on_one_signal_object():
    assert {"send", "asend"} <= set(vars(request_started))
    assert "send" not in vars(Signal())


def test_a_response_that_is_never_closed_is_let_go(visit, rf, settings):
    from django.core.handlers.wsgi import WSGIHandler

    handler = WSGIHandler()
    environ = rf.get("/shop/product/signal/").environ
    handler(environ, lambda *args: None)
    # As long as anybody has the response, its body may be on its way.
    gc.collect()

    # The same thread goes on to the next request.
    served = visit("/shop/product/signal/")
    assert outline(served.report)[0] == "post_save shop.Product"
    assert served.report["totals"]["dispatches"] == 4


def test_html_is_valid(visit):
    import html5lib

    content = stored_panel(visit("/shop/cascade/").request_id).content
    parser = html5lib.HTMLParser(strict=True)
    parser.parseFragment(content, container="div")


def test_missing_app_is_said_in_the_panel(visit, monkeypatch):
    served = visit("/shop/product/signal/")

    def missing(*args):
        from django.template import TemplateDoesNotExist

        raise TemplateDoesNotExist("signals_panel/panel.html")

    monkeypatch.setattr("signals_panel.panel.panel.render_to_string", missing)
    monkeypatch.setattr("django.apps.apps.is_installed", lambda name: name != "signals_panel")
    content = stored_panel(served.request_id).content
    assert "TemplateDoesNotExist" in content
    assert "Add &quot;signals_panel&quot; to INSTALLED_APPS." in content


def test_everything_is_escaped(visit, connect):
    evil = "<script>alert(1)</script>&\"'"
    stats = visit("/shop/cascade/").report

    def poison(value):
        if isinstance(value, str):
            return evil
        if isinstance(value, list):
            return [poison(item) for item in value]
        if isinstance(value, dict):
            return {
                key: item if key in ("kind", "name") else poison(item)
                for key, item in value.items()
            }
        return value

    panel = panel_without_data()
    panel.load_stats_from_store(poison(stats))
    content = panel.content

    assert "<script" not in content
    assert "&lt;script&gt;" in content


def test_the_report_is_built_once_the_response_is_closed(visit, rf, monkeypatch):
    """Until then the store has the figures at a glance."""
    from django.core.handlers.wsgi import WSGIHandler

    response = WSGIHandler()(rf.get("/shop/product/signal/").environ, lambda *args: None)
    panel = stored_panel(response.headers["djdt-request-id"])

    assert panel.nav_subtitle.startswith("Receivers took ")
    assert "still being sent" in panel.content
    response.close()
    assert "log_product_change" in panel.content
    panel = stored_panel(response.headers["djdt-request-id"])
    assert panel.nav_subtitle.startswith("Receivers took ")
    assert "log_product_change" in panel.content


def test_the_report_of_a_streamed_response_is_there_while_it_streams(visit, rf):
    from django.core.handlers.wsgi import WSGIHandler

    visit("/showcase/nothing/")
    response = WSGIHandler()(rf.get("/showcase/streaming/").environ, lambda *args: None)
    panel = stored_panel(response.headers["djdt-request-id"])

    assert "request_started" in panel.content
    response.close()


@pytest.mark.parametrize(
    "value",
    [
        "",
        'a"b\\é\U0001f600\x00',
        [],
        [1, 2.5, None],
        {},
        {"a": True, "b": [False, {"c": -3}]},
        10**20,
    ],
)
def test_room_is_counted_as_json_takes_it(value):
    from signals_panel.report.space import size_of

    assert 0 <= size_of(value) - len(json.dumps(value)) <= 10


@pytest.mark.parametrize("number", ["9" * 5_000, "", "²"])
def test_details_of_a_row_that_isn_t_there(visit, number):
    served = visit("/shop/product/signal/")

    url = f"/__debug__/fired_signals/details/?request_id={served.request_id}&kind=row&number="
    statuses = {visit(url + wanted).status for wanted in (number, "x", "-1")}
    row = next(i for i, row in enumerate(served.report["rows"]) if row["kind"] == "call")
    assert statuses == {404}
    assert visit(f"{url}{row}").status == 200


def test_the_page_asks_again_for_what_wasn_t_there(visit, rf, client):
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import reverse

    visit("/showcase/nothing/")
    response = WSGIHandler()(rf.get("/shop/product/signal/").environ, lambda *args: None)
    request_id = response.headers["djdt-request-id"]
    url = reverse("djdt:fired_signals_content")

    def ask():
        return client.get(url, {"request_id": request_id}).json()["content"]

    assert f'data-content-url="{url}"' in ask()
    assert "data-waiting" in ask()
    response.close()
    assert "data-waiting" not in ask()
    assert "log_product_change" in ask()
    assert client.get(url, {"request_id": "nobody"}).status_code == 404
