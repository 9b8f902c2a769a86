"""The view "Compared": which request is compared with, and what it says where there is none."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import html5lib
import pytest
from debug_toolbar.store import CacheStore, DatabaseStore, MemoryStore, get_store
from django.conf import settings as django_settings
from django.db import connection
from django.utils.html import escape

from signals_panel.panel import stored

BY_SIGNAL = "/blog/publish/signal/"
BY_SERVICE = "/blog/publish/service/"
NOTHING = "/showcase/nothing/"


def compared(visit, served, **parameters):
    """The view's content, as a browser reads it, which must be valid."""
    query = urlencode({"request_id": served.request_id, **parameters})
    answer = visit(f"/__debug__/fired_signals/compare/?{query}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    content = json.loads(answer.body)["content"]
    html5lib.HTMLParser(strict=True).parseFragment(content, container="div")
    return content.replace("<wbr>", "").replace("\N{NO-BREAK SPACE}", " ")


def chosen(content):
    found = re.findall(r'<option value="(\w*)" selected>', content)
    return found[0] if found else None


def choices(content):
    """The ids to choose from, by the heading they stand under."""
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', content, re.DOTALL)
    return {title: re.findall(r'value="(\w+)"', options) for title, options in groups}


@pytest.fixture(params=[MemoryStore, CacheStore, DatabaseStore])
def store(request, settings, transactional_db):
    name = f"{request.param.__module__}.{request.param.__qualname__}"
    settings.DEBUG_TOOLBAR_CONFIG = {
        **django_settings.DEBUG_TOOLBAR_CONFIG,
        "TOOLBAR_STORE_CLASS": name,
    }
    if request.param is not DatabaseStore:
        get_store().clear()
        yield
        return
    from debug_toolbar.models import HistoryEntry

    with connection.schema_editor() as editor:
        editor.create_model(HistoryEntry)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(HistoryEntry)


def test_the_last_one_to_the_same_address(visit, store):
    first, other, second, third = map(visit, (BY_SIGNAL, BY_SERVICE, BY_SIGNAL, BY_SIGNAL))

    content = compared(visit, third)
    assert chosen(content) == second.request_id
    assert choices(content) == {
        # The newest first, whatever the store's order is.
        "The same address": [second.request_id, first.request_id],
        "Others": [other.request_id],
    }
    assert "The same receivers and effects, " in content
    assert "since GET /blog/publish/signal/ at " in content
    # Not the last one of all, which has come later.
    assert chosen(compared(visit, second)) == first.request_id


def test_any_other_by_choice(visit, store):
    by_signal, by_service = visit(BY_SIGNAL), visit(BY_SERVICE)

    content = compared(visit, by_service, **{"with": by_signal.request_id})
    assert chosen(content) == by_signal.request_id
    assert "<strong>−2 receivers, −4 receiver calls, " in content
    gone = r'blog\.receivers\.</span><b>(\w+)</b> <span class="fsp-mark">gone</span>'
    assert sorted(re.findall(gone, content)) == ["clear_article_cache", "notify_subscribers"]
    assert re.findall(r'scope="row">([^<]+)<', content) == [
        "Outside of receivers",
        "The whole request",
    ]
    assert "clear_article_cache and notify_subscribers belong to the same app" in content
    # The other way round, also with one that came later.
    content = compared(visit, by_signal, **{"with": by_service.request_id})
    assert "<strong>+2 receivers, +4 receiver calls, " in content


def test_no_earlier_one(visit, store):
    served = visit(BY_SIGNAL)
    content = compared(visit, served)

    assert "keeps no earlier request to GET /blog/publish/signal/." in content
    assert "<select" not in content

    other = visit(BY_SERVICE)
    content = compared(visit, other)
    assert "or choose another request." in content
    assert '<option value="">choose a request</option>' in content
    assert chosen(content) is None
    assert choices(content) == {"Others": [served.request_id]}


@pytest.mark.parametrize("gone", ["0" * 32, "no id at all", "<script>"])
def test_one_that_is_kept_no_longer(visit, store, gone):
    visit(BY_SIGNAL)
    served = visit(BY_SIGNAL)
    content = compared(visit, served, **{"with": gone})

    assert "keep that request any more. Choose another one." in content.replace("&#x27;", "'")
    assert len(choices(content)["The same address"]) == 1


def test_another_method_or_query(visit, rf):
    def row(method, path, at):
        return {"method": method, "path": path, "status": 200, "at": at}

    others = [
        stored.Stored("later", row("GET", "/a/", "2026-01-02T00:00:02+00:00"), ""),
        stored.Stored("posted", row("POST", "/a/", "2026-01-02T00:00:00+00:00"), ""),
        stored.Stored("elsewhere", row("GET", "/b/", "2026-01-02T00:00:00+00:00"), ""),
        stored.Stored("found", row("GET", "/a/", "2026-01-01T23:59:59+00:00"), ""),
        stored.Stored("older", row("GET", "/a/", "2026-01-01T00:00:00+00:00"), ""),
    ]
    assert stored.previous(row("GET", "/a/", "2026-01-02T00:00:01+00:00"), others).request_id == (
        "found"
    )
    assert stored.previous(row("PUT", "/a/", "2026-01-02T00:00:01+00:00"), others) is None

    one, other = visit(f"{BY_SIGNAL}?page=1&token=secret"), visit(f"{BY_SIGNAL}?page=2")
    assert chosen(compared(visit, other)) == one.request_id
    assert "secret" not in json.dumps(one.report["request"])


def test_the_request_is_in_the_report(visit):
    request = visit(BY_SIGNAL).report["request"]

    assert (request["method"], request["path"], request["status"]) == ("GET", BY_SIGNAL, 200)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", request["at"])


def test_requests_without_the_panel_are_no_choice(visit):
    visit(BY_SIGNAL, cookie="djdtFiredSignalsPanel=off")
    content = compared(visit, visit(BY_SIGNAL))

    assert choices(content) == {}


def test_while_a_response_is_still_being_sent(visit, monkeypatch):
    from signals_panel.panel import FiredSignalsPanel

    first, second = visit(BY_SIGNAL), visit(BY_SIGNAL)
    brief = {first.request_id}
    finished = FiredSignalsPanel.finished_stats

    def stats(panel):
        found = finished(panel)
        return {**found, "is_brief": panel.toolbar.request_id in brief}

    monkeypatch.setattr(FiredSignalsPanel, "finished_stats", stats)
    assert "The response of that request is still being sent" in compared(visit, second)
    brief.add(second.request_id)
    assert "The response of this request is still being sent" in compared(visit, second)


def test_one_that_another_version_has_stored(visit):
    old = visit(NOTHING)
    stats = get_store().panel(old.request_id, "FiredSignalsPanel")
    get_store().save_panel(old.request_id, "FiredSignalsPanel", {**stats, "version": 0})
    content = compared(visit, visit(BY_SIGNAL), **{"with": old.request_id})

    assert "stored by another version of the panel" in content


def test_names_are_escaped(visit):
    evil = "<img src=x onerror='pwned()'>"
    first, second = visit(BY_SIGNAL), visit(BY_SIGNAL)
    for served in (first, second):
        stats = get_store().panel(served.request_id, "FiredSignalsPanel")
        stats["request"]["path"] = f"/{evil}/"
        for row in stats["receivers"]:
            row["receiver"] += evil + served.request_id
        for row in stats["signals"]:
            row["sender"] = evil + served.request_id
        for row in stats["findings"]:
            row["figures"]["sender"] = evil + served.request_id
        get_store().save_panel(served.request_id, "FiredSignalsPanel", stats)

    content = compared(visit, second)
    assert "<img" not in content
    assert escape(evil) in content


def test_long_lists_end_with_how_many_more(visit, monkeypatch):
    monkeypatch.setattr("signals_panel.rendering.compared._MAX_ROWS", 1)
    by_signal = visit(BY_SIGNAL)
    content = compared(visit, visit(BY_SERVICE), **{"with": by_signal.request_id})

    assert content.count('<tr data-kind="receiver" data-origin="project"') == 1
    assert "more, for which there was no room" in content
