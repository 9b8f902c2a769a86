"""Whose code a receiver is: the project's, Django's, or another package's."""

from __future__ import annotations

import sys

from signals_panel.describe import ReceiverName, is_project_file, namespace

PROJECT, THIRD_PARTY, DJANGO = "project", "third-party", "django"

_NOT_THE_PROGRAMS = ("signals_panel.", "debug_toolbar.")


def is_the_programs(path: str) -> bool:
    """Whether a receiver or signal is part of the program; the panel's and toolbar's aren't."""
    return not path.startswith(_NOT_THE_PROGRAMS)


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
    return _of_file(path, package)


def origin_of_signal(name: str) -> str:
    """``project``, ``third-party`` or ``django``: whose module defines the signal of this name."""
    package = name.partition(".")[0]
    if package == "django":
        return DJANGO
    # A signal may be the attribute of a class: its module's name is one of the beginnings.
    module = name
    while module not in sys.modules and "." in module:
        module = module.rpartition(".")[0]
    return _of_file(namespace(sys.modules.get(module)).get("__file__"), package)


def _of_file(path: object, package: str) -> str:
    if type(path) is not str:
        return THIRD_PARTY if package in sys.stdlib_module_names else PROJECT
    return PROJECT if is_project_file(path) else THIRD_PARTY


def is_djangos(receiver: ReceiverName) -> bool:
    """Whether a receiver is Django's own."""
    return receiver.text.startswith("django.")
