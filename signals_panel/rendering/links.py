"""Places in files as HTML: a link into the editor, or a button that copies ``path:line``."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from signals_panel.describe import short_path


def place_html(line: list[Any], editor_url: str) -> SafeString:
    """A line of the report's ``lines`` as a link or button: ``shop/views.py:12``."""
    path, number = line[0], line[1]
    # A long path breaks after a folder.
    folders = escape(f"{short_path(path)}:{number}").replace("/", "/<wbr>")
    shown = mark_safe(folders)  # noqa: S308 - no entity has a slash in it
    full = f"{path}:{number}"
    if not editor_url:
        return format_html(
            '<button type="button" class="fsp-place" data-copy="{}" title="Copy {}">{}</button>',
            full, full, shown,
        )  # fmt: skip
    # A path with a space or a question mark is still one path.
    url = editor_url.replace("{path}", quote(path, safe="/:\\")).replace("{line}", str(number))
    return format_html(
        '<a class="fsp-place" href="{}" title="Open {}">{}</a>', url, full, shown
    )  # fmt: skip
