"""How the panel stands in the page: its width, its styles, and without its script."""

from __future__ import annotations

import pytest
from auditing import overhang
from conftest import serving
from looking import CASCADE, LOOP, call, tab, view
from playwright.sync_api import expect


@pytest.mark.parametrize("width", [400, 800, 1280, 1920])
@pytest.mark.parametrize(
    "name", ["Cascade", "Receivers", "Signals", "Not called", "Connected", "Queries"]
)
def test_nothing_is_wider_than_the_panel(loop, page, width, name):
    """The loop's long names, and its three kinds of effect."""
    page.set_viewport_size({"width": width, "height": 900})
    content = view(loop, name)
    if name in ("Not called", "Connected"):
        expect(content.locator("tr[data-kind]").first).to_be_visible()
    elif name != "Signals":
        content.locator(".fsp-open:visible").nth(1).click()
        expect(loop.locator(".fsp-detail")).to_be_visible()

    assert overhang(page) <= 0


@pytest.mark.parametrize("width", [400, 800, 1280])
@pytest.mark.parametrize("name", ["Cascade", "Receivers"])
def test_five_kinds_of_effect_are_no_wider(site, open_panel, page, width, name):
    page.set_viewport_size({"width": width, "height": 900})
    content = open_panel(f"{site}/showcase/deferred/")
    view(content, name)

    expect(content.locator("thead:visible .fsp-kind")).to_have_count(5)
    assert overhang(page) <= 0


def test_at_twice_the_size(browser, site, messages):
    """A window of 1,280 pixels at 200 %: the pane is over the lower end, and hides no focus."""
    context = browser.new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    page = context.new_page()
    page.goto(f"{site}{CASCADE}")
    page.locator("#djdt-FiredSignalsPanel > a").click()
    content = page.locator("#FiredSignalsPanel .fsp")
    tab(content, "Cascade").wait_for()
    call(content, "announce_to_api").locator(".fsp-open").click()
    expect(content.locator(".fsp-detail")).to_be_visible()

    for name in ("Map", "Timeline", "Receivers", "Signals", "Not called", "Queries", "Cascade"):
        tab(content, name).click()
        expect(tab(content, name)).to_have_attribute("aria-selected", "true")
        assert overhang(page) <= 0, name
        assert cut_off(content) == [], name

    # Down all rows, and up again through all that Tab reaches above them.
    content.locator(".fsp-cascade tr[tabindex='0']").focus()
    page.keyboard.press("Home")
    for key in ["ArrowDown"] * 12 + ["Shift+Tab"] * 40:
        page.keyboard.press(key)
        assert hidden_focus(page) is None
    context.close()


def cut_off(content):
    """Texts that are wider than what they stand in, which doesn't scroll."""
    return content.evaluate(
        """panel => [...panel.querySelectorAll("p, h4, li, button, label, .fsp-inspector")]
            .filter((each) => each.checkVisibility() && !each.matches(".fsp-hidden"))
            .filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )


def hidden_focus(page):
    """What has the focus, if nothing of it is to be seen: it is under the pane, or a head."""
    return page.evaluate(
        """() => {
            const root = document.querySelector("#djDebugRoot").shadowRoot;
            const focused = root.activeElement;
            if (!focused?.closest("signals-panel") || focused.closest(".fsp-inspector")) {
                return null;
            }
            const { x, y, width, height } = focused.getBoundingClientRect();
            const at = root.elementFromPoint(x + Math.min(width / 2, 60), y + height / 2);
            const isSeen = at && (focused.contains(at) || at.contains(focused));
            return isSeen ? null : `${focused.outerHTML.slice(0, 120)} is under ${at?.className}`;
        }"""
    )


def test_reduced_motion(site, page, open_panel):
    page.emulate_media(reduced_motion="reduce")
    content = open_panel(f"{site}{LOOP}")

    moving = content.evaluate(
        """panel => [...panel.querySelectorAll("*")].filter((element) => {
            const style = getComputedStyle(element);
            return parseFloat(style.transitionDuration) > 0.001
                || style.animationName !== "none" || style.scrollBehavior === "smooth";
        }).length"""
    )
    assert moving == 0


def test_forced_colours(loop, page):
    """What backgrounds say elsewhere is said by lines; the pictures have tests of their own."""
    page.emulate_media(forced_colors="active")
    call(loop, "log_product_change").locator(".fsp-open").click()
    costly = loop.locator(".fsp-inspector pre .fsp-src.fsp-costly").first
    expect(costly).to_be_visible()

    lines = "each => getComputedStyle(each).borderBlock"
    selected = loop.locator(".fsp-cascade .fsp-selected > td").first
    other = loop.locator(".fsp-cascade .fsp-call:not(.fsp-selected):visible > td").first
    assert selected.evaluate(lines) != other.evaluate(lines)
    plain = loop.locator(".fsp-inspector pre .fsp-src:not(.fsp-costly)").first
    assert costly.evaluate(lines) != plain.evaluate(lines)
    line = "each => getComputedStyle(each).borderBottomColor"
    assert tab(loop, "Cascade").evaluate(line) != tab(loop, "Receivers").evaluate(line)


def test_without_our_script_it_is_a_plain_readable_list(site, page):
    page.route("**/signals_panel/panel.js", lambda route: route.abort())
    page.goto(f"{site}{CASCADE}")
    page.locator("#djdt-FiredSignalsPanel > a").click()
    content = page.locator("#FiredSignalsPanel")

    for text in ("Cascade", "Receivers", "Signals", "Queries", "Cache"):
        expect(content.get_by_role("heading", name=text, exact=True)).to_be_visible()
    for name in ("request_started", "log_product_change", "count_audit_entries"):
        expect(content.locator(".fsp-cascade tr").filter(has_text=name).first).to_be_visible()
    expect(content.get_by_role("tab")).to_have_count(0)
    expect(content.get_by_role("searchbox")).to_have_count(0)
    # A drawing without styles is as wide as the panel, unless it says otherwise.
    assert content.locator(".fsp-swatch").first.bounding_box()["width"] < 20


@pytest.mark.parametrize("outcome", ["continue_", "abort"])
@pytest.mark.parametrize("sheet", ["panel", "pictures"])
def test_shown_when_its_styles_have_come_or_cannot_come(site, page, outcome, sheet):
    asked = []
    page.route(f"**/signals_panel/{sheet}.css", lambda route: asked.append(route))
    page.goto(f"{site}{CASCADE}")
    with page.expect_request(f"**/signals_panel/{sheet}.css"):
        page.locator("#djdt-FiredSignalsPanel > a").click()
    content = page.locator("#FiredSignalsPanel .fsp")

    expect(content.locator(".fsp-bar [role=tab]")).to_have_count(10)
    expect(content).to_be_hidden()
    getattr(asked[0], outcome)()
    expect(content).to_be_visible()


def test_nothing_leaks_into_the_page(tmp_path, page, open_panel):
    with serving(tmp_path, EXAMPLE_USE_SHADOW_DOM="0") as site:
        look = """() => [...document.querySelectorAll("main, main *")].map((element) =>
            JSON.stringify(Object.fromEntries([...getComputedStyle(element)].map(
                (name) => [name, getComputedStyle(element).getPropertyValue(name)]))))"""
        page.goto(f"{site}{CASCADE}")
        page.locator("#djDebugToolbar").wait_for()
        before = page.evaluate(look)
        open_panel(f"{site}{CASCADE}")
        page.wait_for_timeout(300)
        assert page.evaluate(look) == before


def test_the_page_s_style_does_not_break_it(tmp_path, page, open_panel):
    hostile = """table, tr, td, th, svg, button { display: block !important; }
        b, span, button, td { color: red; font-size: 40px; position: absolute; float: right; }
        path, rect { fill: red; } tr { opacity: 0.1 !important; }"""

    def shot(site):
        content = open_panel(f"{site}{CASCADE}")
        return content.locator(".fsp-phase").first.evaluate("e => getComputedStyle(e).display")

    with serving(tmp_path) as site:
        assert shot(site) == "table-row"
        page.add_style_tag(content=hostile)
        row = page.locator("#FiredSignalsPanel .fsp-call:visible").first
        assert row.evaluate("e => getComputedStyle(e).display") == "table-row"
        assert row.evaluate("e => getComputedStyle(e).opacity") == "1"


LATER = {"elsewhere.js", "exporting.js", "paths.js", "waiting.js"}


def test_what_is_not_needed_at_first_is_not_fetched(site, page, open_panel):
    asked = set()
    page.on("request", lambda request: asked.add(request.url.rpartition("/")[2]))
    content = open_panel(f"{site}{CASCADE}")
    expect(content.locator(".fsp-block").first).to_be_visible()

    assert {"panel.js", "timeline.js"} <= asked
    assert not asked & LATER


def test_a_picture_in_a_panel_that_nobody_looks_at_is_not_fetched(page, tmp_path):
    with serving(tmp_path, EXAMPLE_RENDER_PANELS="1") as site:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site}{CASCADE}")
        expect(page.locator("#FiredSignalsPanel [role=treegrid]")).to_be_attached()
        page.wait_for_load_state("networkidle")
        assert not any("/fired_signals/timeline/" in url for url in asked)
        page.locator("#djdt-FiredSignalsPanel > a").click()
        expect(page.locator(".fsp-block").first).to_be_visible()
