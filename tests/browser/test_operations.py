"""Operations, lines outside of receivers and deferred work, as they stand in the cascade."""

from __future__ import annotations

import re

import pytest
from looking import call, rows
from playwright.sync_api import expect

FATES = {"deferred": "ran after the commit", "rolled-back": "never ran: its transaction was rolled"}
BYPASSED = ["log_product_change", "email_stock_team", "clear_catalogue_cache", "announce_to_api"]


def row(content, kind, text):
    return content.locator(f".fsp-cascade .fsp-{kind}").filter(has_text=text).first


@pytest.fixture
def open_page(site, open_panel):
    return lambda name: open_panel(f"{site}/showcase/{name}/")


# The example's pages --------------------------------------------------------------------


@pytest.mark.parametrize("page_name", FATES)
def test_deferred_work_stands_below_its_receiver_with_its_fate(open_page, page_name):
    content = open_page(page_name)
    receiver = call(content, "tell_after_commit")
    level = int(receiver.get_attribute("data-level"))

    expect(receiver).to_be_visible()
    for name in ("mail_customer", "tell_carrier"):
        deferred = row(content, "deferred", name)
        expect(deferred).to_be_visible()
        expect(deferred).to_contain_text(FATES[page_name])
        expect(deferred).to_have_attribute("data-level", str(level + 1))
        assert (
            deferred.locator("td").first.evaluate("cell => getComputedStyle(cell).borderLeftStyle")
            == "dashed"
        )


def test_what_deferred_work_caused_is_below_it(open_page):
    content = open_page("deferred")

    request = row(content, "effect", "POST 127.0.0.1")
    expect(row(content, "deferred", "tell_carrier").locator("+ tr")).to_contain_text("POST")
    expect(request).to_contain_text("200")
    mail = row(content, "deferred", "mail_customer")
    expect(mail.locator("+ tr")).to_contain_text("Shipped: Desk lamp")


def test_rolled_back_rows_are_marked_but_for_what_no_rollback_reaches(open_page):
    content = open_page("rolled-back")
    content.get_by_role("searchbox").fill("audit")

    save = row(content, "operation", "save shop.AuditLog")
    expect(save.locator(".fsp-mark")).to_have_text("rolled back")
    expect(call(content, "count_audit_entries")).to_contain_text("rolled back")
    expect(row(content, "effect", "INSERT INTO")).to_contain_text("rolled back")
    stored = row(content, "effect", "set shop:audit-entries")
    expect(stored).to_be_visible()
    expect(stored).not_to_contain_text("rolled back")


@pytest.mark.parametrize(
    ("page_name", "operation"),
    [
        ("bulk", "bulk_create shop.Product, 200 rows"),
        ("prices/update", "update shop.Product, 20 rows"),
    ],
)
def test_bypassed_receivers_are_named_with_the_rows(open_page, page_name, operation):
    content = open_page(page_name)
    bulk = row(content, "operation", operation)

    expect(bulk).to_be_visible()
    for name in BYPASSED:
        expect(bulk).to_contain_text(f"shop.receivers.{name}")
    bulk.locator(".fsp-open").click()
    details = content.locator(".fsp-inspector")
    # Before Django 6.1, bulk_create opens a transaction for a single query, too.
    expect(details).to_contain_text(re.compile(r"of its own, with [^;]+\."))
    expect(details.locator("li")).to_contain_text([*BYPASSED, re.compile(r"showcase/views\.py")])


def test_the_twin_says_what_each_save_wrote(open_page):
    content = open_page("prices/loop")

    expect(row(content, "operation", "save shop.Product")).to_contain_text("× 20")
    expect(row(content, "dispatch", "post_save")).to_contain_text("only: price")


# The tree -------------------------------------------------------------------------------


def test_a_page_of_queries_without_receivers_is_folded(open_page):
    content = open_page("m2m")
    # Whichever of its three calls took longest is on the path that is open.
    expect(content.locator(".fsp-call:visible", has_text="refresh_tag_count")).not_to_have_count(0)

    content = open_page("nothing")
    expect(rows(content).locator(".fsp-twist")).to_have_count(content.locator(".fsp-phase").count())


def test_operations_lead_to_the_costliest_receiver(cascade):
    save = row(cascade, "operation", "save shop.Product")

    expect(save).to_have_attribute("aria-expanded", "true")
    expect(save).to_contain_text("created")
    expect(call(cascade, "announce_to_api")).to_be_visible()
    save.locator(".fsp-twist").click()
    expect(call(cascade, "announce_to_api")).to_be_hidden()
    save.press("ArrowRight")
    save.press("ArrowRight")
    expect(row(cascade, "effect", 'INSERT INTO "shop_product"')).to_be_focused()


def test_details_of_an_operation(cascade):
    row(cascade, "operation", "save shop.Product").locator(".fsp-open").click()

    details = cascade.locator(".fsp-inspector")
    expect(details).to_contain_text("of its own, with 1 query;")
    expect(details).to_contain_text("whose receivers caused")
    expect(details.locator(".fsp-sending")).to_contain_text("product.save()")


def test_the_cascade_of_the_article(cascade):
    """Create product: log to audit, send email, clear cache, call an API."""
    cascade.get_by_role("searchbox").fill("save shop.Product")

    for receiver, effect in {
        "log_product_change": "save shop.AuditLog",
        "email_stock_team": "Product saved: Floor lamp",
        "clear_catalogue_cache": "delete shop:catalogue",
        "announce_to_api": "POST 127.0.0.1",
    }.items():
        expect(call(cascade, receiver).locator("+ tr")).to_contain_text(effect)
        expect(call(cascade, receiver).locator("+ tr")).to_be_visible()


# The filter -----------------------------------------------------------------------------


def test_a_kind_shows_receivers_with_what_they_saved_and_what_is_above(cascade):
    cascade.get_by_role("checkbox", name="with queries").check()

    for kind, text in [
        ("phase", re.compile("^View")),
        ("operation", "save shop.Product"),
        ("dispatch", "post_save"),
        ("call", "log_product_change"),
        ("operation", "save shop.AuditLog"),
        ("effect", 'INSERT INTO "shop_auditlog"'),
        ("call", "count_audit_entries"),
    ]:
        expect(row(cascade, kind, text)).to_be_visible()
    expect(call(cascade, "email_stock_team")).to_be_hidden()


def test_a_kind_shows_lines_and_deferred_work_that_have_it(open_page):
    content = open_page("deferred")
    steps = content.get_by_role("checkbox", name="with transaction steps")
    steps.check()
    expect(row(content, "outside", "with transaction.atomic():")).to_be_visible()
    expect(content.locator(".fsp-call:visible, .fsp-deferred:visible")).to_have_count(0)

    steps.uncheck()
    content.get_by_role("checkbox", name="with HTTP requests").check()
    expect(row(content, "deferred", "tell_carrier")).to_be_visible()
    expect(call(content, "tell_after_commit")).to_be_visible()
    expect(row(content, "deferred", "mail_customer")).to_be_hidden()
    expect(row(content, "outside", "with transaction.atomic():")).to_be_hidden()


def test_receivers_of_some_origins_are_shown_alone_with_what_is_above_them(open_page):
    content = open_page("deferred")
    content.get_by_role("checkbox", name="Django").uncheck()

    expect(row(content, "operation", "save shop.AuditLog")).to_be_visible()
    expect(call(content, "count_audit_entries")).to_be_visible()
    expect(row(content, "deferred", "tell_carrier")).to_be_visible()
    expect(row(content, "outside", "with transaction.atomic():")).to_be_hidden()
    content.get_by_role("checkbox", name="the project").uncheck()
    expect(rows(content)).to_have_count(0)


def test_text_is_found_in_lines_and_operations(open_page):
    content = open_page("deferred")
    content.get_by_role("searchbox").fill("commit")

    expect(row(content, "outside", "with transaction.atomic():")).to_be_visible()
    expect(row(content, "effect", "COMMIT")).to_be_visible()
    expect(row(content, "deferred", "mail_customer")).to_be_visible()
    expect(row(content, "operation", "save shop.AuditLog")).to_be_hidden()


def test_the_least_time_counts_for_lines_operations_and_deferred_work(open_page):
    content = open_page("deferred")
    content.get_by_role("spinbutton").fill("1000000")
    expect(rows(content)).to_have_count(0)

    carrier = row(content, "deferred", "tell_carrier")
    content.get_by_role("spinbutton").fill(carrier.get_attribute("data-ms"))
    expect(carrier).to_be_visible()
    # What is above it doesn't take so long.
    expect(call(content, "tell_after_commit")).to_be_visible()


def test_what_a_receiver_saved_is_shown_with_it_however_short_it_took(cascade):
    receiver = call(cascade, "log_product_change")
    cascade.get_by_role("spinbutton").fill(receiver.get_attribute("data-ms"))

    save = row(cascade, "operation", "save shop.AuditLog")
    assert float(save.get_attribute("data-ms")) < float(receiver.get_attribute("data-ms"))
    expect(save).to_be_visible()
    expect(row(cascade, "effect", 'INSERT INTO "shop_auditlog"')).to_be_visible()
