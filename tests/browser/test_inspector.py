"""The pane with the details of the one row that is selected, and where the focus goes."""

from __future__ import annotations

import re
import time

import pytest
from conftest import serving
from looking import CASCADE, LOOP, call, tab
from playwright.sync_api import expect

NARROW = {"width": 1000, "height": 700}


def pane(content):
    return content.locator(".fsp-inspector")


def selected(content):
    return content.locator("tr.fsp-selected")


def test_it_begins_with_what_the_first_finding_is_about(cascade):
    found = cascade.locator(".fsp-card a[data-goto]").first
    name = found.locator("b").inner_text()

    expect(pane(cascade).locator("#fsp-inspected")).to_contain_text(name)
    expect(pane(cascade)).to_contain_text(f"def {name}")
    expect(selected(cascade)).to_have_attribute("id", f"fsp_{found.get_attribute('data-goto')}")
    expect(selected(cascade)).to_be_visible()
    # It is named for screen readers by its title.
    expect(cascade.get_by_role("region", name=re.compile(rf"^Receiver .*{name}"))).to_be_visible()


def test_beside_the_rest_it_stays_where_it_is(loop, page):
    call(loop, "log_product_change").locator(".fsp-open").click()
    expect(pane(loop)).to_contain_text("def log_product_change")
    scroller = page.locator("#FiredSignalsPanel .djdt-scroll")
    scroller.evaluate("each => each.scrollTo(0, 800)")
    main = loop.locator(".fsp-main").bounding_box()
    beside = pane(loop).bounding_box()

    assert beside["x"] > main["x"] + main["width"]
    assert beside["y"] == pytest.approx(scroller.bounding_box()["y"], abs=2)
    # All of it can be reached, however long it is.
    assert beside["y"] + beside["height"] <= page.viewport_size["height"]


def test_where_there_is_no_room_beside_it_comes_when_it_is_asked_for(site, page, open_panel):
    page.set_viewport_size(NARROW)
    content = open_panel(f"{site}{CASCADE}")
    expect(pane(content)).to_be_hidden()

    call(content, "announce_to_api").locator(".fsp-open").click()
    expect(pane(content)).to_contain_text("def announce_to_api")
    box = pane(content).bounding_box()
    assert box["y"] + box["height"] == pytest.approx(NARROW["height"], abs=3)
    assert box["height"] <= NARROW["height"] / 2
    pane(content).get_by_role("button", name="Close details").click()
    expect(pane(content)).to_be_hidden()


def test_one_row_of_all_tables_is_selected(cascade):
    call(cascade, "announce_to_api").locator(".fsp-open").click()
    for name in ("Receivers", "Queries", "HTTP"):
        tab(cascade, name).click()
        row = cascade.get_by_role("tabpanel", name=name).locator("tbody tr:visible").first
        row.locator(".fsp-open").click()
        expect(selected(cascade)).to_have_count(1)
        expect(row).to_have_class(re.compile("fsp-selected"))
        words = row.locator(".fsp-open").inner_text().split()[0]
        expect(pane(cascade)).to_contain_text(words)


def test_what_was_selected_last_is_what_it_shows(cascade, page):
    waiting = []
    page.route("**/fired_signals/details/**", lambda route: waiting.append(route))
    call(cascade, "log_product_change").locator(".fsp-open").click()
    call(cascade, "email_stock_team").locator(".fsp-open").click()
    while len(waiting) < 2:
        page.wait_for_timeout(20)
    waiting[1].continue_()
    expect(pane(cascade)).to_contain_text("def email_stock_team")
    waiting[0].continue_()
    page.wait_for_timeout(300)

    expect(pane(cascade)).to_contain_text("def email_stock_team")
    # It has come, too, and is not asked for again.
    call(cascade, "log_product_change").locator(".fsp-open").click()
    expect(pane(cascade)).to_contain_text("def log_product_change")
    assert len(waiting) == 2


def test_what_was_not_to_be_had_is_asked_for_again(site, page, open_panel, messages):
    # From the beginning: it may be the row that is selected first.
    page.route("**/fired_signals/details/**", lambda route: route.fulfill(status=404))
    cascade = open_panel(f"{site}{CASCADE}")
    opened = call(cascade, "log_product_change").locator(".fsp-open")
    opened.click()
    expect(pane(cascade)).to_contain_text("aren't available any more")
    messages.clear()  # The browser reports the 404.
    page.unroute("**/fired_signals/details/**")
    opened.click()

    expect(pane(cascade)).to_contain_text("def log_product_change")


def test_it_stays_closed_and_what_was_selected_stays_selected(loop, page):
    def reopen():
        page.keyboard.press("Escape")
        expect(loop).to_be_hidden()
        page.locator("#djdt-FiredSignalsPanel > a").click()

    call(loop, "email_stock_team").locator(".fsp-open").click()
    expect(pane(loop)).to_contain_text("def email_stock_team")
    reopen()
    expect(selected(loop)).to_contain_text("email_stock_team")
    pane(loop).get_by_role("button", name="Close details").click()
    reopen()
    expect(pane(loop)).to_be_hidden()
    expect(selected(loop)).to_have_count(0)


def test_in_the_page_nothing_is_fetched_until_it_is_seen(tmp_path, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with serving(tmp_path, EXAMPLE_RENDER_PANELS="1") as site:
        page.goto(f"{site}{CASCADE}")
        content = page.locator("#FiredSignalsPanel .fsp")
        # The script is done with it.
        expect(content.locator(".fsp-cascade[role=treegrid]")).to_be_attached()
        page.wait_for_load_state("networkidle")
        assert [url for url in asked if "/fired_signals/" in url] == []

        page.locator("#djdt-FiredSignalsPanel > a").click()
        expect(pane(content)).to_contain_text("def ")


def test_a_page_without_receivers_has_none(site, page, open_panel):
    content = open_panel(f"{site}/showcase/nothing/")
    expect(pane(content)).to_be_hidden()


# The focus ------------------------------------------------------------------------------


FOCUSED = """() => {
    let found = document.activeElement;
    while (found?.shadowRoot?.activeElement) {
        found = found.shadowRoot.activeElement;
    }
    return found?.closest("signals-panel, li")?.id || found?.localName;
}"""


def wait_for_focus(page, name):
    for _ in range(100):
        if page.evaluate(FOCUSED) == name:
            return
        time.sleep(0.02)
    assert page.evaluate(FOCUSED) == name


@pytest.mark.parametrize("shadow", ["0", "1"])
def test_the_focus_moves_into_the_panel_and_back(tmp_path, page, messages, shadow):
    with serving(tmp_path, EXAMPLE_USE_SHADOW_DOM=shadow) as site:
        page.goto(f"{site}{LOOP}")
        button = page.locator("#djdt-FiredSignalsPanel > a")
        content = page.locator("#FiredSignalsPanel .fsp")
        # Once when it is fetched, once when it is there already.
        for _ in range(2):
            button.focus()
            page.keyboard.press("Enter")
            expect(content).to_be_visible()
            wait_for_focus(page, "signals-panel")
            page.keyboard.press("Tab")
            expect(content.locator(".fsp-verdict :focus")).to_have_count(1)
            page.keyboard.press("Escape")
            expect(content).to_be_hidden()
            wait_for_focus(page, "djdt-FiredSignalsPanel")
        # Closed by its button.
        page.keyboard.press("Enter")
        wait_for_focus(page, "signals-panel")
        page.locator("#FiredSignalsPanel .djDebugClose").click()
        wait_for_focus(page, "djdt-FiredSignalsPanel")
        assert messages == []


def test_whoever_has_gone_on_keeps_the_focus(site, page, open_panel):
    content = open_panel(f"{site}{LOOP}")
    content.get_by_role("searchbox").focus()
    other = page.locator("#djdt-VersionsPanel > a")
    other.focus()
    page.keyboard.press("Enter")
    expect(content).to_be_hidden()

    expect(other).to_be_focused()
