"""The other views, and the tabs that lead to them."""

from __future__ import annotations

import re

import pytest
from looking import LOOP, call, tab, view
from playwright.sync_api import expect

# Receivers ------------------------------------------------------------------------------


def test_receivers_sort_by_every_column(loop):
    content = view(loop, "Receivers")
    body = content.locator("tbody").first
    for number, head in enumerate(
        ["Receiver", "Calls", "Total", "Self", "Slowest", "Queries", "Cache", "Repeated"]
    ):
        heading = content.get_by_role("columnheader", name=head, exact=True).first
        heading.get_by_role("button").click()
        sort = heading.get_attribute("aria-sort")
        values = body.locator("tr").evaluate_all(
            f"rows => rows.map((row) => row.cells[{number}].dataset.value)"
        )
        if number:
            values = [float(value) for value in values]
        assert values == sorted(values, reverse=sort == "descending"), head
        assert len(values) == 5
        heading.get_by_role("button").click()
        assert heading.get_attribute("aria-sort") != sort
        # Django's housekeeping has a table of its own, folded away.
        expect(content.locator("table").first.locator("[aria-sort]")).to_have_count(1)


def test_from_a_receiver_to_its_calls(loop):
    content = view(loop, "Receivers")
    row = content.locator("tr").filter(has_text="count_audit_entries")
    row.get_by_role("button", name="Show calls").click()

    expect(tab(loop, "Cascade")).to_have_attribute("aria-selected", "true")
    expect(call(loop, "count_audit_entries")).to_be_focused()


# Signals --------------------------------------------------------------------------------


def test_signals(loop):
    content = view(loop, "Signals")
    heard = content.locator("tbody tr").filter(has_text="shop.Product").first
    expect(heard).to_contain_text("post_save")
    expect(heard).to_contain_text("log_product_change")
    unheard = content.locator("tbody tr").filter(has_text="none").first
    expect(unheard.locator("td").nth(2)).to_have_text(re.compile(r"^[\d,]+$"))

    heard.get_by_role("link").click()
    expect(loop.locator(".fsp-dispatch.djdt-highlighted")).to_contain_text("shop.Product")


# Queries --------------------------------------------------------------------------------


def test_queries_grouped_by_statement(loop):
    content = view(loop, "Queries")
    row = content.locator("tbody tr").filter(has_text="INSERT INTO").first

    expect(row).to_contain_text("log_product_change ran 200 times, 1 query each")
    expect(row).to_contain_text("product.save()")
    expect(row).to_contain_text("same query on every send (200×)")
    expect(row.locator("td").nth(1)).to_have_text("200")


@pytest.mark.parametrize("table", ["shop_auditlog", "COUNT"])
def test_from_a_statement_to_the_sql_panel(loop, page, table):
    content = view(loop, "Queries")
    row = content.locator("tbody tr").filter(has_text=table).last
    row.get_by_role("button", name="SQL panel").click()

    expect(page.locator("#SQLPanel")).to_be_visible()
    found = page.locator("#SQLPanel tr.djdt-highlighted")
    # The SQL panel takes its time with 600 queries.
    expect(found).to_contain_text(table, timeout=60_000)
    expect(found).to_be_in_viewport()


def test_no_way_to_an_sql_panel_that_is_off(site, page, open_panel):
    page.context.add_cookies([{"name": "djdtSQLPanel", "value": "off", "url": site}])
    content = view(open_panel(f"{site}{LOOP}"), "Queries")

    expect(content.get_by_role("button", name="Cascade").first).to_be_visible()
    expect(content.get_by_role("button", name="SQL panel")).to_have_count(0)


# Tabs -----------------------------------------------------------------------------------


def test_tabs_by_keyboard(loop, page):
    tab(loop, "Cascade").focus()
    for key, name in (
        ("ArrowRight", "Receivers"),
        ("End", "Transactions"),
        ("ArrowRight", "Cascade"),
        ("ArrowLeft", "Transactions"),
        ("Home", "Cascade"),
    ):
        page.keyboard.press(key)
        expect(tab(loop, name)).to_be_focused()
        expect(tab(loop, name)).to_have_attribute("aria-selected", "true")
        expect(loop.locator(".fsp-view[role=tabpanel]:visible")).to_have_count(1)


@pytest.mark.parametrize(
    ("name", "count"),
    [("Cascade", 16), ("Receivers", 5), ("Signals", 9), ("Queries", 2), ("Cache", 1)],
)
def test_tabs_count_the_rows_they_show(loop, name, count):
    expect(tab(loop, name)).to_have_text(f"{name} {count}")
    shown = view(loop, name).locator("tr[data-kind]:not([data-kind=phase])")
    housekeeping = view(loop, name).locator(
        ".fsp-housekeeping tr[data-kind], tr[data-housekeeping]"
    )
    if name != "Cascade":
        assert shown.count() - housekeeping.count() == count


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Receivers", "Django's housekeeping"),
        ("Signals", "request_finished"),
        ("Queries", "No receiver ran a query"),
    ],
)
def test_empty_states(site, open_panel, name, text):
    content = open_panel(f"{site}/showcase/nothing/")
    expect(view(content, name)).to_contain_text(text)
