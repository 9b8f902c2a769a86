"""Whose code is it: the project's, an installed package's, Django's, Python's or this panel's?"""

from __future__ import annotations

import os
import re
import sys
import sysconfig

_MAX_KNOWN = 20_000

OWN = os.path.join(os.path.dirname(os.path.dirname((lambda: None).__code__.co_filename)), "")
"""The folder of this package, as its code objects have it."""


def _folders(*names: str) -> tuple[str, ...]:
    """Python's folders of these names."""
    return tuple(
        sorted(
            {
                os.path.join(real, "")
                for name in names
                for path in [sysconfig.get_path(name)]
                if path
                # A virtual environment's library may be reached through a link.
                for real in (path, os.path.realpath(path))
            }
        )
    )


_PYTHONS = _folders("stdlib", "platstdlib")
_INSTALLED = _folders("purelib", "platlib")
_SITE_PACKAGES = re.compile(r"[/\\](site|dist)-packages[/\\]")


def is_project_file(path: str) -> bool:
    """Whether a file is the project's own: not Python's, not installed, not this panel's.

    What is typed at a prompt (``<stdin>``, ``<console>``, an IPython cell) is the project's.
    """
    known = _is_project.get(path)
    if known is None:
        if len(_is_project) >= _MAX_KNOWN:
            _is_project.clear()
        known = _is_project[path] = _judge(path)
    return known


_is_project: dict[str, bool] = {}


def _judge(path: str) -> bool:
    if path.startswith("<"):
        return path.startswith(("<stdin>", "<console>", "<ipython-input", "<python-input"))
    return not (is_installed(path) or path.startswith((*_PYTHONS, OWN)) or is_djangos(path))


def is_installed(path: str) -> bool:
    """Whether a file belongs to an installed package."""
    return path.startswith(_INSTALLED) or bool(_SITE_PACKAGES.search(path))


def is_library(path: str) -> bool:
    """Whether a file is of what this package itself is built on: Python's library, Django."""
    if path.startswith("<"):
        return path.startswith("<frozen ")
    return is_djangos(path) or (path.startswith(_PYTHONS) and not is_installed(path))


def is_djangos(path: str) -> bool:
    """Whether a file is Django's, or asgiref's."""
    # Django from a checkout, as its own contributors use it, is still Django.
    return path.startswith((_package_folder("django"), _package_folder("asgiref")))


def _package_folder(name: str) -> str:
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None) or name
    return os.path.join(os.path.dirname(file), "")
