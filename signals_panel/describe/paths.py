"""A file's path as it is shown."""

from __future__ import annotations

import os
from functools import cache

from django.conf import settings


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
