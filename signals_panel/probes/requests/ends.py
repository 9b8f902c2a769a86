"""Beginning and ending the recording of a request."""

from __future__ import annotations

from types import FrameType

from django.http.response import HttpResponseBase

from signals_panel.describe import is_interruption
from signals_panel.probes.requests.inner import is_in_progress, is_waiting
from signals_panel.probes.requests.root import BEFORE_VIEW, RequestRoot, request_root
from signals_panel.probes.transactions import note_open_transactions
from signals_panel.recording import (
    begin_recording,
    current,
    dissolve,
    encloses,
    end_recording,
    live,
    logger,
)

# More of one thread's or task's are never left open, one inside another.
_MAX_OPEN = 10


def begin_request() -> RequestRoot:
    """Begin the recording of a request in this context."""
    while (stale := request_root.get()) is not None and not is_in_progress(stale):
        end_request(stale)
    _drop_oldest()
    before = outer = current.get()
    # One request is not part of another, but both may be part of one block.
    while outer is not None and isinstance(outer.root, RequestRoot):
        outer = outer.root.around
    if outer is not None:
        outer = live(outer)
    recording = RequestRoot(outer)
    try:
        begin_recording(recording)
        note_open_transactions(recording)
        request_root.set(recording)
        recording.resume(BEFORE_VIEW)
    except BaseException:
        # Interrupted by a timeout, say.
        end_recording(recording)
        request_root.set(recording.previous)
        current.set(before)
        raise
    return recording


def end_request(recording: RequestRoot) -> None:
    """End a request's recording, and restore the context to what it was before."""
    here = current.get()
    try:
        _close(recording)
    finally:
        previous = recording.previous
        while previous is not None and not previous.is_open:
            previous = previous.previous
        request_root.set(previous)
        if here is None or encloses(recording, here):
            # A block around the request may have ended without it.
            here = recording.before and live(recording.before)
        current.set(here)
        dissolve(recording)
        # While it is known what is around it.
        recording.budget.toolbar.settle()
        # It may be kept for a while, and they needn't.
        recording.before = recording.previous = recording.paused_in = None


def _close(recording: RequestRoot) -> None:
    """End a recording, and tell the panel."""
    end_recording(recording)
    callback, recording.on_end = recording.on_end, None
    if callback is not None:
        current.set(None)
        try:
            callback()
        except Exception as error:
            # The store may be the program's own, and broken.
            if is_interruption(error):
                raise
            logger.exception("django-signals-panel failed to store what came after the response.")


def _drop_oldest() -> None:
    """Responses that are kept, and never closed, leave a recording open each."""
    recordings = [request_root.get()]
    while (last := recordings[-1]) is not None:
        recordings.append(last.previous)
    if len(recordings) > _MAX_OPEN:
        oldest, inner = recordings[-2], recordings[-3]
        if oldest is not None and inner is not None:
            here = current.get()
            try:
                _close(oldest)
            finally:
                current.set(here)
            inner.previous = None


def find_closed(frame: FrameType) -> RequestRoot | None:
    """The recording that ends with the response that ``frame`` closes."""
    innermost = request_root.get()
    if frame.f_code is not HttpResponseBase.close.__code__:
        return innermost
    response = frame.f_locals.get("self")
    found = innermost
    while found is not None and not (
        found.is_open and found.response is not None and found.response() is response
    ):
        found = found.previous
    if found is None:
        if innermost is not None and innermost.response is None and is_waiting(innermost):
            # Another response: that of this request is still being made.
            return None
        # A middleware may have put another response in its place.
        return innermost
    while (inner := request_root.get()) is not None and inner is not found:
        # Made inside of it, and never closed.
        end_request(inner)
    return found
