"""Finding things: filters, and what is kept of them."""

from __future__ import annotations

import pytest
from conftest import switch_history
from looking import CASCADE, LOOP, call, names, rows, tab, view
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("COUNT_AUDIT", ["count_audit_entries"]),
        # In the SQL, in a part that the short form may leave out, and in a file's name.
        ('select count(*) as "__count"', ["count_audit_entries"]),
        ("shop/receivers.py:52", ["announce_to_api"]),
    ],
)
def test_filter_by_text(loop, text, shown):
    loop.get_by_role("searchbox").fill(text)

    calls = loop.locator(".fsp-call:visible .fsp-open")
    assert calls.last.inner_text().rpartition(".")[2] == shown[-1]
    expect(loop.locator(".fsp-call:visible").filter(has_text="email_stock_team")).to_have_count(0)
    expect(loop.locator(".fsp-found")).to_contain_text("rows")


def test_filter_that_matches_nothing(loop):
    loop.get_by_role("searchbox").fill("no such thing")

    expect(rows(loop)).to_have_count(0)
    expect(loop.locator(".fsp-found")).to_have_text("Nothing matches")
    loop.get_by_role("button", name="Clear").click()
    expect(call(loop, "log_product_change")).to_be_visible()
    expect(loop.locator(".fsp-found")).to_have_text("")


def test_filter_holds_in_every_view(loop):
    loop.get_by_role("searchbox").fill("count_audit")

    assert names(view(loop, "Receivers").locator("tr:visible")) == ["count_audit_entries"]
    queries = view(loop, "Queries").locator("tbody tr:visible")
    expect(queries).to_have_count(1)
    signals = view(loop, "Signals").locator("tbody tr:visible")
    expect(signals).to_have_count(1)


def test_toggle_of_origins(loop):
    django = loop.get_by_role("checkbox", name="Django")
    content = view(loop, "Receivers")
    content.get_by_text("Django's housekeeping").click()
    expect(content.locator("tr[data-origin=django]:visible")).not_to_have_count(0)

    django.uncheck()
    expect(content.locator("tr[data-origin=django]:visible")).to_have_count(0)
    expect(content.locator("tr[data-origin=project]:visible")).to_have_count(5)
    tab(loop, "Cascade").click()
    expect(loop.locator(".fsp-phase:visible").filter(has_text="Before")).to_have_count(0)

    loop.get_by_role("checkbox", name="the project").uncheck()
    expect(rows(loop)).to_have_count(0)


def test_toggle_of_queries(loop):
    loop.get_by_role("checkbox", name="with queries").check()

    content = view(loop, "Receivers")
    assert sorted(names(content.locator("tr:visible"))) == [
        "count_audit_entries",
        "log_product_change",
    ]
    tab(loop, "Cascade").click()
    expect(call(loop, "email_stock_team")).to_be_hidden()
    expect(call(loop, "count_audit_entries")).to_be_visible()


def test_minimum_time(loop):
    content = view(loop, "Receivers")
    times = content.locator("tr[data-ms]").evaluate_all(
        "rows => rows.map((row) => Number(row.dataset.ms)).sort((a, b) => b - a)"
    )
    loop.get_by_role("spinbutton").fill(str((times[1] + times[2]) / 2))

    expect(content.locator("tr[data-ms]:visible")).to_have_count(2)


def test_what_a_filter_opened_can_be_closed(loop):
    loop.get_by_role("searchbox").fill("count_audit")
    call(loop, "log_product_change").locator(".fsp-twist").click()

    expect(call(loop, "count_audit_entries")).to_be_hidden()
    loop.get_by_role("searchbox").fill("")
    expect(call(loop, "count_audit_entries")).to_be_visible()


def test_closing_and_reopening_keeps_everything(loop, page):
    loop.get_by_role("searchbox").fill("count")
    view(loop, "Receivers").get_by_role("button", name="Calls", exact=True).click()
    page.keyboard.press("Escape")
    expect(loop).to_be_hidden()
    page.locator("#djdt-FiredSignalsPanel > a").click()

    expect(loop.get_by_role("searchbox")).to_have_value("count")
    expect(tab(loop, "Receivers")).to_have_attribute("aria-selected", "true")
    assert page.url.endswith(LOOP)
    keys = page.evaluate("Object.keys(localStorage)")
    assert all(key.startswith("djdt.") for key in keys)


def test_history_s_switch_and_back(site, page, open_panel):
    page.goto(f"{site}{CASCADE}")
    first = page.locator("#djDebug").get_attribute("data-request-id")
    content = open_panel(f"{site}{LOOP}")
    second = page.locator("#djDebug").get_attribute("data-request-id")
    content.get_by_role("searchbox").fill("count_audit")
    call(content, "log_product_change").locator(".fsp-open").click()
    expect(content.locator(".fsp-inspector")).to_contain_text("Connected")

    def switch(request_id):
        switch_history(page, request_id)
        page.locator("#djdt-FiredSignalsPanel > a").click()

    switch(first)
    expect(content.locator(".fsp-summary")).to_contain_text("2 of 3 queries")
    expect(content.get_by_role("searchbox")).to_have_value("")
    expect(call(content, "announce_to_api")).to_be_visible()
    call(content, "announce_to_api").locator(".fsp-open").click()
    expect(content.locator(".fsp-inspector")).to_contain_text("urlopen")

    switch(second)
    expect(content.get_by_role("searchbox")).to_have_value("count_audit")
    expect(content.locator(".fsp-inspector")).to_contain_text("Connected")
