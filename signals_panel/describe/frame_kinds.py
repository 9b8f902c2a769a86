"""What a frame is to the search for the line that sent: the project's, the framework's, its end."""

from __future__ import annotations

import asyncio
from fnmatch import fnmatchcase
from types import CodeType
from typing import Any

from asgiref.sync import SyncToAsync

from signals_panel.conf import get_config
from signals_panel.describe.owners import OWN, is_djangos, is_installed, is_project_file

PASS, PROJECT, PACKAGE, DJANGO, OURS, STOP = range(6)

# Frames further out than these didn't lead here: a thread or an event loop does work that was
# handed to it.
HANDED_OVER = frozenset(
    {
        id(asyncio.Handle._run.__code__),
        id(SyncToAsync.thread_handler.__code__),
    }
)

# Likewise these: Django calls a view or a middleware, a command or a task begins. By the end of
# their file's path and their name, since none but the first few need be installed.
_BEGINNINGS = frozenset(
    {
        ("django/core/handlers/base.py", "_get_response"),
        ("django/core/handlers/base.py", "_get_response_async"),
        ("django/core/handlers/exception.py", "inner"),
        ("django/core/management/base.py", "run_from_argv"),
        ("django/tasks/backends/immediate.py", "_execute_task"),
        ("celery/app/trace.py", "trace_task"),
        ("dramatiq/worker.py", "process_message"),
        ("huey/api.py", "_execute"),
        ("rq/job.py", "_execute"),
    }
)
_BEGINNING_NAMES = frozenset(name for _, name in _BEGINNINGS)

# Their frames are never the line, though they are neither Django's nor Python's: they stand
# around the program's code and call it.
_AROUND = frozenset({"asgiref", "debug_toolbar", "django", "sentry_sdk", "signals_panel"})


def is_beginning(code: CodeType) -> bool:
    """Whether a view, a middleware, a command or a task is called here."""
    if code.co_name not in _BEGINNING_NAMES:
        return False
    path = code.co_filename.replace("\\", "/")
    return any(name == code.co_name and path.endswith(f"/{end}") for end, name in _BEGINNINGS)


def kind_of(code: CodeType, module: Any) -> int:
    """What a code object of a module with this name is; the name may be anything."""
    path = code.co_filename
    if path.startswith(OWN):
        return OURS
    if id(code) in HANDED_OVER or is_beginning(code):
        return STOP
    if type(module) is str and _is_skipped(module):
        return PASS
    if is_project_file(path):
        return PROJECT
    if path.startswith("<"):
        return PASS
    package = module.partition(".")[0] if type(module) is str else ""
    if is_djangos(path) or package in _AROUND:
        # An app of Django's is an app like any other; the rest is the framework.
        if type(module) is str and module.startswith("django.contrib."):
            return PACKAGE
        is_core = type(module) is str and module.startswith(("django.db.", "django.dispatch."))
        return PASS if is_core or package != "django" else DJANGO
    return PACKAGE if is_installed(path) else PASS


def _is_skipped(module: str) -> bool:
    """Whether ``SKIP_MODULES`` names this module, or a package that it is in."""
    patterns = get_config().skip_modules
    while patterns and module:
        if any(fnmatchcase(module, pattern) for pattern in patterns):
            return True
        module = module.rpartition(".")[0]
    return False
