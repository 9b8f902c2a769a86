"""The map beside the timeline: what led to what, and the way from it to the cascade."""

from __future__ import annotations

import re

import pytest
from auditing import violations
from conftest import serving, switch_history
from looking import CASCADE, LOOP, tab
from playwright.sync_api import expect


@pytest.fixture
def picture(site, page, open_panel):
    """Opens a page, and gives the panel's map."""

    def open_it(path):
        return shown(open_panel(f"{site}{path}"))

    return open_it


def shown(content):
    tab(content, "Map").click()
    content.locator(".fsp-node").first.wait_for()
    return content.locator(".fsp-map")


def node(area, name):
    return area.locator(".fsp-node").filter(has_text=name).first


def pattern(text):
    return re.compile(text)


# Each node with its kind, its rows, and its time.
NODES = """map => [...map.querySelectorAll(".fsp-node")].map((node) => ({
    kind: node.dataset.kind,
    rows: node.dataset.rows.split(" ").filter(Boolean),
    words: node.querySelector("title").textContent,
    texts: [...node.querySelectorAll("text")].map((text) => text.textContent),
}))"""


@pytest.mark.parametrize(
    "path", [CASCADE, LOOP, "/showcase/async/", "/showcase/deferred/", "/showcase/swallowed/"]
)
def test_map_and_cascade_agree(picture, page, path):
    area = picture(path)
    cascade = page.locator("#FiredSignalsPanel .fsp-cascade")
    nodes = area.evaluate(NODES)

    seen = [number for each in nodes if each["kind"] != "line" for number in each["rows"]]
    assert len(seen) == len(set(seen))
    for each in nodes:
        if each["kind"] == "silent":
            assert each["rows"] == []
        elif len(each["rows"]) == 1:
            text = cascade.locator(f"#fsp_{each['rows'][0]}").inner_text()
            text = text.replace("\u202f", "\N{NO-BREAK SPACE}")
            time = re.search(r"[\d.,<]+\s(?:ms|s)\b", each["texts"][-1])[0]
            assert time in text
            count = re.search(r" × [\d,]+", each["words"].partition(":")[0])
            assert not count or count[0].strip() in text
    # Every receiver that isn't Django's own is there.
    calls = cascade.locator("tr.fsp-call:not([data-origin=django])")
    wanted = {
        row.removeprefix("fsp_") for row in calls.evaluate_all("all => all.map((row) => row.id)")
    }
    assert {number for each in nodes if each["kind"] == "call" for number in each["rows"]} == wanted


def test_one_picture_is_shown_at_a_time(picture, page):
    area = picture(CASCADE)
    timeline = page.locator("#FiredSignalsPanel .fsp-timeline")
    expect(timeline).to_be_hidden()
    tab(page, "Map").press("ArrowLeft")

    expect(tab(page, "Timeline")).to_be_focused()
    expect(tab(page, "Timeline")).to_have_attribute("aria-selected", "true")
    expect(area).to_be_hidden()
    expect(timeline.locator(".fsp-block").first).to_be_visible()
    page.keyboard.press("End")
    expect(area).to_be_visible()
    # The views have tabs of their own.
    expect(tab(page, "Cascade")).to_have_attribute("aria-selected", "true")


def test_it_is_fetched_when_it_is_first_shown(site, page, open_panel):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    content = open_panel(f"{site}{CASCADE}")
    content.locator(".fsp-block").first.wait_for()

    def fetched():
        return sum("/fired_signals/map/" in url for url in asked)

    assert fetched() == 0
    shown(content)
    tab(content, "Timeline").click()
    shown(content)
    assert fetched() == 1


def test_the_choice_outlives_history_s_switch(site, page, picture):
    page.goto(f"{site}{LOOP}")
    first = page.locator("#djDebug").get_attribute("data-request-id")
    picture(CASCADE)
    second = page.locator("#djDebug").get_attribute("data-request-id")
    for request_id in (first, second):
        switch_history(page, request_id)
        page.locator("#djdt-FiredSignalsPanel > a").click()
        area = page.locator("#FiredSignalsPanel .fsp-map")
        if request_id == second:
            expect(area.locator(".fsp-node").first).to_be_visible()
        else:
            expect(page.locator("#FiredSignalsPanel .fsp-block").first).to_be_attached()
            expect(area).to_be_hidden()


def test_pointing_says_what_and_lights_its_way(picture):
    area = picture(CASCADE)
    node(area, "email_stock_team").hover()

    expect(area.locator(".fsp-pointed")).to_have_text(
        pattern(r"^email_stock_team: [\d.]+\sms, <?\d+% of the request$")
    )
    names = "all => all.map((one) => one.querySelector('text').textContent.split(' ')[0])"
    assert area.locator(".fsp-node.fsp-on-path").evaluate_all(names) == [
        "product.save()", "post_save", "email_stock_team", "mail",
    ]  # fmt: skip
    expect(area.locator(".fsp-edge.fsp-on-path")).to_have_count(3)
    expect(node(area, "announce_to_api")).to_have_css("opacity", "0.3")
    area.locator(".fsp-pointed").hover()
    expect(area.locator(".fsp-on-path")).to_have_count(0)
    expect(node(area, "announce_to_api")).to_have_css("opacity", "1")


def test_map_cascade_and_pane_have_one_selection(picture, page):
    area = picture(CASCADE)
    content = page.locator("#FiredSignalsPanel .fsp")
    tab(content, "Receivers").click()
    expect(node(area, "announce_to_api")).to_have_class(pattern("fsp-lit"))
    node(area, "email_stock_team").click()

    row = content.locator(".fsp-cascade .fsp-selected")
    expect(row).to_contain_text("email_stock_team")
    expect(content.locator(".fsp-inspector")).to_contain_text("def email_stock_team")
    expect(node(area, "email_stock_team")).to_have_class(pattern("fsp-lit"))
    expect(area.locator(".fsp-lit")).to_have_count(1)
    # The other picture has it, too.
    lit = content.locator(".fsp-timeline .fsp-lit")
    expect(lit).to_have_count(1)
    assert lit.get_attribute("data-row") == row.get_attribute("id").removeprefix("fsp_")

    content.locator(".fsp-call", has_text="announce_to_api").locator(".fsp-open").click()
    expect(node(area, "announce_to_api")).to_have_class(pattern("fsp-lit"))
    row.press("ArrowRight")
    row.press("ArrowRight")
    expect(node(area, "HTTP POST")).to_have_class(pattern("fsp-lit"))
    expect(area.locator(".fsp-lit")).to_have_count(1)


def test_a_node_of_several_rows_leads_to_them_all(picture, page):
    area = picture("/showcase/m2m/")
    several = next(each for each in area.evaluate(NODES) if len(each["rows"]) > 1)
    area.locator(f".fsp-node[data-rows='{' '.join(several['rows'])}']").first.click()

    lit = page.locator("#FiredSignalsPanel .djdt-highlighted")
    expect(lit).to_have_count(len(several["rows"]))
    expect(lit.first).to_have_class(pattern("fsp-selected"))


def test_a_receiver_that_was_not_called_is_grey_and_says_why(picture, page):
    area = picture("/showcase/swallowed/")
    silent = node(area, "report_empty_stock")
    card = silent.locator(".fsp-card")

    assert card.evaluate("card => getComputedStyle(card).strokeDasharray") != "none"
    silent.hover()
    expect(area.locator(".fsp-pointed")).to_contain_text("report_empty_stock: connected for ")
    silent.click()
    expect(page.locator("#FiredSignalsPanel .djdt-highlighted")).to_have_count(0)
    # An error has its edge.
    failed = node(area, "refuse_empty_stock").locator(".fsp-card")
    assert failed.evaluate("card => getComputedStyle(card).stroke") == "rgb(176, 48, 35)"


def test_colours_are_the_timeline_s(picture, page):
    area = picture(CASCADE)
    fill = "element => getComputedStyle(element).fill"
    legend = page.locator("#FiredSignalsPanel .fsp-legend rect")
    known = legend.evaluate_all("all => all.map((one) => getComputedStyle(one).fill)")
    stripes = area.locator(".fsp-node:not([data-kind=silent], [data-kind=line]) .fsp-stripe")

    fills = {stripe.evaluate(fill) for stripe in stripes.all()}
    assert len(fills) == 6
    assert fills <= set(known)


def test_edges_are_as_wide_as_their_time(picture):
    area = picture(CASCADE)
    width = "path => parseFloat(getComputedStyle(path).strokeWidth)"
    first = area.locator(".fsp-edge path").first
    assert first.evaluate(width) == 8
    to_cache = area.locator(".fsp-edge.fsp-of-cache path").first
    assert 1 <= to_cache.evaluate(width) < 2


def test_the_filter_dims(picture, page):
    area = picture(CASCADE)
    content = page.locator("#FiredSignalsPanel .fsp")
    content.get_by_role("searchbox").fill("announce_to_api")

    expect(node(area, "email_stock_team")).to_have_class(pattern("fsp-dim"))
    expect(node(area, "announce_to_api")).not_to_have_class(pattern("fsp-dim"))
    expect(node(area, "post_save")).not_to_have_class(pattern("fsp-dim"))
    dim = area.locator(".fsp-edge.fsp-dim")
    expect(dim.first).to_be_attached()
    content.get_by_role("button", name="Clear").click()
    expect(area.locator(".fsp-dim")).to_have_count(0)


def test_by_keyboard(picture, page):
    area = picture(CASCADE)
    said = area.locator(".fsp-pointed")
    area.get_by_role("button", name="Save as SVG").press("Tab")
    expect(area.get_by_role("application", name="Map of the request")).to_be_focused()
    # It begins with what is selected.
    expect(said).to_have_text(pattern("^announce_to_api: "))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(said).to_have_text(pattern(r"^product\.save\(\), shop/views\.py:\d+: "))
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(pattern("^post_save, shop.Product: "))
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(pattern("^log_product_change: "))
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text(pattern("^email_stock_team: "))
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(pattern("^mail Product saved"))
    page.keyboard.press("ArrowUp")
    expect(said).to_have_text(pattern("^post_save, shop.AuditLog"))
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    # What is outside of the box is brought in.
    last = area.locator(".fsp-current")
    expect(last.locator(".fsp-card")).to_be_in_viewport()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(said).to_have_text(pattern("^log_product_change: "))
    page.keyboard.press("End")
    expect(said).to_contain_text("connected for")
    page.keyboard.press("Home")
    expect(said).to_have_text(pattern("^log_product_change: "))
    current = area.locator(".fsp-current .fsp-card")
    assert current.evaluate("card => getComputedStyle(card).strokeWidth") == "2px"
    page.keyboard.press("Enter")
    panel = page.locator("#FiredSignalsPanel")
    expect(panel.locator(".fsp-cascade .fsp-selected")).to_contain_text("log_product_change")
    expect(panel.locator(".fsp-inspector")).to_contain_text("def log_product_change")
    # Escape is the toolbar's.
    area.locator(".fsp-map-picture").focus()
    page.keyboard.press("Escape")
    expect(area).to_be_hidden()


@pytest.mark.parametrize("width", [400, 800, 1280, 1920])
def test_what_is_too_large_scrolls_in_its_box(picture, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    area = picture(CASCADE)

    assert area.evaluate("all => all.scrollWidth - all.clientWidth") <= 0
    box = area.locator(".fsp-map-picture").bounding_box()
    assert box["height"] <= 482
    sizes = area.locator("text").evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 11


def test_names_have_room_in_their_boxes(picture):
    area = picture(CASCADE)
    over = area.locator(".fsp-node").evaluate_all(
        """all => all.flatMap((node) => {
            const card = node.querySelector(".fsp-card").getBBox();
            return [...node.querySelectorAll("text")]
                .filter((text) => text.getBBox().x + text.getBBox().width > card.x + card.width)
                .map((text) => text.textContent);
        })"""
    )
    assert over == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [CASCADE, "/showcase/swallowed/", "/showcase/deferred/"])
def test_accessible(picture, page, scheme, path):
    page.emulate_media(color_scheme=scheme)
    picture(path)
    page.get_by_role("button", name="Save as SVG").press("Tab")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)

    assert violations(page) == []


@pytest.mark.parametrize("shadow", ["0", "1"])
def test_under_a_strict_policy(tmp_path, page, open_panel, shadow):
    with serving(tmp_path, EXAMPLE_CSP="1", EXAMPLE_USE_SHADOW_DOM=shadow) as site:
        # A violation is written to the console, which open_panel listens to.
        area = shown(open_panel(f"{site}{CASCADE}"))
        node(area, "announce_to_api").hover()
        stripe = area.locator(".fsp-node[data-kind=call] .fsp-stripe").first
        expect(stripe).to_have_css("fill", "rgb(143, 202, 150)")
        page.wait_for_timeout(200)


def test_with_forced_colours(picture, page):
    page.emulate_media(forced_colors="active")
    area = picture("/showcase/swallowed/")

    failed = area.locator(".fsp-failed .fsp-card").first
    assert failed.evaluate("card => getComputedStyle(card).strokeDasharray") != "none"
    card = area.locator(".fsp-node:not(.fsp-failed) .fsp-card").first
    expect(card).to_have_css("fill", "rgb(255, 255, 255)")


def test_nothing_moves_where_nothing_should(picture, page):
    page.emulate_media(reduced_motion="reduce")
    area = picture(CASCADE)

    duration = "node => parseFloat(getComputedStyle(node).transitionDuration)"
    assert area.locator(".fsp-node").first.evaluate(duration) < 0.001


def test_nothing_to_draw(site, open_panel):
    content = open_panel(f"{site}/showcase/nothing/")

    expect(content.locator(".fsp-map")).to_have_count(0)
    expect(content.get_by_role("tablist")).to_have_count(1)


def test_without_a_script_nothing_is_shown(site, page):
    page.route("**/signals_panel/panel.js", lambda route: route.abort())
    page.goto(f"{site}{CASCADE}")
    page.locator("#djdt-FiredSignalsPanel > a").click()
    expect(page.locator("#FiredSignalsPanel .fsp-cascade")).to_be_attached()

    expect(page.locator(".fsp-map")).to_be_hidden()
    expect(page.locator(".fsp-picture-tabs")).to_be_hidden()


def test_a_request_that_is_gone_says_so(site, page):
    page.route("**/fired_signals/map/**", lambda route: route.fulfill(status=404))
    page.goto(f"{site}{CASCADE}")
    page.locator("#djdt-FiredSignalsPanel > a").click()
    page.locator("#FiredSignalsPanel [data-picture=map]").click()
    expect(page.locator(".fsp-map .fsp-pointed")).to_have_text(pattern("isn't available any more"))

    # The next time it is shown is the next try.
    page.unroute("**/fired_signals/map/**")
    page.locator("#FiredSignalsPanel [data-picture=timeline]").click()
    page.locator("#FiredSignalsPanel [data-picture=map]").click()
    expect(page.locator(".fsp-node").first).to_be_visible()
