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
WIDTHS = {400: 800, 800: 900, 1280: 900, 1920: 1080}
PANEL = "#FiredSignalsPanel .fsp"


def open_panel(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("#djdt-FiredSignalsPanel > a").click()
    page.locator(f"{PANEL}-bar").wait_for()
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)


def show(page: Page, name: str) -> None:
    """Bring a part of the panel to the top of the window."""
    page.locator(name).first.evaluate("each => each.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(300)


def shots(page: Page, site: str):
    """Bring the page into each state worth a picture; yields its name."""
    open_panel(page, f"{site}/shop/cascade/")
    yield "cascade"
    show(page, f"{PANEL}-work")
    yield "timeline"
    page.locator("#fsp-tab-map").click()
    page.locator(f"{PANEL}-node").first.wait_for()
    show(page, f"{PANEL}-work")
    yield "map"
    # What it is compared with.
    page.goto(f"{site}/showcase/loop/")
    open_panel(page, f"{site}/showcase/loop/")
    yield "repeats"
    page.locator(".fsp-card a[data-goto]").first.click()
    page.locator(".fsp-detail").wait_for()
    page.wait_for_timeout(300)
    yield "details"
    for view in ("receivers", "signals", "not-called", "connected", "compared", "effects-sql"):
        page.locator(f"#fsp-tab-{view}").click()
        page.locator(f"#fsp-view-{view} tr").first.wait_for()
        show(page, f"{PANEL}-bar")
        yield view
    open_panel(page, f"{site}/showcase/loop/")
    page.locator("#fsp-tab-map").click()
    page.locator(f"{PANEL}-node").first.wait_for()
    show(page, f"{PANEL}-work")
    yield "map-of-repeats"
    open_panel(page, f"{site}/showcase/deferred/")
    show(page, f"{PANEL}-work")
    yield "deferred"
    open_panel(page, f"{site}/showcase/rolled-back/")
    yield "rolled-back"
    open_panel(page, f"{site}/showcase/prices/update/")
    yield "bypassed"
    open_panel(page, f"{site}/showcase/async/")
    show(page, f"{PANEL}-work")
    yield "async"
    open_panel(page, f"{site}/showcase/swallowed/")
    page.locator(".fsp-call:visible .fsp-open").first.click()
    page.locator(".fsp-detail").wait_for()
    page.wait_for_timeout(300)
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
                    # What is pointed at would be lit.
                    page.mouse.move(0, 0)
                    path = FOLDER / f"{name}-{scheme}-{width}.png"
                    page.screenshot(path=path)
                    print(path.relative_to(HERE.parent))
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
