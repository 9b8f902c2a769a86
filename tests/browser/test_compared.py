"""What changed since the previous request, and sending it to a colleague: one click each."""

from __future__ import annotations

import re

import pytest
from auditing import TITLE, violations
from conftest import serving, switch_history
from looking import tab, tool
from playwright.sync_api import expect

BY_SIGNAL = "/blog/publish/signal/"
BY_SERVICE = "/blog/publish/service/"
CASCADE = "/shop/cascade/"


@pytest.fixture
def panel(page):
    """The toolbar's part of the page that holds the panel and its title."""
    return page.locator("#FiredSignalsPanel")


def verdict(content):
    return content.locator(".fsp-difference strong")


# What changed since the previous request ------------------------------------------------


def test_what_changed_since_the_previous_request(site, page, open_panel, clicks):
    page.goto(f"{site}{BY_SIGNAL}")
    content = open_panel(f"{site}{BY_SIGNAL}")
    tab(content, "Compared").click()

    expect(verdict(content)).to_contain_text("The same receivers and effects, ")
    expect(content.locator(".fsp-difference")).to_contain_text(f"since GET {BY_SIGNAL} at ")
    assert clicks() == 1


def test_what_the_service_saved(site, page, open_panel, clicks):
    """The article's example: published by signal before, by a service now."""
    page.goto(f"{site}{BY_SIGNAL}")
    before = page.locator("#djDebug").get_attribute("data-request-id")
    content = open_panel(f"{site}{BY_SERVICE}")
    tab(content, "Compared").click()
    content.get_by_role("combobox").select_option(before)

    expect(verdict(content)).to_contain_text("−2 receivers, −4 receiver calls, ")
    shown = content.get_by_role("tabpanel", name="Compared")
    for name in ("clear_article_cache", "notify_subscribers"):
        expect(shown.locator("tr.fsp-gone", has_text=name)).to_be_visible()
    outside = shown.locator("tr", has_text="Outside of receivers")
    # The mail and the cache are what they were, and in no receiver any more.
    assert outside.locator("b").all_inner_texts()[1:] == ["+1", "+1"]
    # The choice has the focus again, in what has taken its place.
    expect(content.get_by_role("combobox")).to_be_focused()
    assert clicks() <= 2


def test_the_filter_works_there_too(site, page, open_panel):
    page.goto(f"{site}{BY_SIGNAL}")
    before = page.locator("#djDebug").get_attribute("data-request-id")
    content = open_panel(f"{site}{BY_SERVICE}")
    tab(content, "Compared").click()
    content.get_by_role("combobox").select_option(before)
    expect(content.locator("tr.fsp-gone").first).to_be_visible()
    content.get_by_role("searchbox").fill("notify")

    expect(content.locator("#fsp-view-compared tr[data-kind]:visible")).to_have_count(1)
    expect(content.locator(".fsp-found")).to_contain_text("1 of ")


def test_the_first_request_to_an_address(tmp_path, open_panel):
    with serving(tmp_path) as site:
        content = open_panel(f"{site}{BY_SIGNAL}")
        tab(content, "Compared").click()

        shown = content.get_by_role("tabpanel", name="Compared")
        expect(shown).to_contain_text(f"keeps no earlier request to GET {BY_SIGNAL}")


@pytest.mark.parametrize("name", ["MemoryStore", "CacheStore", "DatabaseStore"])
def test_with_each_of_the_toolbars_stores(tmp_path, page, open_panel, name):
    with serving(tmp_path, EXAMPLE_TOOLBAR_STORE=f"debug_toolbar.store.{name}") as site:
        page.goto(f"{site}{BY_SIGNAL}")
        content = open_panel(f"{site}{BY_SIGNAL}")
        tab(content, "Compared").click()

        expect(verdict(content)).to_contain_text("The same receivers and effects, ")


def test_after_a_switch_of_history(site, page, open_panel, panel):
    page.goto(f"{site}{CASCADE}")
    earlier = page.locator("#djDebug").get_attribute("data-request-id")
    open_panel(f"{site}{BY_SIGNAL}")
    switch_history(page, earlier)
    page.locator("#djdt-FiredSignalsPanel > a").click()
    content = panel.locator(".fsp")
    expect(content.get_by_role("tab").first).to_be_visible()

    # The buttons in the title are those of the request that is shown.
    expect(panel.get_by_role("link", name="Save as HTML")).to_have_count(1)
    link = panel.get_by_role("link", name="Save as HTML").get_attribute("href")
    assert link.endswith(f"request_id={earlier}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation(site, page, open_panel, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site}{BY_SIGNAL}")
    before = page.locator("#djDebug").get_attribute("data-request-id")
    content = open_panel(f"{site}{BY_SERVICE}")
    tab(content, "Compared").click()
    assert violations(page) == []
    content.get_by_role("combobox").select_option(before)
    expect(content.locator("tr.fsp-gone").first).to_be_visible()
    content.locator(".fsp-view:visible summary").evaluate_all(
        "all => all.map((one) => one.click())"
    )

    assert violations(page) == []
    assert violations(page, TITLE) == []


@pytest.mark.parametrize("width", [400, 800, 1000, 1920])
def test_nothing_is_wider_than_the_panel(site, page, open_panel, panel, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}{BY_SIGNAL}")
    before = page.locator("#djDebug").get_attribute("data-request-id")
    content = open_panel(f"{site}{BY_SERVICE}")
    tab(content, "Compared").click()
    content.get_by_role("combobox").select_option(before)
    expect(content.locator("tr.fsp-gone").first).to_be_visible()

    title = panel.locator(".djDebugPanelTitle")
    assert title.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    if width >= 800:
        # Below that the toolbar's own title breaks, and the tabs are wider.
        assert title.evaluate("one => one.scrollHeight - one.clientHeight") <= 0
        scrolled = panel.locator(".djdt-scroll")
        assert scrolled.evaluate("one => one.scrollWidth - one.clientWidth") <= 0


@pytest.mark.parametrize("in_page", ["0", "1"])
def test_under_a_strict_policy(tmp_path, page, open_panel, in_page):
    with serving(tmp_path, EXAMPLE_CSP="1", EXAMPLE_RENDER_PANELS=in_page) as site:
        page.goto(f"{site}{BY_SIGNAL}")
        # A violation is written to the console, which open_panel listens to.
        content = open_panel(f"{site}{BY_SIGNAL}")
        tab(content, "Compared").click()
        expect(verdict(content)).to_contain_text("The same receivers and effects, ")
        with page.expect_download():
            page.locator("#FiredSignalsPanel").get_by_role("link", name="Save as HTML").click()


# Send it to a colleague -----------------------------------------------------------------


def test_copied_as_markdown(site, page, open_panel, clicks):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    content = open_panel(f"{site}{CASCADE}")
    button = tool(content, "Copy as Markdown")
    button.click()
    expect(tool(content, "Copied")).to_be_visible()

    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"# Signals of GET {CASCADE}\n")
    assert "shop.receivers.announce_to_api" in text
    expect(button).to_be_visible()
    assert clicks() == 1


def test_the_buttons_are_in_the_title_where_it_has_room(site, open_panel, panel, page):
    content = open_panel(f"{site}{CASCADE}")
    title = panel.locator(".djDebugPanelTitle")
    # A panel of the toolbar has a place there from version 8 on.
    has_place = title.locator(".fsp-tools").count() == 1

    def are_in(place, other):
        for name in ("Copy as text", "Copy as Markdown", "Save as HTML"):
            expect(place.get_by_text(name)).to_be_visible()
            expect(other.get_by_text(name)).to_have_count(0)
            assert place.get_by_text(name).bounding_box()["height"] >= 24

    are_in(*((title, content) if has_place else (content, title)))
    page.set_viewport_size({"width": 800, "height": 900})
    are_in(content, title)
    # They go on working wherever they are.
    content.get_by_role("button", name="Copy as text").click()
    expect(content.get_by_role("button", name="Copied")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(tool(content, "Copy as text")).to_be_visible()
    are_in(*((title, content) if has_place else (content, title)))


def test_without_a_place_in_the_title(site, page, open_panel, panel):
    """As under toolbar 7."""
    page.route(
        re.compile(r"fired_signals|/shop/cascade/"),
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text().replace('<div class="fsp-tools"></div>', ""),
        ),
    )
    content = open_panel(f"{site}{CASCADE}")

    expect(content.get_by_role("button", name="Copy as text")).to_be_visible()
    expect(content.get_by_role("link", name="Save as HTML")).to_be_visible()


@pytest.fixture
def saved(site, page, open_panel, panel, tmp_path, clicks):
    """The file that one click has saved; as a file of a computer without the site."""

    def save(path):
        open_panel(f"{site}{path}")
        with page.expect_download() as download:
            panel.get_by_role("link", name="Save as HTML").click()
        assert clicks() == 1
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        return file

    return save


@pytest.fixture
def opened(saved, page):
    """The saved file, opened from disk; what is asked for beside it is an error."""

    def open_it(path, scheme="light"):
        page.emulate_media(color_scheme=scheme)
        file = saved(path)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_load_state("networkidle")
        assert asked == [file.as_uri()]
        return file

    return open_it


def test_the_file_has_a_name(saved):
    file = saved(CASCADE)

    assert re.fullmatch(r"signals-get-shop-cascade-\d{8}-\d{6}\.html", file.name)


def test_it_opens_by_itself(opened, page, messages):
    opened(CASCADE)

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Signals of GET {CASCADE}")
    for name in ("log_product_change", "announce_to_api", "count_audit_entries"):
        expect(page.locator(".fsp-cascade").get_by_text(name).first).to_be_visible()
    # It is as wide as the window, and styled.
    expect(page.locator(".fsp-cascade .fsp-what").nth(3)).to_have_css("position", "relative")
    assert (
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        <= 0
    )
    assert messages == []


def test_a_card_leads_to_its_row_without_a_script(opened, page):
    opened(CASCADE)
    page.locator(".fsp-card a[href^='#']").first.click()

    assert re.search(r"#fsp_\d+$", page.url)
    expect(page.locator(f"#{page.url.rpartition('#')[2]}")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("scheme", "background"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 18, 18)")]
)
@pytest.mark.parametrize("path", [CASCADE, "/showcase/swallowed/", "/showcase/deferred/"])
def test_in_both_themes(opened, page, scheme, background, path):
    opened(path, scheme)

    expect(page.locator("#djDebug")).to_have_css("background-color", background)
    assert violations(page, None) == []
