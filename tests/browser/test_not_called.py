"""Why a receiver didn't run, and what is connected: few clicks from the opened panel."""

from __future__ import annotations

import pytest
from conftest import serving
from looking import LOOP, rows, tab, view
from playwright.sync_api import expect

PROXY = "/shop/product/service/"
RAISES = "/showcase/raises/"
BULK = "/showcase/bulk/"
NOTES = "/notes/write/"
NOTHING = "/showcase/nothing/"


def row(content, name):
    return content.locator("#fsp-view-not-called tbody tr").filter(has_text=name)


# Why didn't mine run? -------------------------------------------------------------------

ANSWERS = [
    (NOTES, "tidy", "nothing has imported notes.receivers", "Import it in NotesConfig.ready()."),
    (BULK, "log_product_change", "bulk_create of shop.Product", "Save the objects one by one"),
    (
        PROXY,
        "log_product_change",
        "connected for shop.Product",
        "Proxy models send their own class",
    ),
    (RAISES, "remember_stock_check", "refuse_empty_stock, ValueError: no stock", "send_robust()"),
    (NOTHING, "confirm_order", "its signal wasn't sent", "order_placed"),
]


@pytest.mark.parametrize(("path", "name", "why", "advice"), ANSWERS)
def test_one_click_to_the_answer(site, open_panel, clicks, path, name, why, advice):
    content = open_panel(f"{site}{path}")
    tab(content, "Not called").click()

    expect(row(content, name)).to_contain_text(why)
    expect(row(content, name)).to_contain_text(advice)
    expect(row(content, name)).to_be_visible()
    assert clicks() == 1


@pytest.mark.parametrize(("path", "name", "why", "advice"), ANSWERS)
def test_by_its_name_in_the_filter(site, page, open_panel, clicks, path, name, why, advice):
    """Typed after the panel is opened: where the cascade has nothing, it says where it is."""
    content = open_panel(f"{site}{path}")
    # The row of a bulk operation names what it has bypassed, that of an error who wasn't called.
    in_cascade = path in (BULK, RAISES)
    content.get_by_role("searchbox").focus()
    page.keyboard.type(name)
    if in_cascade:
        expect(rows(content).filter(has_text=name)).to_be_visible()
        expect(content.locator(".fsp-elsewhere")).to_be_empty()
        tab(content, "Not called").click()
    else:
        expect(content.locator(".fsp-elsewhere")).to_contain_text(f"{name} is not called here: ")
        content.locator(".fsp-elsewhere").get_by_role("button", name="See “Not called”").click()

    expect(tab(content, "Not called")).to_be_focused()
    expect(content.get_by_role("searchbox")).to_have_value(name)
    expect(row(content, name).first).to_contain_text(why)
    shown = content.locator("#fsp-view-not-called tbody tr:visible")
    expect(shown).to_have_count(1)
    expect(content.locator(".fsp-found")).to_contain_text("1 of ")
    assert clicks() == 1


def test_the_hint_goes_when_the_filter_finds_something(site, open_panel):
    content = open_panel(f"{site}{NOTES}")
    hint = content.locator(".fsp-elsewhere")
    search = content.get_by_role("searchbox")

    search.fill("tidy")
    expect(hint).to_have_text(
        "notes.receivers.tidy is not called here: never imported. See “Not called”"
    )
    search.fill("notes.Note")
    expect(hint).to_be_empty()
    search.fill("notes.receivers")
    expect(hint).to_contain_text("never imported, and 1 more.")
    search.fill("no such thing")
    expect(hint).to_be_empty()
    search.fill("tidy")
    expect(hint).not_to_be_empty()
    content.get_by_role("button", name="Clear").click()
    expect(hint).to_be_empty()


def test_a_name_that_another_view_has(site, open_panel):
    content = open_panel(f"{site}{NOTES}")
    content.get_by_role("searchbox").fill("post_init")

    expect(content.locator(".fsp-elsewhere")).to_contain_text("Found in “Signals”: ")
    content.get_by_role("button", name="See “Signals”").click()
    expect(tab(content, "Signals")).to_have_attribute("aria-selected", "true")
    expect(content.locator("#fsp-view-signals tbody tr:visible")).to_contain_text("post_init")


def test_typing_asks_once(site, page, open_panel):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    content = open_panel(f"{site}{NOTES}")
    content.get_by_role("searchbox").focus()
    page.keyboard.type("receivers.tid")
    expect(content.locator(".fsp-elsewhere")).to_contain_text("never imported")
    tab(content, "Not called").click()
    tab(content, "Cascade").click()
    tab(content, "Not called").click()
    expect(row(content, "tidy")).to_be_visible()

    assert len([url for url in asked if "/not_called/" in url]) == 1
    assert not [url for url in asked if "/connected/" in url]


def test_others_receivers_are_folded_and_found(site, open_panel):
    content = open_panel(f"{site}{NOTHING}")
    tab(content, "Not called").click()
    login = row(content, "update_last_login")
    expect(row(content, "confirm_order")).to_be_visible()
    expect(login).to_be_hidden()

    content.get_by_role("searchbox").fill("update_last")
    expect(login).to_be_visible()
    content.get_by_role("checkbox", name="Django").uncheck()
    expect(login).to_be_hidden()


def test_from_the_signals_and_from_an_empty_page(site, open_panel):
    content = open_panel(f"{site}{LOOP}")
    signals = view(content, "Signals")
    expect(signals).to_contain_text("connected to these signals and not called")
    signals.get_by_role("button", name="See “Not called”").click()
    expect(tab(content, "Not called")).to_be_focused()
    expect(row(content, "create_user_profile")).to_contain_text("connected for accounts.User")

    content = open_panel(f"{site}{NOTHING}")
    content.get_by_role("button", name="See “Not called”").click()
    expect(row(content, "confirm_order")).to_be_visible()


def test_when_it_cannot_be_fetched_it_says_so_and_tries_again(site, page, open_panel):
    content = open_panel(f"{site}{NOTES}")
    page.route("**/not_called/**", lambda route: route.fulfill(body="no JSON"))
    tab(content, "Not called").click()
    expect(content.get_by_role("tabpanel")).to_contain_text("isn't available any more")
    page.unroute("**/not_called/**")
    tab(content, "Cascade").click()
    tab(content, "Not called").click()
    expect(row(content, "tidy")).to_be_visible()


def test_by_keyboard(site, page, open_panel):
    content = open_panel(f"{site}{NOTES}")
    content.get_by_role("searchbox").focus()
    page.keyboard.type("tidy")
    button = content.locator(".fsp-elsewhere").get_by_role("button", name="See “Not called”")
    expect(button).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("button => button.matches(':focus')"):
            break
    page.keyboard.press("Enter")
    expect(tab(content, "Not called")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tab(content, "Connected")).to_be_focused()


# What runs if I save this? --------------------------------------------------------------


def test_what_runs_if_a_product_is_saved(site, open_panel, clicks):
    content = open_panel(f"{site}{NOTHING}")
    connected = view(content, "Connected")
    choice = connected.get_by_role("combobox")
    expect(choice).to_be_visible()
    choice.select_option("shop.Product")

    expect(connected.get_by_role("heading", name="If shop.Product is saved")).to_be_visible()
    receivers = connected.locator("tr[data-kind] td:nth-child(2) b")
    expect(receivers).to_have_text(
        ["log_product_change", "email_stock_team", "clear_catalogue_cache", "announce_to_api"]
    )
    expect(connected).to_contain_text("Nothing is connected.")
    expect(choice).to_be_focused()
    expect(choice).to_have_value("shop.Product")
    # Choosing is none in a test; for people it is one more.
    assert clicks() == 1

    choice.select_option("")
    rows_of_all = connected.locator("tr[data-kind]")
    expect(rows_of_all.filter(has_text="confirm_order")).to_be_visible()


def test_the_last_choice_counts(site, page, open_panel):
    content = open_panel(f"{site}{NOTHING}")
    connected = view(content, "Connected")
    choice = connected.get_by_role("combobox")
    expect(choice).to_be_visible()
    late = []
    page.route("**/connected/*shop.Product", lambda route: late.append(route))
    with page.expect_request("**/connected/*shop.Product"):
        choice.select_option("shop.Product")
    choice.select_option("showcase.Shelf")
    heading = connected.get_by_role("heading", name="If showcase.Shelf is saved")
    expect(heading).to_be_visible()
    with page.expect_response("**/connected/*shop.Product"):
        late[0].continue_()
    page.wait_for_timeout(200)

    expect(heading).to_be_visible()


def test_connected_is_searched_by_name(site, open_panel):
    content = open_panel(f"{site}{NOTHING}")
    connected = view(content, "Connected")
    expect(connected.get_by_role("combobox")).to_be_visible()
    groups = connected.locator("tbody[data-group]:visible")
    before = groups.count()

    content.get_by_role("searchbox").fill("log_product")
    expect(groups).to_have_count(1)
    expect(groups).to_contain_text("post_save")
    expect(groups.locator("tr[data-kind]:visible")).to_have_count(1)
    # By the signal's name too, and among those that nothing is connected to.
    content.get_by_role("searchbox").fill("order_placed")
    expect(groups).to_have_count(1)
    expect(groups.locator("tr[data-kind]:visible")).to_have_count(2)
    content.get_by_role("searchbox").fill("pre_init")
    expect(connected.locator("tr[data-kind]:visible")).to_contain_text("pre_init")
    content.get_by_role("searchbox").fill("")
    expect(groups).to_have_count(before)


# Everywhere -----------------------------------------------------------------------------


@pytest.mark.parametrize("shadow", ["0", "1"])
def test_under_a_strict_policy_with_and_without_a_shadow_root(tmp_path, open_panel, shadow):
    with serving(tmp_path, EXAMPLE_CSP="1", EXAMPLE_USE_SHADOW_DOM=shadow) as site:
        content = open_panel(f"{site}{NOTES}")
        content.get_by_role("searchbox").fill("tidy")
        content.locator(".fsp-elsewhere").get_by_role("button").click()
        expect(row(content, "tidy")).to_contain_text("Import it in NotesConfig.ready().")
        content.get_by_role("searchbox").fill("")
        connected = view(content, "Connected")
        connected.get_by_role("combobox").select_option("showcase.Shelf")
        expect(connected).to_contain_text("refresh_tag_count")


def test_after_closing_and_reopening(site, page, open_panel):
    content = open_panel(f"{site}{NOTES}")
    tab(content, "Not called").click()
    expect(row(content, "tidy")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#djdt-FiredSignalsPanel > a").click()

    expect(row(content, "tidy")).to_be_visible()


def test_without_the_script_there_are_the_report_s_own(site, page):
    page.route("**/signals_panel/panel.js", lambda route: route.abort())
    page.goto(f"{site}{PROXY}")
    page.locator("#djdt-FiredSignalsPanel > a").click()
    content = page.locator("#FiredSignalsPanel")

    expect(content.get_by_role("heading", name="Not called", exact=True)).to_be_visible()
    expect(row(content, "log_product_change")).to_contain_text("connected for shop.Product")
    expect(content.get_by_role("button", name="See “Not called”")).to_have_count(0)
