"""Whose the focus is, when somebody does two things at once: it is never taken from who has it."""

from __future__ import annotations

from looking import CASCADE, call, tab
from playwright.sync_api import expect


def test_who_types_in_the_page_keeps_the_focus(site, page):
    """While the panel comes, and when it closes."""
    asked = []
    page.route("**/signals_panel/panel.css", lambda route: asked.append(route))
    page.goto(f"{site}{CASCADE}")
    page.evaluate("document.body.prepend(document.createElement('textarea'))")
    field = page.locator("body > textarea")
    with page.expect_request("**/signals_panel/panel.css"):
        page.locator("#djdt-FiredSignalsPanel > a").click()
    content = page.locator("#FiredSignalsPanel .fsp")
    field.evaluate("field => field.focus()")
    asked[0].continue_()
    expect(content).to_be_visible()
    # What would move it has run by now.
    expect(content).to_have_attribute("tabindex", "-1")
    expect(field).to_be_focused()

    page.keyboard.press("Escape")
    expect(content).to_be_hidden()
    page.wait_for_timeout(100)
    expect(field).to_be_focused()


def test_who_goes_on_while_details_come_is_not_called_back(cascade, page):
    held = []
    page.route("**/fired_signals/details/**", lambda route: held.append(route))
    row = call(cascade, "log_product_change")
    row.focus()
    with page.expect_request("**/fired_signals/details/**"):
        page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(row).not_to_be_focused()
    page.route("**/fired_signals/details/**", lambda route: route.continue_())
    for route in held:
        route.continue_()
    expect(cascade.locator(".fsp-inspector[aria-busy]")).to_have_count(0)

    page.wait_for_timeout(100)
    expect(cascade.locator(".fsp-cascade tr:focus")).to_have_count(1)


def test_closing_the_details_from_another_view_keeps_it_in_the_panel(cascade, page):
    call(cascade, "log_product_change").focus()
    page.keyboard.press("Enter")
    pane = cascade.locator(".fsp-inspector")
    expect(pane).to_be_focused()
    tab(cascade, "Signals").click()
    pane.focus()
    page.keyboard.press("Escape")

    expect(pane).to_be_hidden()
    expect(cascade).to_be_focused()


def test_what_the_filter_hides_is_no_stop_for_tab(cascade):
    """Its block is dimmed, and can be clicked all the same."""
    cascade.get_by_role("searchbox").fill("announce_to_api")
    dimmed = cascade.locator(".fsp-block.fsp-dim[data-kind=call]").last
    dimmed.dispatch_event("click")
    number = dimmed.get_attribute("data-row")
    expect(cascade.locator(f"#fsp_{number}")).to_have_class("fsp-call fsp-selected")

    expect(cascade.locator(".fsp-cascade tbody tr[tabindex='0']")).to_be_visible()
