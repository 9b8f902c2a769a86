"""A program driven step by step in Chromium, and what the panel says of each step's requests.

What is wrong is collected, so that one run tells all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from checking import dispatches, line_text, problems_of
from conftest import CHROMIUM, HOW_TO_GET_IT, launch_arguments, switch_history
from playwright.sync_api import Browser, Page, Response, sync_playwright
from serving import RESULTS, Site

from signals_panel.wording import finding_text

# Long enough for a busy machine; no wait in the browser is longer.
PATIENCE_MS = 20_000


class Driver:
    """One site in the browser: ``page`` is driven, another page looks at the panel."""

    def __init__(self, site: Site, variant: str, page: Page, viewer: Page) -> None:
        self.page = page
        self.problems: dict[str, None] = {}
        self.table: dict[str, None] = {}
        self.findings: dict[str, None] = {}
        self._site = site
        self._variant = variant
        self._viewer = viewer
        self._pictures = RESULTS / "screenshots" / variant
        self._steps = 0
        self._responses: list[Response] = []
        # Of documents and of what they fetch; one that redirects is a request of its own.
        page.on("response", lambda response: self._responses.append(response))

    def go(self, path: str) -> None:
        self.page.goto(self._site.address + path)
        self._settle()

    def _settle(self) -> None:
        """Wait for what the page fetches by itself."""
        self.page.wait_for_load_state("networkidle")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Whatever the page requests inside belongs to this step, and is checked after it."""
        self._steps += 1
        self._responses.clear()
        try:
            yield
            self._settle()
        except Exception:
            self.page.screenshot(path=self._pictures / "failed.png")
            raise
        shown = None
        for response in list(self._responses):
            method, url = response.request.method, response.url.removeprefix(self._site.address)
            problems = [f"status {response.status}"] if response.status >= 400 else []
            # Static files have none, nor have the toolbar's own requests.
            request_id = response.headers.get("djdt-request-id")
            if request_id is not None:
                report = self._report(request_id)
                self._note(name, report)
                problems += problems_of(report)
                # The last POST has the most to show, and what it redirects to the least.
                if shown is None or method == "POST":
                    shown = request_id
            self.problems.update(
                dict.fromkeys(f"{name}: {method} {url}: {problem}" for problem in problems)
            )
        assert shown is not None, f"{name}: no request was recorded"
        self._take_picture(name, shown)

    def _report(self, request_id: str) -> dict[str, Any]:
        answer = self.page.request.get(f"{self._site.address}/__report__/{request_id}/")
        assert answer.ok, answer.text()[:2000]
        return answer.json()

    def _note(self, step: str, report: dict[str, Any]) -> None:
        for signal, sender, line, via, _ in dispatches(report):
            told = [" | ".join([self._variant, step, signal, sender, line_text(line)])]
            told += [f"    via {line_text(other)}" for other in via]
            self.table["\n".join(told)] = None
        for found in report["findings"]:
            text = finding_text(found["code"], found["figures"])
            said = f"{found['code']}: {text.subject} {text.said}"
            self.findings[f"{self._variant} | {step} | {said}"] = None

    def _take_picture(self, name: str, request_id: str) -> None:
        """Open the panel as a developer does: in a page of the program, from the history."""
        self._viewer.goto(self._site.address + self._site.home)
        switch_history(self._viewer, request_id)
        self._viewer.locator("#djdt-FiredSignalsPanel > a").click()
        self._viewer.locator("#FiredSignalsPanel .fsp").get_by_role("tab").first.wait_for()
        file = f"{self._steps:02}-{name.replace(' ', '-')}.png"
        self._viewer.screenshot(path=self._pictures / file)


def _new_page(browser: Browser, site: Site) -> Page:
    """A page with cookies of its own, that asks nobody but the site."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(PATIENCE_MS)
    page.route(lambda url: not url.startswith(site.address), lambda route: route.abort())
    return page


@contextmanager
def driving(site: Site, *, middleware: bool) -> Iterator[Driver]:
    """Serve a site and drive it; in the end, tell the lines, and fail if anything was wrong."""
    if CHROMIUM is None:
        pytest.fail(HOW_TO_GET_IT)
    variant = f"{site.name}-middleware" if middleware else site.name
    with site.serving(middleware=middleware), sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        driver = Driver(site, variant, _new_page(browser, site), _new_page(browser, site))
        # The toolbar lies over what is to be clicked, unless it is hidden.
        driver.page.add_init_script("localStorage.setItem('djdt.show', 'false')")
        try:
            yield driver
        finally:
            table = "".join(f"{line}\n" for line in driver.table)
            with (RESULTS / "lines.txt").open("a", encoding="utf-8") as file:
                file.write(table)
            findings = "".join(f"{line}\n" for line in driver.findings)
            with (RESULTS / "findings.txt").open("a", encoding="utf-8") as file:
                file.write(findings)
            print(f"What the panel finds:\n{findings}")
            print(f"Signals, and the lines that the panel says sent them:\n{table}")
            print("Wrong:", *(driver.problems or ["nothing"]), sep="\n")
            browser.close()
    log = site.log.read_text("utf-8", "replace")
    assert "django-signals-panel failed" not in log, log
    assert not driver.problems, f"{len(driver.problems)} things are wrong, see below"
