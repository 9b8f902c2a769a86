"""A panel that is opened before its report is there."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

WAITING = """
<signals-panel class="fsp" data-css="/static/signals_panel/panel.css" data-waiting
  data-request-id="{id}" data-content-url="/__debug__/fired_signals/content/">
  <p role="status">The response is still being sent.</p>
</signals-panel>
"""


@pytest.fixture
def waiting(site, page):
    """A page whose panel has to wait; gives the panel."""

    def early(route):
        answer = route.fetch()
        data = answer.json()
        request_id = re.search(r"request_id=([\w-]+)", route.request.url)[1]
        route.fulfill(
            response=answer,
            body=json.dumps({**data, "content": WAITING.format(id=request_id)}),
        )

    def open_it():
        page.route(re.compile(r"render_panel/.*FiredSignalsPanel"), early)
        page.goto(f"{site}/shop/cascade/")
        page.locator("#djdt-FiredSignalsPanel > a").click()
        return page.locator("#FiredSignalsPanel .fsp")

    return open_it


def test_it_is_there_when_its_report_is(page, waiting):
    asked = []

    def later(route):
        asked.append(route.request.url)
        if len(asked) < 3:
            content = WAITING.format(id=re.search(r"request_id=([\w-]+)", asked[-1])[1])
            route.fulfill(json={"content": content})
        else:
            route.continue_()

    page.route("**/fired_signals/content/**", later)
    panel = waiting()

    expect(panel.get_by_role("status")).to_have_text("The response is still being sent.")
    expect(panel.get_by_role("tab", name="Cascade")).to_be_visible()
    expect(panel.locator(".fsp-cascade")).to_contain_text("log_product_change")
    assert len(asked) == 3


def test_it_gives_up_and_says_so(page, waiting):
    page.route(
        "**/fired_signals/content/**",
        lambda route: route.fulfill(json={"content": WAITING.format(id="x")}),
    )
    page.clock.install()
    panel = waiting()
    expect(panel).to_be_visible()
    said = "This request's signals are not available yet. Open the panel again."
    # The script may have come a moment later, and answers take time that isn't the page's.
    for _ in range(100):
        page.clock.run_for(1_000)
        if panel.get_by_role("status").text_content() == said:
            break

    expect(panel.get_by_role("status")).to_have_text(said)


def test_it_says_so_where_the_request_is_gone(page, waiting):
    page.route("**/fired_signals/content/**", lambda route: route.fulfill(status=404, body=""))
    panel = waiting()

    expect(panel.get_by_role("status")).to_contain_text("are not available yet")
