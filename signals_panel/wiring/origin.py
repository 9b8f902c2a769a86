"""Whose code a receiver is: the project's, Django's, or another package's."""

from __future__ import annotations

import sys

from signals_panel.describe import ReceiverName, is_project_file

PROJECT, THIRD_PARTY, DJANGO = "project", "third-party", "django"


def origin_of(receiver: ReceiverName) -> str:
    """``project``, ``third-party`` or ``django``."""
    # A partial is whose it calls.
    name = receiver.text.removeprefix("partial(")
    package = name.partition(".")[0].rstrip(")")
    if package == "django":
        return DJANGO
    path = receiver.code.co_filename if receiver.code is not None else None
    if path is None:
        # Without Python code, its package tells.
        path = getattr(sys.modules.get(package), "__file__", None)
    if type(path) is not str:
        return THIRD_PARTY if package in sys.stdlib_module_names else PROJECT
    return PROJECT if is_project_file(path) else THIRD_PARTY


def is_djangos(receiver: ReceiverName) -> bool:
    """Whether a receiver is Django's own."""
    return receiver.text.startswith("django.")
