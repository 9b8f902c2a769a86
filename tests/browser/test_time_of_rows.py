"""Where a row's time went, in its details: by kind, by line, each time, and written out."""

from __future__ import annotations

import re

import pytest
from auditing import violations
from looking import call, tab
from playwright.sync_api import expect


def opened(row):
    button = row.locator(".fsp-open").first
    button.click()
    expect(button).to_have_attribute("aria-current", "true")
    pane = row.page.locator("#FiredSignalsPanel .fsp-inspector")
    expect(pane).not_to_have_attribute("aria-busy", "true")
    return pane.locator(".fsp-detail")


def milliseconds(text):
    return float(re.search(r"([\d.,]+)\s*ms", text)[1].replace(",", ""))


@pytest.fixture(params=["light", "dark"])
def scheme(request, page):
    page.emulate_media(color_scheme=request.param)


def test_by_kind_largest_first(loop):
    details = opened(call(loop, "log_product_change"))

    expect(details.get_by_role("heading").first).to_contain_text(
        re.compile(r"Where the [\d.,]+\sms of its 200 times went")
    )
    parts = details.locator(".fsp-time li")
    names = parts.all_inner_texts()
    assert {"SQL", "Sent post_save", "Its own Python"} == {
        re.split(r"\s*[\d<]", name.strip())[0] for name in names
    }
    times = [milliseconds(name) for name in names]
    assert times == sorted(times, reverse=True)
    # The bar's parts are as wide, and stand in the same order.
    widths = details.locator(".fsp-time > svg > .fsp-part").evaluate_all(
        "rects => rects.map((rect) => rect.getBoundingClientRect().width)"
    )
    assert len(widths) == 3
    assert widths == sorted(widths, reverse=True)
    # The stripes are those of the bar above.
    assert details.locator("pattern").count() == 0


@pytest.mark.parametrize("where", ["Cascade", "Receivers"])
def test_the_costly_line_is_lit(loop, scheme, page, where):
    tab(loop, where).click()
    view = loop.get_by_role("tabpanel", name=where)
    details = opened(view.locator("tr", has_text="log_product_change").first)
    source = details.locator(".fsp-source pre")

    costly = source.locator(".fsp-costly")
    expect(costly).to_have_count(3)
    expect(costly.nth(1)).to_have_text(re.compile(r"^[\d.,]+\sms$"))
    expect(costly.nth(2)).to_contain_text("AuditLog.objects.create(")
    expect(costly.nth(2)).to_contain_text("400 queries")
    plain = source.locator(".fsp-src:not(.fsp-costly)").first
    colour = "element => getComputedStyle(element).backgroundColor"
    assert costly.nth(2).evaluate(colour) != plain.evaluate(colour)
    assert violations(page) == []


def test_each_time_slowest_first(loop):
    details = opened(call(loop, "log_product_change"))
    rows = details.locator(".fsp-each tbody tr")

    expect(rows).to_have_count(200)
    expect(rows.first).to_contain_text("slowest")
    numbers = [int(number) for number in rows.locator("td:first-child").all_inner_texts()]
    assert sorted(numbers) == list(range(1, 201))
    times = [milliseconds(text) for text in rows.locator("td:nth-child(4)").all_inner_texts()]
    assert times == sorted(times, reverse=True)


def test_written_out_as_a_function(cascade, page, scheme):
    details = opened(cascade.locator(".fsp-cascade tr", has_text="save shop.Product").first)
    code = details.get_by_label("Written out as a function")
    expect(code).to_be_hidden()
    details.locator("summary", has_text="Written out as a function").click()

    expect(code).to_be_visible()
    expect(code).to_contain_text("def save_product(product):")
    compile(code.text_content(), "written.py", "exec")
    assert violations(page) == []
