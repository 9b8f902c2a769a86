"""What is looked for in the panel: axe's rules, the sizes of its controls, and what is too wide."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

PANEL = "#FiredSignalsPanel .fsp"
PANE = "#FiredSignalsPanel .fsp-inspector"
TITLE = "#FiredSignalsPanel .djDebugPanelTitle"

# All that axe runs by itself, its best practices included, and the size of targets.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
RUN = "([place, options]) => axe.run({ fromShadowDom: ['#djDebugRoot', place] }, options)"
RUN_ON_ALL = "([_, options]) => axe.run(options)"


def violations(page, place=PANEL):
    """What axe finds in a part of the toolbar, or in the whole page if that is None."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    results = page.evaluate(RUN if place else RUN_ON_ALL, [place, OPTIONS])
    return [
        (violation["id"], [node["html"][:200] for node in violation["nodes"]])
        for violation in results["violations"]
    ]


def small_targets(content):
    """Controls of less than 24 pixels, a checkbox with its label.

    What is in a line of text is left out: its height is that of the line, and what a row's name
    does is done by the whole row.
    """
    return content.evaluate(
        """panel => [...panel.querySelectorAll("button, input, select, summary, a.fsp-save")]
            .filter((each) => each.checkVisibility())
            .filter((each) => !each.matches(".fsp-open, .fsp-place, .fsp-link"))
            .filter((each) => {
                const target = each.type === "checkbox" ? each.closest("label") : each;
                const { width, height } = target.getBoundingClientRect();
                return width < 23.9 || height < 23.9;
            })
            .map((each) => each.outerHTML.slice(0, 120))"""
    )


def overhang(page):
    """By how many pixels the panel's content is wider than the panel."""
    return page.locator("#FiredSignalsPanel .djdt-scroll").evaluate(
        "scroll => scroll.scrollWidth - scroll.clientWidth"
    )


def unfold(place):
    """Open all that is folded and to be seen there."""
    place.locator("details:not([open]) > summary:visible").evaluate_all(
        "all => all.map((one) => one.click())"
    )
