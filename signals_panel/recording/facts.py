"""Facts of a recording besides its cascade: faults, failures, and sends that can't be shown.

And when it ends.
"""

from __future__ import annotations

import logging
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import (
    SignalName,
    cause_of,
    context_of,
    error_text,
    is_interruption,
    is_own_fault,
)
from signals_panel.recording.failures import CAUGHT, ENDED, PASSED_ON, Failure
from signals_panel.recording.lock import lock
from signals_panel.recording.nodes import Root
from signals_panel.recording.walking import with_blocks

logger = logging.getLogger("signals_panel")

_MAX_FAULTS = 20
_MAX_FAILURES = 200
_MAX_UNRECORDED = 100
_MAX_COLLECTED = 200
# Exceptions that led to one another.
_MAX_CHAIN = 20


def close(root: Root) -> None:
    """End a recording. What still runs in it is recorded by what is around it, if anything is."""
    root.is_open = False
    root.open_unheard = {}
    root.end = root.end or perf_counter_ns()


# What receivers raised ------------------------------------------------------------------


def add_failure(root: Root, failure: Failure) -> None:
    """Remember what a receiver raised, as long as there are not too many."""
    for earlier in root.failures:
        is_same = earlier.exception_id == failure.exception_id
        if is_same and earlier.fate == PASSED_ON and not failure.is_nested:
            # That exception is gone, and this one is in its place.
            earlier.fate = CAUGHT
    if len(root.failures) < _MAX_FAILURES:
        root.failures.append(failure)


def end_failures(root: Root, error: BaseException) -> None:
    """The view, middleware or block that is recorded ended with this exception.

    What receivers had raised is found among it and what led to it.
    """
    chain: list[BaseException] = []
    following: BaseException | None = error
    # The chain may lead back to itself, and exceptions may have an __eq__ of their own.
    while following is not None and len(chain) < _MAX_CHAIN:
        chain.append(following)
        cause = cause_of(following)
        following = cause if cause is not None else context_of(following)
    texts = [error_text(each) for each in chain]
    for each in with_blocks(root):
        for failure in each.failures:
            if failure.fate == PASSED_ON and any(map(failure.is_of, chain, texts)):
                failure.fate = ENDED


def settle_failures(root: Root) -> None:
    """What has been raised and ended nothing was caught by somebody."""
    for each in with_blocks(root):
        for failure in each.failures:
            if failure.fate == PASSED_ON:
                failure.fate = CAUGHT
        # Their ids may be others' from now on.
        each.failures.clear()


# What can't be shown --------------------------------------------------------------------


def note_bulk(root: Root, operation: str, model: str) -> None:
    """A bulk operation ran."""
    if len(root.bulk) < _MAX_UNRECORDED:
        root.bulk[operation, model] = None


def count_unrecorded(root: Root, signal: SignalName, reason: str) -> None:
    """Count a send that couldn't be recorded."""
    with lock:
        key = (signal, reason)
        if key in root.unrecorded or len(root.unrecorded) < _MAX_UNRECORDED:
            root.unrecorded[key] = root.unrecorded.get(key, 0) + 1


def count_no_room(root: Root, what: str) -> None:
    """Count one more of what there was no room for."""
    with lock:
        root.no_room[what] = root.no_room.get(what, 0) + 1


def add_collected(root: Root, collected: list[tuple[SignalName, Any]]) -> None:
    """Remember receivers that were gone when their signal was sent, while there is room."""
    room = max(0, _MAX_COLLECTED - len(root.collected))
    root.collected.extend(collected[:room])


# Faults ---------------------------------------------------------------------------------


def take_fault(root: Root, where: str, error: BaseException) -> bool:
    """Whether an exception is a fault of our own, which is then remembered.

    If it isn't, it is the program's, and for the caller to raise again.
    """
    is_own = is_own_fault(error)
    if is_own:
        add_fault(root, where, error)
    return is_own


def add_fault(root: Root, where: str, error: BaseException) -> None:
    """Remember an error of our own, and log the first of its kind."""
    try:
        fault = f"{where}: {error_text(error)}"
        if keep_fault(root, fault):
            logger.error(
                "django-signals-panel failed in %s; the request goes on without it.",
                where,
                exc_info=error,
            )
    except Exception as raised:
        # A logger that raises must not reach the user's request.
        if is_interruption(raised):
            raise


def keep_fault(root: Root, fault: str) -> bool:
    """Keep it, unless it is known or one too many."""
    is_new = fault not in root.faults and len(root.faults) < _MAX_FAULTS
    if is_new:
        root.faults.append(fault)
    return is_new
