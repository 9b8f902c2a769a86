"""The panel as one HTML file, which needs no other: no script, no style sheet, no picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from signals_panel.conf import Config
from signals_panel.rendering.names import file_stem
from signals_panel.rendering.page import SHEETS, context
from signals_panel.wording import headline
from signals_panel.wording.taking import ABOUT, answered_text, made_with_text, request_title

# What is connected is of the process and not of the request; what changed, of another one, too.
_NOT_SAVED = frozenset({"connected", "compared"})

# Of the file; its own stand for the toolbar's.
SAVED_SHEETS = ("signals_panel/saved.css", *SHEETS)

_DARK = '[data-theme="dark"]'
_RULE = re.compile(r"[^{}]+\{[^{}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def panel_context(stats: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """The context of the panel's own template, for a file."""
    found = context(stats, config)
    if found["has_report"]:
        found["views"] = [view for view in found["views"] if view["id"] not in _NOT_SAVED]
        found["is_long"] = False
    return found


def page_context(
    stats: Mapping[str, Any], versions: Mapping[str, str], panel: str, styles: Iterable[str]
) -> dict[str, Any]:
    """The context of ``signals_panel/saved.html`` around the panel's HTML."""
    request = stats.get("request")
    return {
        "title": request_title(request),
        "answered": answered_text(request),
        "headline": headline(stats),
        "made_with": made_with_text(versions),
        "about": ABOUT,
        "panel": panel,
        "styles": _styles(styles),
    }


def file_name(request: Mapping[str, Any] | None) -> str:
    """``signals-get-shop-cascade-20261126-160322.html``: letters, digits and dashes alone."""
    return f"{file_stem(request)}.html"


def _styles(sheets: Iterable[str]) -> SafeString:
    """Style sheets as one, which follows the system's theme where they follow the toolbar's."""
    # An end tag has no place in a style sheet, whatever storage has given it.
    text = _COMMENT.sub("", "\n".join(sheets)).replace("</", "")
    dark = [rule.strip() for rule in _RULE.findall(text) if _DARK in rule.partition("{")[0]]
    follow = "\n".join(rule.replace(_DARK, "[data-theme]") for rule in dark)
    both = f"{text}\n@media screen and (prefers-color-scheme: dark) {{\n{follow}\n}}\n"
    return mark_safe(both)  # noqa: S308 - the panel's own
