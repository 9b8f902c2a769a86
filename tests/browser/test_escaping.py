"""Hostile words in every text of a report: none of them runs, wherever one clicks."""

from __future__ import annotations

import itertools
import json
import os
from urllib.parse import parse_qs, urlparse

import pytest
from looking import tool
from playwright.sync_api import expect

CORPUS = [
    "<script>pwned()</script>",
    "\"><img src=x onerror='pwned()'>",
    "' onmouseover='pwned()' onfocus='pwned()' x='",
    "javascript:pwned()",
    "</code></td></tr></table><svg onload=pwned()>",
    "<template shadowrootmode=open><script>pwned()</script></template>",
    "SELECT <b onclick=pwned()>1</b> FROM \"<iframe srcdoc='<script>parent.pwned()</script>'>\"",
    "--></pre><details open ontoggle=pwned()>",
]


def poisoned(value, corpus):
    """The value with a hostile text behind every text but those the structure hangs on."""
    if isinstance(value, str):
        return f"{value}{next(corpus)}" if value else value
    if isinstance(value, list):
        return [poisoned(item, corpus) for item in value]
    if isinstance(value, dict):
        return {
            key: item if key in ("kind", "origin") else poisoned(item, corpus)
            for key, item in value.items()
        }
    return value


@pytest.fixture
def hostile(page, site):
    """Answer the panel's requests with what it makes of hostile reports.

    It is rendered here: the report of the real site, poisoned.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example.settings")
    import django

    django.setup()
    from django.template.loader import render_to_string

    from signals_panel.conf import Config
    from signals_panel.rendering import context, details_context

    ran = []
    page.expose_function("pwned", lambda: ran.append("pwned"))
    page.on("dialog", lambda dialog: (ran.append("dialog"), dialog.dismiss()))
    stats = {}

    def panel(route):
        shown = {**context(stats, Config()), "request_id": "hostile"}
        content = render_to_string("signals_panel/panel.html", shown)
        scripts = ["/static/signals_panel/panel.js"]
        route.fulfill(json={"content": content, "scripts": scripts})

    def details(route):
        query = parse_qs(urlparse(route.request.url).query)
        shown = details_context(stats, query["kind"][0], query["number"][0], Config())
        route.fulfill(json={"content": render_to_string("signals_panel/details.html", shown)})

    page.route("**/render_panel/*FiredSignalsPanel*", panel)
    page.route("**/fired_signals/details/**", details)
    page.route("**/fired_signals/outline/**", lambda route: route.fulfill(json={"text": CORPUS[0]}))
    yield stats
    assert ran == []


def a_report():
    """One with every part filled, poisoned throughout."""
    from django.dispatch import Signal
    from reports import build

    from signals_panel import record_signals
    from signals_panel.recording import EffectNode, add_effect, current
    from signals_panel.results import node_of

    outer, inner = Signal(), Signal()

    def fails(sender, **kwargs):
        for _ in range(6):
            query = EffectNode("sql", "SELECT %s FROM shop_product", "other", current.get())
            query.data, query.error = ("Lamp",), "E: e"
            query.start, query.end = 1, 9_000_001
            add_effect(query)
        inner.send(sender=str)
        raise ValueError("no stock")

    def silent(sender, **kwargs):
        pass

    outer.connect(fails, dispatch_uid="once")
    outer.connect(silent, sender=int)
    inner.connect(silent)
    with record_signals() as recording:
        for _ in range(2):
            outer.send_robust(sender=str, name="x")
        Signal().send(sender=str)
    node_of(recording).faults.append("the report: ValueError")
    found = json.loads(json.dumps(build(recording)))
    assert all(
        found[part] for part in ("rows", "details", "silent", "findings", "effects", "faults")
    )
    return poisoned(found, itertools.cycle(CORPUS))


def test_nothing_runs(hostile, site, page):
    hostile.update(a_report())
    page.goto(f"{site}/showcase/swallowed/")
    page.locator("#djdt-FiredSignalsPanel > a").click()
    content = page.locator("#FiredSignalsPanel .fsp")
    expect(content.get_by_role("tab").first).to_be_visible()

    for name in ("Receivers", "Signals", "Queries", "Cascade"):
        content.get_by_role("tab", name=name).click()
        content.locator(".fsp-view:visible summary").evaluate_all(
            "all => all.map((one) => one.click())"
        )
        content.locator(".fsp-view:visible .fsp-open").evaluate_all(
            "all => all.map((one) => { one.click(); one.focus(); })"
        )
        page.wait_for_timeout(300)
        content.locator(".fsp-view:visible summary").evaluate_all(
            "all => all.map((one) => one.click())"
        )
    content.get_by_role("searchbox").fill("<script>")
    tool(content, "Copy as text").click()
    page.mouse.move(300, 300)
    page.wait_for_timeout(300)

    expect(content.locator(".fsp-inspector")).not_to_have_count(0)
    found = content.locator("script, iframe, img, template, svg[onload], b[onclick]")
    expect(found).to_have_count(0)
    expect(content).to_contain_text("<script>pwned()</script>")
