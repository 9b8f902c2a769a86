"""The picture of the request: the same rows as the cascade, drawn where they were."""

from __future__ import annotations

import re

import pytest
from conftest import switch_history
from looking import CASCADE, LOOP
from playwright.sync_api import expect


@pytest.fixture
def picture(site, page, open_panel):
    """Opens a page, and gives the panel's picture."""

    def open_it(path):
        content = open_panel(f"{site}{path}")
        content.locator(".fsp-block").first.wait_for()
        return content.locator(".fsp-timeline")

    return open_it


# What was drawn: by row of the cascade, the rectangles' sizes in pixels, and the scale.
DRAWN = """timeline => {
    const rows = {};
    for (const group of timeline.querySelectorAll(".fsp-block")) {
        const rect = group.querySelector("rect");
        (rows[group.dataset.row] ??= []).push(
            ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name))));
    }
    return [rows, Number(timeline.querySelector(".fsp-picture > svg").getAttribute("width"))];
}"""

SENT = """async timeline => {
    const url = new URL(timeline.dataset.url, location);
    url.searchParams.set("request_id", timeline.closest(".fsp").dataset.requestId);
    return (await fetch(url)).json();
}"""


def pattern(text):
    return re.compile(text)


def box(timeline, name):
    """The first block whose words begin so, wherever its label has room."""
    number = next(
        row["row"] for row in timeline.evaluate(SENT)["rows"] if row["name"].startswith(name)
    )
    return timeline.locator(f".fsp-block[data-row='{number}']").first


def window(timeline):
    """The stretch that is shown, as a part of the whole: from its mark in the small picture."""
    mark = timeline.locator(".fsp-window")
    return float(mark.get_attribute("x")) / 1000, float(mark.get_attribute("width")) / 1000


def is_zoomed(timeline):
    return timeline.locator(".fsp-minimap").get_attribute("hidden") is None


@pytest.mark.parametrize(
    "path", [CASCADE, LOOP, "/showcase/async/", "/showcase/deferred/", "/showcase/swallowed/"]
)
def test_picture_and_cascade_agree_on_every_row(picture, page, path):
    timeline = picture(path)
    drawn, width = timeline.evaluate(DRAWN)
    sent = timeline.evaluate(SENT)
    cascade = page.locator("#FiredSignalsPanel .fsp-cascade")

    in_table = {
        row.removeprefix("fsp_")
        for row in cascade.locator("tr[id]").evaluate_all("rows => rows.map((row) => row.id)")
    }
    assert drawn.keys() == {str(row["row"]) for row in sent["rows"]} <= in_table
    pixel = sent["end"] / width
    for row in sent["rows"]:
        blocks = drawn[str(row["row"])]
        first, last = row["boxes"][0], row["boxes"][-2] + row["boxes"][-1]
        # As wide as its time; the shortest can be seen, too.
        assert blocks[0][0] == pytest.approx(max(first / pixel, -5), abs=0.2)
        end = max(last / pixel, min(blocks[-1][0] + 1.5, width + 5))
        assert blocks[-1][0] + blocks[-1][2] == pytest.approx(end, abs=0.3)
        # It says what the table says.
        if row["kind"] != "phase":
            text = cascade.locator(f"#fsp_{row['row']}").inner_text()
            assert row["time"] in text.replace("\u202f", "\N{NO-BREAK SPACE}")


def test_rows_stand_below_those_around_them_and_beside_those_that_overlap(picture):
    timeline = picture("/showcase/async/")
    drawn, _ = timeline.evaluate(DRAWN)
    rows = timeline.evaluate(SENT)["rows"]

    for row in rows:
        if row["above"] is not None:
            assert drawn[str(row["row"])][0][1] > drawn[str(rows[row["above"]]["row"])][0][1]
    # Nothing is drawn over anything else, but for what is too short to be seen.
    blocks = [(number, *each) for number, all_of in drawn.items() for each in all_of]
    for number, x, y, width, _ in blocks:
        for other, x2, y2, width2, _ in blocks:
            if number != other and y == y2 and x <= x2:
                assert x2 - (x + width) > -2 or width2 <= 2
    by_name = {row["name"]: drawn[str(row["row"])][0] for row in rows}
    assert by_name["fetch_prices"][1] != by_name["fetch_reviews"][1]


def test_many_are_a_block_with_its_single_times(picture):
    timeline = picture(LOOP)
    block = box(timeline, "save shop.Product × 200")

    expect(block.locator("rect.fsp-box-of-many")).to_have_count(1)
    expect(block.locator("path.fsp-box-fill")).to_have_attribute("d", pattern("^M[^M]+M"))


def test_colours_are_kinds_and_errors_have_an_edge(picture):
    timeline = picture(CASCADE)
    fill = "block => getComputedStyle(block.querySelector('rect')).fill"
    names = ["post_save", "log_product", "INSERT", "cache", "HTTP", "mail", "save shop"]
    fills = {name: box(timeline, name).evaluate(fill) for name in names}
    assert len(set(fills.values())) == len(names)
    # The legend has the same.
    legend = timeline.locator(".fsp-legend rect")
    shown = legend.evaluate_all("all => all.map((one) => getComputedStyle(one).fill)")
    assert set(fills.values()) == set(shown)

    timeline = picture("/showcase/swallowed/")
    failed = timeline.locator(".fsp-failed rect").first
    other = timeline.locator(".fsp-block:not(.fsp-failed) rect").first
    stroke = "rect => getComputedStyle(rect).stroke"
    assert failed.evaluate(stroke) != other.evaluate(stroke)
    assert failed.evaluate(stroke) == "rgb(176, 48, 35)"


def test_time_that_is_none_of_its_effects_is_hatched(picture):
    timeline = picture("/showcase/async/")

    waiting = box(timeline, "fetch_reviews").locator(".fsp-hatch")
    assert waiting.get_attribute("d").startswith("M")
    assert waiting.get_attribute("fill") == "url(#fsp-hatching)"
    expect(box(timeline, "report_ready").locator(".fsp-hatch")).to_have_count(0)


def test_a_dashed_line_leads_to_deferred_work(picture):
    timeline = picture("/showcase/deferred/")
    line = timeline.locator(".fsp-links path").last

    assert line.evaluate("line => getComputedStyle(line).strokeDasharray") != "none"
    drawn, _ = timeline.evaluate(DRAWN)
    rows = timeline.evaluate(SENT)["rows"]
    by_name = {row["name"]: drawn[str(row["row"])][0] for row in rows}
    # From the middle of the receiver's lower edge to the beginning of what it put off.
    _, x, y = line.get_attribute("d").replace("C", " ").replace("M", " ").split(" ", 3)[:3]
    receiver, deferred = by_name["tell_after_commit"], by_name["tell_carrier"]
    assert receiver[0] - 1 <= float(x) <= receiver[0] + receiver[2] + 1
    assert float(y) == receiver[1] + receiver[3]
    # In between it runs in the gap below the receiver, and beside the work: no name is there.
    numbers = [float(number) for number in re.findall(r"[\d.]+", line.get_attribute("d"))]
    across, down = numbers[4:6], numbers[6:8]
    assert across == pytest.approx([deferred[0] - 5, float(y) + 1], abs=0.2)
    assert down == pytest.approx([deferred[0] - 5, deferred[1] + 12], abs=0.2)
    halo = timeline.locator(".fsp-halo").last
    assert halo.get_attribute("d") == line.get_attribute("d")
    colour = "path => getComputedStyle(path).stroke"
    assert halo.evaluate(colour) != line.evaluate(colour)
    assert float(line.get_attribute("d").split()[-2]) == pytest.approx(deferred[0], abs=0.2)
    # It is no part of the receiver, and stands in the part of the request that it ran in.
    assert deferred[0] > receiver[0] + receiver[2] - 2
    assert deferred[1] == by_name["View"][1] + 24


def test_pointing_says_what_and_how_long(picture):
    timeline = picture(CASCADE)
    box(timeline, "save shop.Product").hover()

    expect(timeline.locator(".fsp-pointed")).to_have_text(
        pattern(r"^save shop\.Product: [\d.]+\sms, \d+% of the request, [\d.]+\sms of its own$")
    )


def test_picture_cascade_and_pane_have_one_selection(picture, page):
    timeline = picture(CASCADE)
    content = page.locator("#FiredSignalsPanel .fsp")
    pane = content.locator(".fsp-inspector")
    scroller = page.locator("#FiredSignalsPanel .djdt-scroll")
    content.get_by_role("tab", name="Receivers").click()
    scrolled = scroller.evaluate("each => each.scrollTop")
    block = box(timeline, "email_stock_team")
    block.click()

    row = content.locator(".fsp-cascade .fsp-selected")
    expect(row).to_contain_text("email_stock_team")
    expect(pane).to_contain_text("def email_stock_team")
    expect(block).to_have_class(pattern("fsp-lit"))
    expect(timeline.locator(".fsp-lit")).to_have_count(1)
    # What was clicked on stays where it is.
    assert scroller.evaluate("each => each.scrollTop") == scrolled

    pane.get_by_role("link", name="Show in the cascade").click()
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()

    content.locator(".fsp-call", has_text="announce_to_api").locator(".fsp-open").click()
    expect(row).to_contain_text("announce_to_api")
    block = box(timeline, "announce_to_api")
    expect(block).to_have_class(pattern("fsp-lit"))
    for _ in range(2):
        row.press("ArrowRight")
    expect(block).not_to_have_class(pattern("fsp-lit"))
    expect(box(timeline, "HTTP POST")).to_have_class(pattern("fsp-lit"))


def test_a_link_to_several_rows_lights_them_all(picture, page):
    timeline = picture(CASCADE)
    receivers = page.locator("#FiredSignalsPanel #fsp-view-receivers tr")
    # Django calls it before the view and after the response.
    link = receivers.filter(has_text="close_old_connections").locator("[data-calls]").first
    link.evaluate("link => link.click()")

    expect(page.locator("#FiredSignalsPanel .djdt-highlighted")).to_have_count(2)
    expect(timeline.locator(".fsp-lit")).to_have_count(2)


def test_the_filter_dims(picture, page):
    timeline = picture(CASCADE)
    content = page.locator("#FiredSignalsPanel .fsp")
    # Also while another view is shown.
    content.get_by_role("tab", name="Receivers").click()
    content.get_by_role("searchbox").fill("announce_to_api")

    expect(box(timeline, "email_stock_team")).to_have_class(pattern("fsp-dim"))
    expect(box(timeline, "announce_to_api")).not_to_have_class(pattern("fsp-dim"))
    expect(box(timeline, "post_save from shop.Product")).not_to_have_class(pattern("fsp-dim"))
    content.get_by_role("button", name="Clear").click()
    expect(timeline.locator(".fsp-dim")).to_have_count(0)


def test_zoom_by_double_click_and_back(picture, page):
    timeline = picture(CASCADE)
    block = box(timeline, "log_product_change")
    assert not is_zoomed(timeline)
    block.dblclick()
    page.wait_for_timeout(400)

    assert is_zoomed(timeline)
    _, width = timeline.evaluate(DRAWN)
    assert float(block.locator("rect").get_attribute("width")) == pytest.approx(
        width / 1.08, rel=0.05
    )
    expect(timeline.locator(".fsp-pointed")).to_have_text(pattern("^Shown: from .* to .*"))
    timeline.get_by_role("button", name="Show all").click()
    assert not is_zoomed(timeline)
    # The button is gone, the focus is not.
    expect(timeline.locator(".fsp-picture")).to_be_focused()


def test_zoom_by_dragging(picture, page):
    timeline = picture(CASCADE)
    area = timeline.locator(".fsp-picture").bounding_box()
    y = area["y"] + 12
    page.mouse.move(area["x"] + area["width"] * 0.25, y)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.4, y)
    expect(timeline.locator(".fsp-marked")).to_be_visible()
    page.mouse.move(area["x"] + area["width"] * 0.75, y)
    page.mouse.up()

    assert window(timeline) == pytest.approx((0.25, 0.5), abs=0.01)
    expect(timeline.locator(".fsp-marked")).to_be_hidden()
    page.wait_for_timeout(400)
    # It isn't a click on the box in which it began and ended.
    expect(page.locator("#FiredSignalsPanel .djdt-highlighted")).to_have_count(0)

    # The small picture moves what is shown.
    timeline.locator(".fsp-minimap").scroll_into_view_if_needed()
    small = timeline.locator(".fsp-minimap").bounding_box()
    page.mouse.move(small["x"] + small["width"] / 2, small["y"] + 5)
    page.mouse.down()
    page.mouse.move(small["x"] + small["width"] * 0.6, small["y"] + 5)
    page.mouse.up()
    assert window(timeline) == pytest.approx((0.35, 0.5), abs=0.01)


def test_the_wheel_zooms_with_ctrl_alone(picture, page):
    timeline = picture(CASCADE)
    area = timeline.locator(".fsp-picture").bounding_box()
    page.mouse.move(area["x"] + area["width"] * 0.5, area["y"] + 12)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(100)
    assert not is_zoomed(timeline)

    timeline.locator(".fsp-picture").scroll_into_view_if_needed()
    area = timeline.locator(".fsp-picture").bounding_box()
    page.mouse.move(area["x"] + area["width"] * 0.5, area["y"] + 12)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(timeline.locator(".fsp-minimap")).to_be_visible()
    start, width = window(timeline)
    # What was pointed at stays where it is.
    assert start + width / 2 == pytest.approx(0.5, abs=0.01)
    page.mouse.wheel(120, 0)
    # The browser handles it when it comes to it.
    expect(timeline.locator(".fsp-window")).not_to_have_attribute("x", f"{start * 1000:g}")
    assert window(timeline)[0] > start


def test_the_cascade_s_bars_follow_the_zoom(picture, page):
    timeline = picture(CASCADE)
    cascade = page.locator("#FiredSignalsPanel .fsp-cascade")
    end = timeline.evaluate(SENT)["end"]
    shown = "bars => [...new Set(bars.map((bar) => bar.getAttribute('viewBox')))]"
    bars = cascade.locator(".fsp-waterfall svg")
    times = cascade.locator(".fsp-axis span")
    whole = times.all_inner_texts()
    assert bars.evaluate_all(shown) == ["0 0 1000 16"]

    timeline.get_by_role("button", name="Zoom in").click()
    start, width = window(timeline)
    (box_,) = bars.evaluate_all(shown)
    left, _, across, _ = map(float, box_.split())
    assert (left / 1000, across / 1000) == pytest.approx((start, width), abs=0.001)
    assert across < 700
    # The times above them are those that the picture says it shows.
    said = timeline.locator(".fsp-pointed").inner_text()
    assert said == "Shown: from {} to {}".format(*times.all_inner_texts())
    first = float(times.first.inner_text().split()[0])
    assert first == pytest.approx(start * end / 1000, rel=0.02)

    timeline.get_by_role("button", name="Show all").click()
    assert bars.evaluate_all(shown) == ["0 0 1000 16"]
    assert times.all_inner_texts() == whole


def test_by_keyboard(picture, page):
    timeline = picture(CASCADE)
    area = timeline.get_by_role("application", name="Timeline of the request")
    said = timeline.locator(".fsp-pointed")
    timeline.get_by_role("button", name="Zoom in").focus()
    page.keyboard.press("Tab")
    expect(area).to_be_focused()
    # It begins with what is selected.
    expect(said).to_have_text(pattern("^announce_to_api"))
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    expect(said).to_have_text(pattern("^Before the view"))
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(pattern("^View"))
    for name in ("save shop.Product", "INSERT shop_product"):
        page.keyboard.press("ArrowDown")
        expect(said).to_have_text(pattern(f"^{name}"))
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(pattern("^post_save from shop.Product"))
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text(pattern("^log_product_change"))
    page.keyboard.press("End")
    expect(said).to_have_text(pattern("^announce_to_api"))
    page.keyboard.press("ArrowUp")
    expect(said).to_have_text(pattern("^post_save"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(pattern("^email_stock_team"))

    # Where the focus is can be seen.
    current = timeline.locator(".fsp-current rect")
    assert current.evaluate("rect => getComputedStyle(rect).strokeWidth") == "2px"

    page.keyboard.press("Enter")
    assert is_zoomed(timeline)
    _, width = window(timeline)
    # The mark in the small picture is rounded, and may be narrow.
    for _ in range(4):
        page.keyboard.press("-")
    assert window(timeline)[1] > width
    page.keyboard.press("+")
    start, _ = window(timeline)
    page.keyboard.press("Shift+ArrowLeft")
    assert window(timeline)[0] < start
    # What is reached is brought in.
    page.keyboard.press("End")
    expect(said).to_have_text(pattern("^announce_to_api"))
    assert box(timeline, "announce_to_api").get_attribute("display") is None
    page.keyboard.press("Escape")
    assert not is_zoomed(timeline)

    page.keyboard.press("Home")
    page.keyboard.press("Space")
    panel = page.locator("#FiredSignalsPanel")
    expect(panel.locator(".fsp-cascade .fsp-selected")).to_contain_text("log_product_change")
    expect(panel.locator(".fsp-inspector")).to_contain_text("def log_product_change")
    expect(area).to_be_focused()


def test_escape_closes_the_panel_when_nothing_is_zoomed(picture, page):
    timeline = picture(CASCADE)
    timeline.locator(".fsp-picture").focus()
    page.keyboard.press("Escape")

    expect(timeline).to_be_hidden()


def test_a_zoom_outlives_history_s_switch(site, picture, page):
    page.goto(f"{site}{LOOP}")
    first = page.locator("#djDebug").get_attribute("data-request-id")
    timeline = picture(CASCADE)
    second = page.locator("#djDebug").get_attribute("data-request-id")
    timeline.get_by_role("button", name="Zoom in").click()
    before = window(timeline)
    assert is_zoomed(timeline)
    for request_id in (first, second):
        switch_history(page, request_id)
        page.locator("#djdt-FiredSignalsPanel > a").click()
        # Of the first ones none may be in what is shown.
        timeline.locator(".fsp-block:not([display])").first.wait_for()
        assert is_zoomed(timeline) is (request_id == second)

    assert window(timeline) == before


@pytest.mark.parametrize("width", [400, 800, 1280, 1920])
def test_as_wide_as_the_panel(picture, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    timeline = picture(CASCADE)

    area = timeline.locator(".fsp-picture")
    drawn = area.locator("svg").evaluate("svg => svg.getBoundingClientRect().width")
    assert drawn == area.evaluate("area => area.clientWidth")
    overhang = timeline.evaluate("all => all.scrollWidth - all.clientWidth")
    assert overhang <= 0
    # It follows the page.
    page.set_viewport_size({"width": width + 60, "height": 900})
    expect(area.locator("svg")).not_to_have_attribute("width", str(round(drawn)))


def test_nothing_to_draw(site, open_panel):
    content = open_panel(f"{site}/showcase/nothing/")

    expect(content.locator(".fsp-timeline")).to_have_count(0)


def test_without_a_script_nothing_is_shown(site, page):
    page.route("**/signals_panel/panel.js", lambda route: route.abort())
    page.goto(f"{site}{CASCADE}")
    page.locator("#djdt-FiredSignalsPanel > a").click()
    expect(page.locator("#FiredSignalsPanel .fsp-cascade")).to_be_attached()

    expect(page.locator(".fsp-timeline")).to_be_hidden()


def test_a_request_that_is_gone_says_so(site, page):
    page.route("**/fired_signals/timeline/**", lambda route: route.fulfill(status=404))
    page.goto(f"{site}{CASCADE}")
    page.locator("#djdt-FiredSignalsPanel > a").click()

    expect(page.locator(".fsp-timeline .fsp-pointed")).to_have_text(
        pattern("isn't available any more")
    )


def test_with_forced_colours(picture, page):
    page.emulate_media(forced_colors="active")
    timeline = picture("/showcase/swallowed/")

    dash = "rect => getComputedStyle(rect).strokeDasharray"
    assert timeline.locator(".fsp-failed rect").first.evaluate(dash) != "none"
    rect = timeline.locator(".fsp-block:not(.fsp-failed) rect.fsp-box-fill").first
    assert rect.evaluate("rect => getComputedStyle(rect).fill") == "rgb(255, 255, 255)"
