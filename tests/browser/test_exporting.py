"""The picture as a file: it looks the same by itself, with nothing of the panel around it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from conftest import serving
from looking import CASCADE
from playwright.sync_api import expect

# The boxes that are shown, as they are on screen: colours as the browser paints them, and sizes.
PAINTED = """svg => {
    const top = svg.getScreenCTM();
    const canvas = document
        .createElementNS("http://www.w3.org/1999/xhtml", "canvas")
        .getContext("2d", { willReadFrequently: true });
    const pixel = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].join();
    };
    return [...svg.querySelectorAll("g > rect")]
        .filter((rect) => rect.getBoundingClientRect().width)
        .map((rect) => {
            const style = getComputedStyle(rect);
            const box = rect.getBoundingClientRect();
            return [
                pixel(style.fill), pixel(style.stroke), parseFloat(style.strokeWidth),
                [box.left - top.e, box.top - top.f, box.width, box.height],
            ];
        });
}"""
TEXTS = """svg => [...svg.querySelectorAll("text")]
    .filter((text) => text.textContent && text.getBoundingClientRect().width)
    .map((text) => [text.textContent, getComputedStyle(text).font, getComputedStyle(text).fill,
                    Math.round(text.getBoundingClientRect().width)])"""


@pytest.fixture
def save(page, tmp_path):
    """Saves the picture of a panel; gives the file's path."""

    def save_it(content):
        with page.expect_download() as download:
            content.get_by_role("button", name="Save as SVG").click()
        name = download.value.suggested_filename
        assert re.fullmatch(r"signals-get-shop-cascade-\d{8}-\d{6}-(timeline|map)\.svg", name)
        path = tmp_path / name
        download.value.save_as(path)
        return path

    return save_it


@pytest.fixture
def opened(context):
    """Opens a file by itself; gives its tab, the times and the boxes."""

    def open_it(path):
        alone = context.new_page()
        alone.goto(path.as_uri())
        return alone, *alone.locator(":root > svg").all()[:2]

    return open_it


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("is_zoomed", [False, True])
def test_it_looks_the_same(site, page, open_panel, save, opened, theme, is_zoomed):
    page.emulate_media(color_scheme=theme)
    content = open_panel(f"{site}{CASCADE}")
    picture = content.locator(".fsp-picture > svg")
    content.locator(".fsp-block").first.wait_for()
    if is_zoomed:
        content.get_by_role("button", name="Zoom in").click()
    content.get_by_role("button", name="Save as SVG").hover()
    boxes, texts = picture.evaluate(PAINTED), picture.evaluate(TEXTS)
    times = content.locator(".fsp-ticks").evaluate(TEXTS)
    legend = content.locator(".fsp-legend li").all_inner_texts()

    tab, axis, drawn = opened(save(content))
    saved = drawn.evaluate(PAINTED)
    assert [box[:3] for box in saved] == [box[:3] for box in boxes]
    for (*_, alone), (*_, before) in zip(saved, boxes, strict=True):
        assert alone == pytest.approx(before, abs=0.1)
    assert len({box[0] for box in boxes}) >= 5
    assert drawn.evaluate(TEXTS) == texts != []
    assert axis.evaluate(TEXTS) == times != []
    # What stands on it: the panel's own background, in both themes.
    ground = tab.locator(":root > rect").first.evaluate("rect => getComputedStyle(rect).fill")
    light = sum(map(int, re.findall(r"\d+", ground)[:3])) > 380
    assert light is (theme == "light")
    # The times stand above the boxes, a title above both, and what the colours mean below.
    title = rf"^Signals of GET {CASCADE} · \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC$"
    assert re.match(title, tab.title())
    words = tab.locator(":root > text").all_text_contents()
    assert words == [tab.title(), *(text.strip() for text in legend)]
    tops = [axis, drawn, tab.locator(":root > text").last]
    assert sorted(tops, key=lambda each: each.bounding_box()["y"]) == tops
    hatches = drawn.locator("path[fill='url(#fsp-hatching)']")
    expect(hatches).to_have_count(content.locator(".fsp-block:not([display]) > .fsp-hatch").count())
    expect(drawn.locator("pattern#fsp-hatching > rect")).to_have_count(1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_map_looks_the_same(site, page, open_panel, save, opened, theme):
    page.emulate_media(color_scheme=theme)
    content = open_panel(f"{site}{CASCADE}")
    content.get_by_role("tab", name="Map").click()
    picture = content.locator(".fsp-map-canvas")
    content.get_by_role("button", name="Save as SVG").hover()
    boxes, texts = picture.evaluate(PAINTED), picture.evaluate(TEXTS)
    edges = content.locator(".fsp-edge path").count()

    path = save(content)
    assert path.name.endswith("-map.svg")
    _, drawn = opened(path)
    assert [box[:3] for box in drawn.evaluate(PAINTED)] == [box[:3] for box in boxes]
    assert len({box[0] for box in boxes}) >= 5
    assert drawn.evaluate(TEXTS) == texts != []
    expect(drawn.locator("g > g > path")).to_have_count(edges)
    # All of it is there, whatever of it was scrolled out of sight.
    assert float(drawn.get_attribute("width")) == float(picture.get_attribute("width"))
    assert "class=" not in path.read_text()


def test_other_programs_can_read_it(site, open_panel, save):
    content = open_panel(f"{site}{CASCADE}")
    content.locator(".fsp-block").first.wait_for()
    for _ in range(4):
        content.get_by_role("button", name="Zoom in").click()
    assert content.locator(".fsp-block[display=none]").count()
    text = save(content).read_text()

    assert text.startswith("<svg")
    # Not all of them know variables, classes, colours with an alpha or other spaces of colours.
    for word in ("var(", "class=", "style=", "rgba(", "color(", "data-", "http://127"):
        assert word not in text
    # What wasn't shown isn't there.
    assert 'display="none"' not in text


def test_names_may_hold_any_character(site, open_panel, save):
    """A cache's key may be anything, and not all of it is allowed in XML."""
    content = open_panel(f"{site}{CASCADE}")
    name = content.locator(".fsp-block text").first
    name.evaluate("text => { text.textContent = 'a\\u0001b\\ud800c\\ufffed\\uffffe'; }")
    saved = ElementTree.parse(save(content))

    assert "a\ufffdb\ufffdc\ufffdd\ufffde" in saved.getroot().itertext()


@pytest.mark.parametrize("shadow", ["0", "1"])
def test_under_a_strict_policy(tmp_path, open_panel, save, opened, shadow):
    with serving(tmp_path, EXAMPLE_CSP="1", EXAMPLE_USE_SHADOW_DOM=shadow) as site:
        content = open_panel(f"{site}{CASCADE}")
        content.locator(".fsp-block").first.wait_for()
        count = content.locator(".fsp-block:not([display]) > rect").count()
        _, _, drawn = opened(save(content))
        expect(drawn.locator("g > rect")).to_have_count(count)


def test_the_button_is_large_enough(cascade):
    box = cascade.get_by_role("button", name="Save as SVG").bounding_box()

    assert box["width"] >= 24
    assert box["height"] >= 24
