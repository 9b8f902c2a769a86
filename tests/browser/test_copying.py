"""Taking it along: as text, as a place, into the editor."""

from __future__ import annotations

import re

import pytest
from conftest import serving
from looking import CASCADE, call, tool
from playwright.sync_api import expect


@pytest.fixture
def clipboard(page, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    return lambda: page.evaluate("navigator.clipboard.readText()")


def test_copy_as_text(loop, clipboard):
    button = tool(loop, "Copy as text")
    button.click()
    expect(tool(loop, "Copied")).to_be_visible()

    lines = clipboard().splitlines()
    assert lines[0].startswith("Signals: `product.save()` at showcase/views.py:")
    assert " ran 200 times and took " in lines[0]
    assert any("log_product_change × 200" in line for line in lines)
    expect(button).to_be_visible()


def test_copy_as_code(cascade, clipboard):
    row = cascade.locator(".fsp-cascade tr", has_text="save shop.Product").first
    row.locator("[data-details]").first.click()
    button = cascade.get_by_role("button", name="Copy as code")
    button.click()
    expect(cascade.get_by_role("button", name="Copied")).to_be_visible()

    code = clipboard()
    compile(code, "written.py", "exec")
    assert "def save_product(product):" in code
    assert "    product.save()  # " in code
    expect(button).to_be_visible()


def test_what_has_no_receivers_is_no_code(cascade):
    row = cascade.locator(".fsp-cascade tr", has_text="log_product_change").first
    row.locator("[data-details]").first.click()
    expect(cascade.locator(".fsp-detail")).to_be_visible()
    expect(cascade.get_by_role("button", name="Copy as code")).to_have_count(0)


def test_a_place_is_copied(loop, clipboard):
    row = call(loop, "log_product_change")
    row.locator(".fsp-place").click()
    expect(row.locator(".fsp-place")).to_have_text("Copied")

    assert re.fullmatch(r"/.*/shop/receivers\.py:\d+", clipboard())


def test_copying_without_a_clipboard(loop, page, clipboard):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    tool(loop, "Copy as text").click()

    expect(tool(loop, "Copied")).to_be_visible()


def test_places_are_links_into_the_editor(tmp_path, open_panel):
    url = "vscode://file/{path}:{line}"
    with serving(tmp_path, EXAMPLE_EDITOR_URL=url) as site:
        content = open_panel(f"{site}{CASCADE}")
        link = call(content, "log_product_change").locator("a.fsp-place")
        assert re.fullmatch(r"vscode://file//.*/shop/receivers\.py:\d+", link.get_attribute("href"))
        expect(content.locator("[data-copy]")).to_have_count(0)
