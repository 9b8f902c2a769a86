"""Under a strict content security policy: no inline style or script, and a nonce for the rest."""

from __future__ import annotations

import pytest
from conftest import serving
from playwright.sync_api import expect

# The colour of receivers in the picture, as the style sheet has it.
CALL = "rgb(143, 202, 150)"


@pytest.mark.parametrize("shadow", ["0", "1"])
@pytest.mark.parametrize("in_page", ["0", "1"])
def test_no_violation(tmp_path, page, open_panel, shadow, in_page):
    with serving(
        tmp_path, EXAMPLE_CSP="1", EXAMPLE_USE_SHADOW_DOM=shadow, EXAMPLE_RENDER_PANELS=in_page
    ) as site:
        response = page.goto(f"{site}/shop/cascade/")
        policy = response.headers["content-security-policy"]
        assert "'nonce-" in policy
        assert "unsafe" not in policy
        # A violation is written to the console, which open_panel listens to.
        content = open_panel(f"{site}/shop/cascade/")
        expect(content.get_by_role("tablist", name="Views")).to_be_visible()
        # Its style sheet is there.
        expect(content.locator(".fsp-summary")).to_have_css("display", "flex")
        for name in ("Receivers", "Signals", "Not called", "Connected", "Queries", "Cascade"):
            content.get_by_role("tab", name=name).click()
        content.locator(".fsp-card a[data-goto], .fsp-call:visible .fsp-open").first.click()
        expect(content.locator(".fsp-inspector")).to_contain_text("def ")
        # The picture, zoomed: drawn by attributes alone.
        expect(content.locator(".fsp-block").first).to_be_visible()
        content.get_by_role("button", name="Zoom in").click()
        expect(content.locator(".fsp-minimap")).to_be_visible()
        fill = "rect => getComputedStyle(rect).fill"
        assert content.locator(".fsp-block[data-kind=call] rect").first.evaluate(fill) == CALL
        page.wait_for_timeout(200)


def test_the_console_is_watched(tmp_path, page, messages):
    with serving(tmp_path, EXAMPLE_CSP="1") as site:
        page.goto(f"{site}/shop/cascade/")
        page.evaluate("document.body.setAttribute('style', 'color: red')")
        page.wait_for_timeout(200)
        assert any("Content Security Policy" in message for message in messages)
