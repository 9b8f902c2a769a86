"""The panel at a glance, and its cascade: what is open, where bars stand, what details say."""

from __future__ import annotations

import re

from conftest import serving
from looking import call, tab
from playwright.sync_api import expect

# At a glance ----------------------------------------------------------------------------


def test_summary_and_bar(loop):
    expect(loop.locator(".fsp-summary")).to_contain_text("1,000")
    for part in ("Outside of receivers", "Receivers' Python", "SQL in receivers"):
        expect(loop.locator(".fsp-verdict ~ .fsp-time")).to_contain_text(part)
    parts = ".fsp-part-outside, .fsp-part-python, .fsp-part-sql, .fsp-part-toolbar"
    widths = loop.locator(f".fsp-verdict ~ .fsp-time > svg > :is({parts})").evaluate_all(
        "rects => rects.map((rect) => rect.getBoundingClientRect().width)"
    )
    # The last is the toolbar's own time, beside the bar.
    assert len(widths) == 4
    assert all(width > 1 for width in widths)


def test_findings_lead_to_their_row(loop):
    link = loop.locator(".fsp-card a[data-goto]").filter(has_text="log_product_change")
    # However long it takes on this machine, it repeats its query.
    expect(loop.locator(".fsp-card .fsp-mark").filter(has_text="repeated").first).to_be_visible()
    link.first.click()

    row = call(loop, "log_product_change")
    expect(row).to_be_in_viewport()
    expect(row).to_be_focused()
    expect(row).to_have_class(re.compile("djdt-highlighted"))


# The task -------------------------------------------------------------------------------


def test_two_clicks_to_the_slowest_receiver_its_source_and_the_sending_line(loop, page):
    clicks = []
    page.expose_function("countClick", lambda: clicks.append(1))
    page.evaluate("document.addEventListener('click', () => countClick(), true)")

    tab(loop, "Receivers").click()
    slowest = loop.locator("#fsp-view-receivers tbody tr").first
    expect(slowest).to_contain_text("log_product_change")
    slowest.locator(".fsp-open").click()

    details = loop.locator(".fsp-inspector")
    expect(details.locator(".fsp-source")).to_contain_text("def log_product_change(")
    expect(details.locator(".fsp-source")).to_contain_text("AuditLog.objects.create(")
    expect(details.locator(".fsp-sending")).to_contain_text("product.save()")
    expect(details.locator(".fsp-sending")).to_contain_text(re.compile(r"showcase/views\.py:\d+"))
    assert len(clicks) == 2


def test_one_click_from_what_to_look_at_first(loop):
    loop.locator(".fsp-card a[data-goto]").first.click()

    expect(loop.locator(".fsp-inspector .fsp-source")).to_contain_text("def ")
    expect(loop.locator(".fsp-inspector .fsp-sending")).to_contain_text("product.save()")


# Cascade --------------------------------------------------------------------------------


def test_the_costliest_path_is_open_the_rest_is_closed(cascade):
    expect(call(cascade, "announce_to_api")).to_be_visible()
    expect(cascade.locator(".fsp-cascade tr:has-text('request_started')")).to_be_hidden()


def test_rows_open_and_close(cascade):
    phase = cascade.locator(".fsp-phase").filter(has_text="Before the view")
    hidden = cascade.locator(".fsp-dispatch").filter(has_text="request_started")

    expect(phase).to_have_attribute("aria-expanded", "false")
    phase.click()
    expect(hidden).to_be_visible()
    expect(phase).to_have_attribute("aria-expanded", "true")
    phase.click()
    expect(hidden).to_be_hidden()


def bar(row, kind="call"):
    """Where a row's bar begins and ends, without the stroke around it."""
    ends = "(bar) => { const box = bar.getBoundingClientRect(); return [box.left, box.right] }"
    return row.locator(f".fsp-bar-{kind}").evaluate(ends)


def test_bars_stand_where_the_time_went(cascade):
    first = bar(call(cascade, "log_product_change"))
    last = bar(call(cascade, "announce_to_api"))
    assert first[1] <= last[0]
    send = bar(cascade.locator(".fsp-dispatch:visible").first, "dispatch")
    assert send[0] <= first[0]
    assert send[1] >= last[1]


def test_repeats_are_folded_and_open_to_each(loop):
    row = call(loop, "log_product_change")
    expect(row).to_contain_text("× 200")
    row.locator(".fsp-open").click()

    each = loop.locator(".fsp-inspector .fsp-each")
    expect(each.locator("h4")).to_contain_text("Each of the 200 times")
    expect(each.locator("tbody tr")).to_have_count(200)
    expect(loop.locator(".fsp-inspector h4").first).to_contain_text("log_product_change × 200")
    expect(each.get_by_text("slowest", exact=True)).to_have_count(1)


def test_overlapping_receivers_overlap(tmp_path, open_panel):
    with serving(tmp_path, "uvicorn") as site:
        content = open_panel(f"{site}/showcase/async/")
        prices, reviews = (bar(call(content, name)) for name in ("fetch_prices", "fetch_reviews"))
        assert prices[0] < reviews[1]
        assert reviews[0] < prices[1]
        expect(content.locator(".fsp-dispatch:has-text('report_ready')")).to_contain_text(
            "concurrent"
        )


def test_details_are_of_one_row_and_close(cascade):
    details = cascade.locator(".fsp-inspector")
    button = call(cascade, "log_product_change").locator(".fsp-open")
    button.click()
    expect(details).to_contain_text("def log_product_change")
    expect(details).to_contain_text("Connected to sender shop.Product (weak reference).")
    expect(button).to_have_attribute("aria-current", "true")

    other = call(cascade, "email_stock_team").locator(".fsp-open")
    other.click()
    expect(details).to_contain_text("def email_stock_team")
    expect(details).not_to_contain_text("def log_product_change")
    expect(cascade.locator("button[aria-current]")).to_have_count(1)
    expect(other).to_have_attribute("aria-current", "true")

    details.get_by_role("button", name="Close details").click()
    expect(details).to_be_hidden()
    expect(cascade.locator("button[aria-current]")).to_have_count(0)


def test_details_of_a_query_are_formatted(cascade):
    row = call(cascade, "log_product_change")
    if row.get_attribute("aria-expanded") == "false":
        # On a slow machine its queries may make it the costliest, which is open already.
        row.locator(".fsp-twist").click()
    query = cascade.locator(".fsp-effect:visible").first
    query.locator(".fsp-open").click()

    sql = cascade.locator(".fsp-inspector pre")
    expect(sql.locator("strong").first).to_have_text("INSERT")
    expect(cascade.locator(".fsp-inspector")).to_contain_text("Floor lamp")


def test_details_of_an_error(site, open_panel):
    content = open_panel(f"{site}/showcase/swallowed/")
    call(content, "refuse_empty_stock").locator(".fsp-open").click()

    details = content.locator(".fsp-inspector")
    expect(details).to_contain_text("ValueError: no stock")
    expect(details.locator(".fsp-stack").first).to_contain_text('raise ValueError("no stock")')


def test_details_that_are_gone(cascade, page, messages):
    page.route("**/fired_signals/details/**", lambda route: route.fulfill(status=404))
    call(cascade, "log_product_change").locator(".fsp-open").click()

    expect(cascade.locator(".fsp-inspector")).to_contain_text("aren't available any more")
    messages.clear()  # The browser reports the 404.
