"""The tree, walked by keyboard."""

from __future__ import annotations

from looking import call, rows
from playwright.sync_api import expect


def test_walking_the_tree(loop, page):
    def current():
        focused = loop.locator("tr:focus")
        assert focused.get_attribute("tabindex") == "0"
        expect(loop.locator(".fsp-cascade tbody tr[tabindex='0']")).to_have_count(1)
        return focused.inner_text().split("\n")[0].split("\t")[0]

    first = rows(loop).first
    first.focus()
    assert current().startswith("Before the view")
    page.keyboard.press("ArrowRight")
    expect(first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowRight")
    assert "request_started" in current()
    page.keyboard.press("ArrowLeft")
    assert current().startswith("Before the view")
    page.keyboard.press("ArrowLeft")
    expect(first).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    assert current().startswith("View")
    page.keyboard.press("ArrowDown")
    assert "with transaction.atomic():" in current()
    page.keyboard.press("ArrowDown")
    assert "save shop.Product" in current()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert current().startswith("View")
    page.keyboard.press("End")
    assert current().startswith("After the response")
    page.keyboard.press("ArrowDown")
    assert current().startswith("After the response")
    page.keyboard.press("Home")
    assert current().startswith("Before the view")


def test_details_by_keyboard(loop, page):
    row = call(loop, "email_stock_team")
    row.focus()
    page.keyboard.press("Enter")
    pane = loop.locator(".fsp-inspector")
    expect(pane).to_contain_text("def email_stock_team")
    expect(pane).to_be_focused()
    page.keyboard.press("Tab")
    expect(pane.get_by_role("button", name="Close details")).to_be_focused()
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(row).to_be_focused()


def test_an_open_pane_follows_the_focus_and_a_closed_one_does_not(loop, page):
    pane = loop.locator(".fsp-inspector")
    call(loop, "log_product_change").focus()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    call(loop, "email_stock_team").focus()
    expect(pane).to_contain_text("def email_stock_team")
    expect(call(loop, "email_stock_team")).to_have_attribute("aria-selected", "true")
    expect(loop.locator("[aria-selected=true]:not([role=tab])")).to_have_count(1)

    pane.get_by_role("button", name="Close details").click()
    call(loop, "clear_catalogue_cache").focus()
    page.wait_for_timeout(400)
    expect(pane).to_be_hidden()


def test_tab_reaches_what_is_in_the_current_row_and_then_leaves_the_tree(loop, page):
    row = call(loop, "email_stock_team")
    row.focus()
    page.keyboard.press("Tab")
    expect(row.locator(".fsp-open")).to_be_focused()
    page.keyboard.press("Tab")
    expect(row.locator(".fsp-place")).to_be_focused()
    page.keyboard.press("Tab")
    expect(loop.locator(".fsp-cascade :focus")).to_have_count(0)


def test_escape_reaches_the_toolbar(loop, page):
    rows(loop).first.focus()
    page.keyboard.press("Escape")

    expect(loop).to_be_hidden()


def test_the_focus_is_seen(loop):
    row = rows(loop).nth(2)
    row.focus()
    row.press("ArrowDown")

    focused = loop.locator("tr:focus-visible")
    assert focused.evaluate("row => getComputedStyle(row).outlineStyle") == "solid"


def test_levels_and_positions(loop):
    for row in rows(loop).all():
        for name in ("aria-level", "aria-setsize", "aria-posinset"):
            assert int(row.get_attribute(name)) >= 1
    children = loop.locator(".fsp-cascade tr[aria-level='4'][aria-setsize='4']")
    assert [row.get_attribute("aria-posinset") for row in children.all()] == ["1", "2", "3", "4"]
