"""The verdict at the top, what it is made of, and how the tables below it answer the mouse."""

from __future__ import annotations

import re

import pytest
from looking import rows, tab, view
from playwright.sync_api import expect

MS = r"[\d.,]+\sms"


def test_one_sentence_with_line_time_and_share(cascade):
    verdict = cascade.locator(".fsp-verdict")
    expect(verdict).to_have_text(
        re.compile(
            r"^\s*One product\.save\(\) at shop/views\.py:\d+ took "
            rf"{MS}; {MS} of it was receivers\.\s*$"
        )
    )
    expect(verdict.locator("code")).to_have_text("product.save()")
    expect(verdict.get_by_role("button", name="shop/views.py:27")).to_be_visible()
    # It comes before all else.
    above = cascade.evaluate("panel => [...panel.children].find(each => each.tagName === 'P')")
    assert above is not None
    top = verdict.bounding_box()["y"]
    for below in (
        ".fsp-verdict ~ .fsp-time",
        ".fsp-summary",
        ".fsp-findings",
        ".fsp-bar [role=tablist]",
    ):
        assert cascade.locator(below).bounding_box()["y"] > top


def test_the_bar_shows_what_the_time_is_made_of(cascade):
    parts = cascade.locator(".fsp-verdict ~ .fsp-time > svg > rect.fsp-part")
    keys = parts.evaluate_all("all => all.map(each => each.classList[each.classList.length - 1])")
    names = ["outside", "python", "sql", "cache", "mail", "http"]
    assert keys == [f"fsp-part-{name}" for name in names]
    ends = parts.evaluate_all(
        "all => all.map(({ x, width }) => [x.baseVal.value, width.baseVal.value])"
    )
    for (start, width), (following, _) in zip(ends, [*ends[1:], [1000, 0]], strict=True):
        assert start + width == pytest.approx(following, abs=0.2)
    legend = cascade.locator(".fsp-verdict ~ .fsp-time li")
    texts = [re.sub(r"[\d.,<]+\s?(ms|%)", "", text).strip() for text in legend.all_inner_texts()]
    assert texts == [
        "Outside of receivers",
        "Receivers' Python",
        "SQL in receivers",
        "Cache in receivers",
        "Mail in receivers",
        "HTTP in receivers",
    ]


def test_each_kind_has_a_colour_of_its_own(cascade):
    fills = "all => all.map(each => getComputedStyle(each).fill)"
    of_bar = cascade.locator(".fsp-verdict ~ .fsp-time > svg > .fsp-part").evaluate_all(fills)
    of_legend = cascade.locator(".fsp-verdict ~ .fsp-time li .fsp-part").evaluate_all(fills)
    assert of_bar == of_legend
    assert len(set(of_bar)) == len(of_bar) == 6


def test_figures_in_one_line(cascade):
    figures = cascade.locator(".fsp-summary li").all_inner_texts()
    assert figures[0] in ("8 sent, 2 had receivers", "9 sent, 2 had receivers")
    assert figures[1] == "5 receivers"
    assert re.fullmatch(rf"in receivers {MS} of {MS}, \d+%", figures[2])
    assert "2 of 3 queries" in figures
    tops = cascade.locator(".fsp-summary li").evaluate_all("all => all.map(each => each.offsetTop)")
    assert len(set(tops)) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/shop/cascade/", rf"Receivers took {MS}"),
        ("/showcase/loop/", rf"Receivers took {MS}"),
        ("/showcase/raises/", "1 raised in receivers"),
        ("/showcase/bulk/", r"40\d sent, no receivers"),
        ("/showcase/nothing/", "No signals sent"),
    ],
)
def test_the_side_bar_says_it_in_one_line(site, page, path, text):
    page.goto(f"{site}{path}")
    said = page.locator("#djdt-FiredSignalsPanel small")
    expect(said).to_have_text(re.compile(rf"^\s*{text}\s*$"))
    assert said.evaluate("each => each.getClientRects().length") == 1


def test_the_empty_page_is_one_sentence(site, open_panel):
    content = open_panel(f"{site}/showcase/nothing/")
    expect(content.locator(".fsp-verdict")).to_contain_text("No signal was sent but Django's own")
    content.locator(".fsp-verdict").get_by_role("button", name="See “Not called”").click()
    expect(tab(content, "Not called")).to_have_attribute("aria-selected", "true")
    expect(content.locator(".fsp-box")).to_have_count(0)


def test_an_error_comes_first(site, open_panel):
    content = open_panel(f"{site}/showcase/raises/")
    expect(content.locator(".fsp-verdict b")).to_have_text("ValueError")


# Tables ---------------------------------------------------------------------------------


def test_signals_have_short_names(cascade):
    name = cascade.locator(".fsp-dispatch b[title$=post_save]").first
    expect(name).to_have_text("post_save")
    expect(name).to_have_attribute("title", "django.db.models.signals.post_save")
    # The filter still knows all of it.
    cascade.get_by_role("searchbox").fill("models.signals.post_save")
    expect(rows(cascade).filter(has_text="post_save").first).to_be_visible()
    expect(cascade.locator(".fsp-found")).to_contain_text("rows")


def test_heads_stay_while_rows_are_scrolled(loop, page):
    page.set_viewport_size({"width": 1280, "height": 520})
    scroller = page.locator("#FiredSignalsPanel .djdt-scroll")
    head = loop.locator(".fsp-cascade thead")
    scroller.evaluate("each => each.scrollTo(0, each.scrollHeight - each.clientHeight - 80)")
    top = scroller.bounding_box()["y"]
    assert loop.locator(".fsp-cascade").bounding_box()["y"] < top - 10
    assert head.bounding_box()["y"] == pytest.approx(top, abs=2)
    # What is scrolled under it doesn't shine through.
    behind = head.locator("th").first.evaluate("each => getComputedStyle(each).backgroundColor")
    assert not behind.startswith("rgba")


def background(row):
    return row.locator("td").first.evaluate("each => getComputedStyle(each).backgroundColor")


def test_a_click_anywhere_on_a_row(cascade, page):
    leaf = cascade.locator(".fsp-effect:visible").first
    expect(leaf).to_have_css("cursor", "pointer")
    page.mouse.move(0, 0)
    plain = background(leaf)
    leaf.locator(".fsp-waterfall").hover()
    assert background(leaf) != plain
    leaf.locator(".fsp-waterfall").click()
    title = cascade.locator("#fsp-inspected")
    expect(title).to_contain_text(leaf.locator(".fsp-open").inner_text().split()[0])
    expect(leaf).to_have_class(re.compile("fsp-selected"))

    parent = cascade.locator(".fsp-operation:visible").first
    expect(parent).to_have_css("cursor", "pointer")
    parent.locator(".fsp-waterfall").click()
    expect(title).to_contain_text("save shop.Product")
    # What is below it stays as it is: that is for its arrow to change.
    expect(parent).to_have_attribute("aria-expanded", "true")
    parent.locator(".fsp-twist").click()
    expect(parent).to_have_attribute("aria-expanded", "false")


def test_a_click_anywhere_on_a_row_of_another_table(cascade):
    for name in ("Receivers", "Queries"):
        shown = view(cascade, name)
        row = shown.locator("tbody tr:visible").first
        expect(row).to_have_css("cursor", "pointer")
        row.locator("td.fsp-number").first.click()
        expect(row).to_have_class(re.compile("fsp-selected"))
        # A button in it does what it says, and no more.
        row.locator(".fsp-link, [data-runs]").first.click()
        expect(tab(cascade, "Cascade")).to_have_attribute("aria-selected", "true")
        # What it leads to is the selected row then.
        expect(cascade.locator(".fsp-cascade .fsp-selected")).to_have_count(1)


def test_nothing_jumps_when_a_row_opens(loop, page):
    scroller = page.locator("#FiredSignalsPanel .djdt-scroll")

    def places():
        heads = loop.locator(".fsp-cascade thead th").evaluate_all(
            "all => all.map(each => Math.round(each.getBoundingClientRect().x))"
        )
        return heads, scroller.evaluate("each => each.scrollTop")

    # Partly out of sight, where the focus would scroll to it.
    row = rows(loop).filter(has=page.locator(".fsp-open")).last
    row.evaluate("each => each.scrollIntoView({ block: 'end' })")
    scroller.evaluate("each => each.scrollBy(0, -10)")
    before, y = places(), row.bounding_box()["y"]
    row.locator(".fsp-waterfall").click(position={"x": 5, "y": 5}, force=True)
    page.wait_for_timeout(200)
    assert places() == before
    assert row.bounding_box()["y"] == pytest.approx(y, abs=0.5)


LANDMARKS = """panel => {
    const roles = ["banner", "complementary", "contentinfo", "form", "main", "navigation",
        "region", "search"].map((role) => `[role=${role}]`);
    const found = panel.querySelectorAll(
        [...roles, "section[aria-label], nav, aside, header, footer, main, form[aria-label]"].join()
    );
    return [...found].filter((each) => each.getAttribute("role") !== "tabpanel")
        .map((each) => `${each.getAttribute("role") ?? each.tagName} ${each.ariaLabel}`);
}"""


def test_no_two_landmarks_of_one_name(site, open_panel):
    content = open_panel(f"{site}/showcase/m2m/")
    # The filter opens all that is above what it finds.
    content.get_by_role("searchbox").fill("refresh_tag_count")
    content.locator(".fsp-call:visible .fsp-open").first.click()
    expect(content.locator(".fsp-inspector .fsp-each")).to_have_count(1)
    landmarks = content.evaluate(LANDMARKS)
    assert landmarks
    assert len(set(landmarks)) == len(landmarks)


@pytest.mark.parametrize("path", ["/shop/cascade/", "/showcase/loop/", "/showcase/nothing/"])
def test_words_that_nobody_has_to_learn(site, open_panel, path):
    content = open_panel(f"{site}{path}")
    for each in content.get_by_role("tab").all()[:5]:
        each.click()
        text = content.inner_text()
        for word in ("heard", "unheard", "itself", "in vain", "weakly", "without a sender"):
            assert not re.search(rf"\b{word}\b", text, re.IGNORECASE), word
