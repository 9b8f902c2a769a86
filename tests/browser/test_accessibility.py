"""axe-core on the opened panel, in each view: no violation."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

VIEWS = ["Cascade", "Receivers", "Signals", "Not called", "Connected", "Queries"]


def violations(page):
    """What axe finds inside the panel, and nothing of the toolbar around it."""
    results = Axe().run(
        page, context={"fromShadowDom": ["#djDebugRoot", "#FiredSignalsPanel .fsp"]}
    )
    return [
        (violation["id"], [node["html"][:200] for node in violation["nodes"]])
        for violation in results.response["violations"]
    ]


@pytest.fixture(params=["light", "dark"])
def scheme(request, page):
    page.emulate_media(color_scheme=request.param)


@pytest.mark.parametrize("path", ["/showcase/loop/", "/showcase/swallowed/"])
@pytest.mark.parametrize("name", VIEWS)
def test_view(site, page, open_panel, scheme, name, path):
    content = open_panel(f"{site}{path}")
    content.get_by_role("tab", name=name).click()
    page.wait_for_timeout(200)

    assert violations(page) == []


@pytest.mark.parametrize("name", ["Cascade", "Receivers", "Queries"])
def test_details(site, page, open_panel, scheme, name):
    content = open_panel(f"{site}/showcase/loop/")
    content.get_by_role("tab", name=name).click()
    content.locator(".fsp-open:visible").nth(1).click()
    expect(content.locator(".fsp-detail")).to_be_visible()
    content.locator(".fsp-detail summary").evaluate_all("all => all.map((one) => one.click())")

    assert violations(page) == []


@pytest.mark.parametrize("path", ["deferred", "rolled-back", "prices/update"])
def test_operations_and_deferred_work(site, page, open_panel, scheme, path):
    content = open_panel(f"{site}/showcase/{path}/")
    expect(content.locator(".fsp-operation, .fsp-deferred").first).to_be_visible()
    assert violations(page) == []

    for kind in ("operation", "deferred"):
        for opened in content.locator(f".fsp-{kind}:visible .fsp-open").all()[:1]:
            opened.click()
    expect(content.locator(".fsp-detail").first).to_be_visible()
    assert violations(page) == []


def test_error_and_silent_receivers(site, page, open_panel, scheme):
    content = open_panel(f"{site}/showcase/swallowed/")
    content.locator(".fsp-call:visible .fsp-open").first.click()
    expect(content.locator(".fsp-detail")).to_be_visible()
    assert violations(page) == []

    for name in ("Not called", "Connected"):
        content.get_by_role("tab", name=name).click()
        shown = content.get_by_role("tabpanel", name=name)
        expect(shown.locator("tr[data-kind]").first).to_be_visible()
        shown.locator("summary").evaluate_all("all => all.map((one) => one.click())")
        assert violations(page) == []


def test_a_hint_and_what_runs_for_a_model(site, page, open_panel, scheme):
    content = open_panel(f"{site}/notes/write/")
    content.get_by_role("searchbox").fill("tidy")
    expect(content.get_by_role("button", name="See “Not called”")).to_be_visible()
    assert violations(page) == []

    content.get_by_role("searchbox").fill("")
    content.get_by_role("tab", name="Connected").click()
    content.get_by_role("combobox").select_option("showcase.Shelf")
    expect(content.get_by_role("heading", name="If showcase.Shelf is saved")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("path", ["shop/cascade", "showcase/loop", "showcase/deferred"])
def test_timeline(site, page, open_panel, scheme, path):
    content = open_panel(f"{site}/{path}/")
    expect(content.locator(".fsp-block").first).to_be_visible()
    # With all that shows by and by: the small picture, the button, the keys.
    content.get_by_role("button", name="Zoom in").click()
    content.get_by_role("button", name="Zoom in").press("Tab")
    page.keyboard.press("ArrowRight")
    expect(content.locator(".fsp-keys")).to_be_visible()
    expect(content.get_by_role("button", name="Show all")).to_be_visible()

    assert violations(page) == []


def test_empty_page(site, page, open_panel, scheme):
    open_panel(f"{site}/showcase/nothing/")

    assert violations(page) == []


def test_axe_looks_into_the_panel(site, page, open_panel):
    content = open_panel(f"{site}/showcase/loop/")
    content.evaluate("panel => panel.append(document.createElement('button'))")

    assert [violation for violation, _ in violations(page)] == ["button-name"]
