"""Make the pictures in docs/screenshots: each view, light and dark, narrow and wide.

    make screenshots

Needs Chromium. The names say what they show: ``cascade-dark-1920.png``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "docs" / "screenshots"
sys.path.insert(0, str(HERE / "browser"))

from conftest import launch_arguments, serving  # noqa: E402 - from the folder added above

SCHEMES = ["light", "dark"]
WIDTHS = {800: 900, 1280: 900, 1920: 1080}


def open_panel(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("#djdt-FiredSignalsPanel > a").click()
    page.locator("#FiredSignalsPanel .fsp-tabs").wait_for()
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(200)


def shots(page: Page, site: str):
    """Bring the page into each state worth a picture; yields its name."""
    open_panel(page, f"{site}/shop/cascade/")
    yield "cascade"
    open_panel(page, f"{site}/showcase/loop/")
    yield "repeats"
    page.locator(".fsp-card a[data-goto]").first.click()
    page.locator(".fsp-detail").wait_for()
    page.wait_for_timeout(100)
    yield "details"
    page.locator(".fsp-details").evaluate("row => row.previousElementSibling.focus()")
    for view in ("receivers", "signals", "effects-sql"):
        page.locator(f"#fsp-tab-{view}").click()
        page.locator("#FiredSignalsPanel .djdt-scroll").evaluate("scroll => scroll.scrollTo(0, 0)")
        yield view
    open_panel(page, f"{site}/showcase/deferred/")
    yield "deferred"
    open_panel(page, f"{site}/showcase/rolled-back/")
    yield "rolled-back"
    open_panel(page, f"{site}/showcase/prices/update/")
    yield "bypassed"
    open_panel(page, f"{site}/showcase/async/")
    yield "async"
    open_panel(page, f"{site}/showcase/swallowed/")
    page.locator(".fsp-call:visible .fsp-open").first.click()
    page.locator(".fsp-detail").wait_for()
    yield "error"
    open_panel(page, f"{site}/showcase/nothing/")
    yield "empty"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**launch_arguments())
        for scheme in SCHEMES:
            for width, height in WIDTHS.items():
                page = browser.new_page(
                    color_scheme=scheme, viewport={"width": width, "height": height}
                )
                for name in shots(page, site):
                    path = FOLDER / f"{name}-{scheme}-{width}.png"
                    page.screenshot(path=path)
                    print(path.relative_to(HERE.parent))
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
