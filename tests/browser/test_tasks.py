"""The nine things that people open the panel for: by mouse, counted, and by keyboard alone.

More questions, each about one rule, are in ``test_questions.py``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from looking import CASCADE, LOOP, call, tab, tool
from playwright.sync_api import expect

MS = r"[\d.,]+\sms"
ARTICLE = "/blog/publish/signal/"


class Task(NamedTuple):
    path: str
    # What to click, given the panel's content; None if the answer is there at once.
    way: object
    # Waits until the answer is to be seen.
    answer: object


def slowest(content):
    """Its name and its time, and its source beside them."""
    # Which one it is depends on the machine.
    rows = content.locator("#fsp-view-receivers tbody tr[data-ms]")
    name = rows.first.locator("b").text_content()
    card = content.locator(".fsp-card", has_text=name).first
    expect(card).to_be_visible()
    expect(card).to_contain_text(re.compile(MS))
    # The first card may be of another one, which took less and could save more.
    first = content.locator(".fsp-card a[data-goto] b").first.text_content()
    expect(content.locator(".fsp-inspector")).to_contain_text(f"def {first}")


def line_that_sent_it(content):
    sent = content.locator(".fsp-inspector .fsp-sending")
    expect(sent).to_contain_text(re.compile(r"shop/views\.py:\d+"))
    expect(sent).to_contain_text("product.save()")
    expect(content.locator("#fsp-inspected")).to_contain_text("log_product_change")


def repeated_queries(content):
    row = content.locator("#fsp-view-effects-sql tbody tr", has_text="INSERT INTO").first
    expect(row).to_be_visible()
    expect(row).to_contain_text("log_product_change ran 200 times, 1 query each")
    expect(row).to_contain_text("same query on every send (200×)")


def signal_or_view(content):
    expect(content.locator(".fsp-verdict")).to_contain_text(
        re.compile(rf"took {MS}; {MS} of it was receivers\.")
    )
    for part in ("Outside of receivers", "Receivers' Python", "SQL in receivers"):
        expect(content.locator(".fsp-verdict ~ .fsp-time li", has_text=part)).to_be_visible()


def why_not_called(content):
    row = content.locator("#fsp-view-not-called tbody tr", has_text="tidy").first
    expect(row).to_be_visible()
    expect(row).to_contain_text("nothing has imported notes.receivers")
    expect(row).to_contain_text("Import it in NotesConfig.ready().")


def done_after_the_commit(content):
    pane = content.locator(".fsp-inspector")
    expect(pane.locator("#fsp-inspected")).to_contain_text("tell_carrier")
    expect(pane).to_contain_text(re.compile(rf"was committed: it ran then, in {MS}"))
    expect(pane.locator(".fsp-where")).to_contain_text("HTTP")
    expect(pane.locator(".fsp-source")).to_contain_text("def tell_carrier")


def difference(content):
    expect(content.locator(".fsp-difference strong")).to_contain_text(
        "The same receivers and effects, "
    )
    expect(content.locator(".fsp-difference")).to_contain_text(f"since GET {ARTICLE} at ")


def copied(content):
    expect(tool(content, "Copied")).to_be_visible()
    text = content.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"# Signals of GET {CASCADE}\n")
    assert "shop.receivers.announce_to_api" in text


def advice(content):
    card = content.locator(".fsp-card", has=content.page.locator(".fsp-mark", has_text="slow"))
    expect(card.locator("strong").first).to_be_visible()
    expect(card.locator("strong").first).to_contain_text("leave the rest to a background job")


TASKS = {
    "which receiver is slow?": Task(CASCADE, None, slowest),
    "which line sent it?": Task(
        CASCADE,
        lambda content: call(content, "log_product_change").locator(".fsp-open"),
        line_that_sent_it,
    ),
    "how many queries, and are they repeated?": Task(
        LOOP, lambda content: tab(content, "Queries"), repeated_queries
    ),
    "is it the signal or my view?": Task(CASCADE, None, signal_or_view),
    "why didn't mine run?": Task(
        "/notes/write/", lambda content: tab(content, "Not called"), why_not_called
    ),
    "what did on_commit do?": Task(
        "/showcase/deferred/",
        lambda content: content.locator(".fsp-deferred", has_text="tell_carrier").locator(
            ".fsp-open"
        ),
        done_after_the_commit,
    ),
    "what changed since the previous request?": Task(
        ARTICLE, lambda content: tab(content, "Compared"), difference
    ),
    "how do I send it to a colleague?": Task(
        CASCADE, lambda content: tool(content, "Copy as Markdown"), copied
    ),
    "what should I do?": Task("/habits/slow/", None, advice),
}


@pytest.fixture(params=TASKS)
def task(request, page, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    task = TASKS[request.param]
    if task.answer is difference:
        page.goto(f"{site}{task.path}")
    return task


def test_by_mouse(site, open_panel, clicks, task):
    content = open_panel(f"{site}{task.path}")
    if task.way:
        task.way(content).click()

    task.answer(content)
    assert clicks() == (1 if task.way else 0)


def test_by_keyboard(site, page, messages, task):
    page.goto(f"{site}{task.path}")
    page.locator("#djdt-FiredSignalsPanel > a").focus()
    page.keyboard.press("Enter")
    content = page.locator("#FiredSignalsPanel .fsp")
    content.get_by_role("tab").first.wait_for()
    expect(page.locator("#FiredSignalsPanel signals-panel:focus")).to_have_count(1)
    if task.way:
        go_to(page, task.way(content))

    task.answer(content)
    assert messages == []


# How a keyboard gets to what is in a composite widget, and what does there what a click does.
PLACES = """target => target.closest("[role=tablist]") ? "tabs"
    : target.closest("[role=treegrid]") ? "tree"
    : target.closest(".djDebugPanelTitle") ? "title" : "content" """


def go_to(page, target):
    place = target.evaluate(PLACES)
    if place == "tabs":
        press(page, "Tab", page.locator(".fsp-bar [role=tab]:focus"))
        press(page, "ArrowRight", target)
        return  # A tab is shown when it has the focus.
    if place == "tree":
        press(page, "Tab", page.locator("[role=treegrid] tr:focus"))
        page.keyboard.press("Home")
        press(page, "ArrowDown", target.locator("xpath=ancestor::tr"))
    else:
        press(page, "Shift+Tab" if place == "title" else "Tab", target)
    page.keyboard.press("Enter")


def press(page, key, target):
    """Press a key until the target has the focus."""
    for _ in range(60):
        if target.count() and target.first.evaluate("each => each.matches(':focus')"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} doesn't lead to {target}")
