"""The panel as people see it."""

from __future__ import annotations

import re

import pytest
from conftest import serving, switch_history
from playwright.sync_api import expect


def row(content, text):
    return content.locator(".fsp-cascade tbody tr").filter(has_text=text).first


def assert_shows_the_cascade(content):
    dispatch = row(content, "post_save")
    expect(dispatch).to_contain_text("shop.Product")
    expect(dispatch).to_contain_text("product.save()")
    call = row(content, "log_product_change")
    expect(call.locator(".fsp-number").first).to_have_text(re.compile(r"^\d[\d.,]*\sms$"))
    # What it saves and the query of that stand under their receiver.
    save = content.locator(".fsp-cascade tr:has-text('log_product_change') + tr")
    expect(save).to_contain_text("save shop.AuditLog")
    expect(save.locator("+ tr")).to_contain_text('INSERT INTO "shop_auditlog"')


def test_cascade(site, open_panel):
    assert_shows_the_cascade(open_panel(f"{site}/shop/cascade/"))


def test_cascade_without_shadow_root(tmp_path, open_panel):
    with serving(tmp_path, EXAMPLE_USE_SHADOW_DOM="0") as site:
        assert_shows_the_cascade(open_panel(f"{site}/shop/cascade/"))


def test_cascade_rendered_into_the_page(tmp_path, open_panel):
    with serving(tmp_path, EXAMPLE_RENDER_PANELS="1") as site:
        assert_shows_the_cascade(open_panel(f"{site}/shop/cascade/"))


@pytest.mark.parametrize("server", ["uvicorn", "daphne"])
def test_async_page_under_asgi(tmp_path, open_panel, server):
    with serving(tmp_path, server) as site:
        content = open_panel(f"{site}/showcase/async/")

        dispatch = row(content, "report_ready")
        expect(dispatch).to_contain_text("showcase.senders.Report")
        expect(dispatch).to_contain_text("asend")
        expect(dispatch).to_contain_text("concurrent")
        for receiver, table in {
            "fetch_prices": "shop_product",
            "fetch_reviews": "blog_article",
            "store_summary": "save shop.AuditLog",
        }.items():
            expect(content.locator(f".fsp-cascade tr:has-text('{receiver}') + tr")).to_contain_text(
                table
            )
        assert_shows_the_cascade(open_panel(f"{site}/shop/cascade/"))


def test_subtitle_at_a_glance(site, page):
    page.goto(f"{site}/shop/cascade/")

    button = page.locator("#djdt-FiredSignalsPanel")
    expect(button).to_contain_text(re.compile(r"Receivers took [\d.,]+\sms"))


def test_subtitle_and_opened_panel_agree(site, page, open_panel):
    content = open_panel(f"{site}/shop/cascade/")

    summary = content.locator(".fsp-summary")
    expect(summary).to_contain_text("5 receivers")
    expect(summary).to_contain_text("2 of 3 queries")
    took = re.search(r"in receivers ([\d.,]+\sms)", summary.inner_text())[1]
    expect(page.locator("#djdt-FiredSignalsPanel small")).to_contain_text(f"Receivers took {took}")


def test_empty_page(site, open_panel):
    content = open_panel(f"{site}/showcase/nothing/")

    expect(content).to_contain_text("No signal was sent but Django's own")


def test_late_part_of_a_response(site, open_panel):
    content = open_panel(f"{site}/shop/cascade/")

    expect(content).to_contain_text("After the response")
    expect(content).to_contain_text("request_finished")


def test_ajax_request_is_found_in_the_history(site, page):
    page.goto(f"{site}/showcase/ajax/")
    with page.expect_response("**/showcase/ajax/data/") as answer:
        page.get_by_role("button", name="Create a product").click()
    expect(page.locator("body")).to_contain_text("Night light")
    switch_history(page, answer.value.headers["djdt-request-id"])

    button = page.locator("#djdt-FiredSignalsPanel")
    expect(button).to_contain_text("Receivers took")
    button.locator("a").click()
    expect(page.locator("#FiredSignalsPanel .fsp")).to_contain_text("Product.objects.create")


def test_dark_theme_uses_the_toolbar_s_colours(site, browser):
    def colours(scheme):
        with browser.new_context(color_scheme=scheme) as context:
            page = context.new_page()
            page.goto(f"{site}/shop/cascade/")
            page.locator("#djdt-FiredSignalsPanel > a").click()
            name = page.locator("#FiredSignalsPanel .fsp-dispatch:visible b").first
            name.wait_for()
            return name.evaluate("element => getComputedStyle(element).color")

    assert colours("light") == "rgb(0, 0, 0)"
    assert colours("dark") == "rgb(248, 248, 242)"
