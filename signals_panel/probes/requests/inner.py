"""Requests inside requests.

A request that never ended leaves its recording in the context, where the thread goes on to the
next one. But a view, a middleware or a streamed body may also make requests itself, with the test
client: those are made inside its recording, which goes on afterwards.
"""

from __future__ import annotations

import sys
from threading import get_ident
from types import FrameType

from signals_panel.probes.requests.root import RequestRoot, running_task
from signals_panel.recording import current, encloses


def is_in_progress(recording: RequestRoot) -> bool:
    """Whether a request that begins now is made by this one."""
    here = current.get()
    if not recording.is_open or (here is not None and not encloses(recording, here)):
        return False
    if recording.place != (get_ident(), running_task()):
        # Work that was handed to another thread or task takes the context along; and where a
        # task has ended, asgiref gives it to those who have waited.
        task = recording.place[1] and recording.place[1]()
        if recording.place[1] is None or (task is not None and not task.done()):
            return True
    if recording.response is not None:
        # Its body may be on its way. One that nobody has any more isn't.
        return recording.response() is not None
    return is_waiting(recording)


def is_waiting(recording: RequestRoot) -> bool:
    """Whether this thread's stack is in the middle of making the response."""
    waiting = 0
    outer: RequestRoot | None = recording
    while outer is not None:
        waiting += outer.response is None and outer.place == recording.place
        outer = outer.previous
    return _number_served() >= waiting


def _number_served() -> int:
    """How many requests this thread's stack is in the middle of."""
    by_django = by_toolbar = 0
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name in ("get_response", "get_response_async"):
            by_django += frame.f_globals.get("__name__") == "django.core.handlers.base"
        elif code.co_name in ("__call__", "__acall__"):
            # A test may call its middleware without a handler.
            by_toolbar += frame.f_globals.get("__name__") == "debug_toolbar.middleware"
        frame = frame.f_back
    return max(by_django, by_toolbar)
