"""What developers ask most about signals, and the clicks to each answer from the opened panel.

Why a receiver didn't run is in ``test_not_called.py``.
"""

from __future__ import annotations

import pytest
from looking import tab
from playwright.sync_api import expect

# Answered by a card, without a click: the page, the rule, what it says and what to do.
AT_ONCE = {
    "what should I do about this slow page?": (
        "/habits/slow/",
        "slow",
        "of its own",
        "leave the rest to a background job",
    ),
    "why does my receiver run twice?": (
        "/habits/connected-twice/",
        "connected twice",
        "is connected 2 times",
        "dispatch_uid",
    ),
    "why isn't my receiver called by a bulk operation?": (
        "/habits/bypassed/",
        "bypassed",
        "without calling",
        "beside the bulk operation",
    ),
    "why does my receiver run before the commit?": (
        "/habits/irreversible/",
        "irreversible",
        "inside a transaction",
        "transaction.on_commit",
    ),
    "why does save() in my receiver run it again?": (
        "/habits/recursion/",
        "recursion",
        "within its own call",
        "QuerySet.update",
    ),
    "why does my receiver run when I load fixtures?": (
        "/habits/raw/",
        "raw",
        "that a fixture loaded",
        "if raw: return",
    ),
    "which receiver repeats its query?": (
        "/habits/repeated/",
        "repeated",
        "ran the same query on every send",
        "bulk_create",
    ),
}


@pytest.mark.parametrize("question", AT_ONCE)
def test_at_once(site, page, open_panel, clicks, question):
    path, mark, said, advice = AT_ONCE[question]
    content = open_panel(f"{site}{path}")
    card = content.locator(".fsp-card").filter(has=page.locator(".fsp-mark", has_text=mark))

    expect(card.first).to_be_visible()
    expect(card.first).to_contain_text(said)
    expect(card.first).to_contain_text(advice)
    assert clicks() == 0


def test_what_runs_if_this_is_saved(site, page, open_panel, clicks):
    content = open_panel(f"{site}/showcase/nothing/")
    tab(content, "Connected").click()
    models = content.get_by_role("combobox")
    models.select_option("shop.Product")

    heading = content.get_by_role("heading", name="If shop.Product is saved")
    expect(heading).to_be_visible()
    expect(content.locator("#fsp-view-connected")).to_contain_text("log_product_change")
    assert clicks() <= 2


def test_all_receivers(site, open_panel, clicks):
    content = open_panel(f"{site}/showcase/nothing/")
    tab(content, "Connected").click()
    listed = content.locator("#fsp-view-connected")

    for name in ("log_product_change", "confirm_order", "create_user_profile"):
        expect(listed.get_by_text(name).first).to_be_visible()
    assert clicks() == 1


def test_a_card_leads_to_its_row(site, open_panel, clicks):
    content = open_panel(f"{site}/habits/repeated/")
    content.locator(".fsp-card a[data-goto]").first.click()

    row = content.locator(".fsp-cascade .fsp-call:focus-within, .fsp-cascade .fsp-call:focus")
    expect(row.first.locator(".fsp-mark").first).to_have_text("repeated")
    assert clicks() == 1


def test_no_card_on_a_page_that_does_it_well(site, open_panel):
    content = open_panel(f"{site}/habits/repeated/explicit/")

    expect(content.locator(".fsp-card")).to_have_count(0)


def test_what_is_behind_the_count(site, open_panel):
    content = open_panel(f"{site}/showcase/loop/")
    shown = content.locator(".fsp-card:visible")
    expect(shown).to_have_count(4)
    content.locator(".fsp-findings summary").click()

    assert shown.count() > 4


def test_docs_of_a_rule(site, open_panel):
    content = open_panel(f"{site}/habits/raw/")

    link = content.get_by_role("link", name="About this rule (raw)")
    expect(link).to_have_attribute(
        "href",
        "https://github.com/django-signals-panel/"
        "django-signals-panel/blob/main/docs/findings.md#raw",
    )
    expect(link).to_have_attribute("target", "_blank")
