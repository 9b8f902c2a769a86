"""A file's path as it is on every machine: from the project's folder, or from its package."""

from __future__ import annotations

import os
from pathlib import PurePath

from django.conf import settings

from signals_panel.describe import is_project_file, modules_by_file


class Files:
    """Stable paths of source files; what is loaded is looked through once."""

    def __init__(self) -> None:
        self._modules: dict[str, str] | None = None
        base = getattr(settings, "BASE_DIR", None)
        self._base = (
            os.path.join(os.path.realpath(base), "") if isinstance(base, (str, PurePath)) else None
        )

    def path_of(self, path: str) -> str:
        """``shop/receivers.py`` of ``/srv/site/shop/receivers.py``; always with "/".

        A file of the project begins at ``BASE_DIR``. Everything else begins at its package, as
        do the project's files that lie elsewhere: where a program is started doesn't matter.
        """
        if path.startswith("<"):
            return path
        real = os.path.realpath(path)
        if self._base is not None and real.startswith(self._base) and is_project_file(path):
            inside = real[len(self._base) :]
        else:
            inside = self._from_package(path)
        return inside.replace(os.sep, "/")

    def _from_package(self, path: str) -> str:
        if self._modules is None:
            self._modules = modules_by_file()
        name = self._modules.get(path)
        parts = path.split(os.sep)
        # A file that no module came from has nothing that is the same everywhere but its name.
        length = 1 if name is None else name.count(".") + 1
        if name is not None and parts[-1].startswith("__init__."):
            length += 1
        return os.sep.join(parts[-length:])
