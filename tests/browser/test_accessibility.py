"""axe-core on the opened panel, in each view, picture and theme: no violation of any level.

One page is walked through, and only what has changed is looked at again: it takes axe a second to
look at all of the panel. The map and the comparison are looked at in their own files.
"""

from __future__ import annotations

import pytest
from auditing import PANE, small_targets, unfold, violations
from looking import CASCADE, LOOP, call, tab, tool
from playwright.sync_api import expect


@pytest.fixture(params=["light", "dark"])
def scheme(request, page):
    page.emulate_media(color_scheme=request.param)


def place_of(name):
    return f"#FiredSignalsPanel #fsp-view-{name}"


def look_at_views(content, page, names):
    """Show one view after the other, unfolded."""
    for each in content.locator(".fsp-bar [role=tab]").all():
        name = each.get_attribute("data-view")
        if name not in names:
            continue
        each.click()
        shown = content.locator(f"#fsp-view-{name}")
        expect(shown).to_be_visible()
        if name in ("not-called", "connected"):
            expect(shown.locator("tr[data-kind]").first).to_be_visible()
        elif name == "compared":
            expect(shown.locator(".fsp-difference, .fsp-note").first).to_be_visible()
        unfold(shown)
        assert violations(page, place_of(name)) == [], name
        assert small_targets(content) == [], name


def look_at_details(content, page, kinds):
    """Select one row of each kind, and look at the pane with all that is folded in it."""
    tab(content, "Cascade").click()
    pane = content.locator(".fsp-inspector")
    for kind in kinds:
        row = content.locator(f".fsp-cascade .fsp-{kind}:visible").first
        row.locator(".fsp-open").first.click()
        expect(pane).to_be_visible()
        expect(pane.locator(".fsp-detail")).to_be_visible()
        expect(pane).not_to_have_attribute("aria-busy", "true")
        unfold(pane)
        assert violations(page, PANE) == [], kind
        assert small_targets(pane) == [], kind


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("dark", 400)])
def test_every_view(site, page, open_panel, theme, width):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}{CASCADE}")
    content = open_panel(f"{site}{CASCADE}")
    unfold(content.locator(".fsp-findings"))
    # With all that stands around the views, and the pane beside or over it.
    call(content, "announce_to_api").locator(".fsp-open").click()
    expect(content.locator(".fsp-detail")).to_be_visible()
    assert violations(page) == []
    content.get_by_role("button", name="Close details").click()

    names = [
        each.get_attribute("data-view") for each in content.locator(".fsp-bar [role=tab]").all()
    ]
    effects = ["effects-sql", "effects-cache", "effects-mail", "effects-http"]
    assert {"receivers", "signals", "not-called", "connected", "compared", *effects} <= set(names)
    look_at_views(content, page, names)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 800)])
def test_details_of_every_kind(site, page, open_panel, theme, width):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    content = open_panel(f"{site}{CASCADE}")
    look_at_details(content, page, ["operation", "dispatch", "effect"])
    # With each of its times, and a costly line.
    content = open_panel(f"{site}{LOOP}")
    look_at_details(content, page, ["call"])
    # Deferred work that never ran.
    content = open_panel(f"{site}/showcase/rolled-back/")
    look_at_details(content, page, ["deferred"])
    assert violations(page) == []


def test_errors(site, page, open_panel, scheme):
    content = open_panel(f"{site}/showcase/swallowed/")
    expect(content.locator(".fsp-block").first).to_be_visible()
    look_at_details(content, page, ["raised"])
    assert violations(page) == []


def test_timeline(site, page, open_panel, scheme):
    content = open_panel(f"{site}/showcase/deferred/")
    expect(content.locator(".fsp-block").first).to_be_visible()
    # With all that shows by and by: the small picture, the button, the keys.
    content.get_by_role("button", name="Zoom in").click()
    content.get_by_role("button", name="Zoom in").press("Tab")
    page.keyboard.press("ArrowRight")
    expect(content.locator(".fsp-keys:visible")).to_be_visible()
    expect(content.get_by_role("button", name="Show all")).to_be_visible()

    assert violations(page, "#FiredSignalsPanel .fsp-timeline") == []
    assert small_targets(content) == []


def test_a_bulk_operation_a_hint_and_what_runs_for_a_model(site, page, open_panel, scheme):
    content = open_panel(f"{site}/showcase/prices/update/")
    look_at_details(content, page, ["operation"])
    content.get_by_role("searchbox").fill("tidy")
    expect(content.get_by_role("button", name="See “Not called”")).to_be_visible()
    assert violations(page) == []

    content.get_by_role("searchbox").fill("")
    tab(content, "Connected").click()
    content.get_by_role("combobox").select_option("showcase.Shelf")
    expect(content.get_by_role("heading", name="If showcase.Shelf is saved")).to_be_visible()
    assert violations(page, place_of("connected")) == []


def test_empty_page(site, page, open_panel, scheme):
    content = open_panel(f"{site}/showcase/nothing/")

    assert violations(page) == []
    assert small_targets(content) == []


def test_axe_looks_into_the_panel(site, page, open_panel):
    content = open_panel(f"{site}/showcase/nothing/")
    content.evaluate(
        """panel => {
            for (const name of ["", "too", "close"]) {
                const button = document.createElement("button");
                button.ariaLabel = name;
                button.className = "fsp-close";
                panel.append(button);
                button.attributeStyleMap.set("float", "left");
                button.attributeStyleMap.set("width", "9px");
            }
        }"""
    )

    # The size of targets is no rule that axe runs by itself.
    assert {name for name, _ in violations(page)} == {"button-name", "target-size"}
    assert len(small_targets(content)) == 3


def test_the_buttons_in_the_title(site, open_panel):
    content = open_panel(f"{site}/showcase/nothing/")
    for name in ("Copy as text", "Copy as Markdown"):
        box = tool(content, name).bounding_box()
        assert min(box["width"], box["height"]) >= 24
