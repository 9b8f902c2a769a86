"""Places in files as HTML: a link into the editor, or a button that copies ``path:line``."""

from __future__ import annotations

import os
from functools import cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe


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


def short_path(path: str) -> str:
    """A file's path from the folder it is installed in, or from the project's folder."""
    for installed in ("site-packages", "dist-packages"):
        # Before the project's: a virtual environment often stands inside the project.
        _, found, rest = path.rpartition(f"{os.sep}{installed}{os.sep}")
        if found:
            return rest
    for folder in _project_folders():
        if path.startswith(folder):
            return path[len(folder) :]
    return path


@cache
def _project_folders() -> tuple[str, ...]:
    base = getattr(settings, "BASE_DIR", None)
    folders = [str(base)] if isinstance(base, (str, os.PathLike)) else []
    return tuple(os.path.join(folder, "") for folder in [*folders, os.getcwd()])
