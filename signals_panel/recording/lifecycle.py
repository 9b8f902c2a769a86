"""Starting and ending recordings; while one is open, the probes are in place.

Their hooks come and go with the first recordings of a process, and stay from then on: from Python
3.13 on, a class that was changed about 1,000 times is never cached again by the interpreter, nor
are its subclasses. A hook that stays passes through after one look at the current node.

The probes are registered from outside (``signals_panel.probes``), so that recording knows
nothing of Django's seams.
"""

from __future__ import annotations

import itertools
import os
import weakref
from functools import partial
from threading import get_ident
from typing import Protocol, TypeVar

from signals_panel.describe import is_own_fault
from signals_panel.recording.adding import end_followed
from signals_panel.recording.current import current
from signals_panel.recording.facts import close, logger, take_fault
from signals_panel.recording.folding import give_up
from signals_panel.recording.lock import lock
from signals_panel.recording.nodes import Node, Root

R = TypeVar("R", bound=Root)


class Probe(Protocol):
    """A module that hooks one seam of Django."""

    def install(self) -> None:
        """Put the hook in place; called when the first recording begins."""

    def uninstall(self) -> None:
        """Take out what is still ours; called when the last recording ends."""

    def refresh(self) -> None:
        """Hook what has been imported meanwhile; called when one begins, and hooks have stayed."""


_probes: list[Probe] = []
# How often the hooks come and go; each time wears a class twice, and subclasses may be worn by
# each of their bases.
_MAX_COMINGS = 200
_comings = 0
_are_in_place = False
# One number for each recording that is open.
_users: set[int] = set()
_numbers = itertools.count()


def register(*probes: Probe) -> None:
    """Add probes; they are installed with the next first recording."""
    _probes.extend(probe for probe in probes if probe not in _probes)


def probes() -> list[Probe]:
    """Those that are registered."""
    return list(_probes)


def begin_recording(root: R) -> R:
    """Have the probes in place until the recording ends, or is lost without an end."""
    global _comings, _are_in_place
    number = next(_numbers)
    # A request whose response is never closed ends when nothing refers to it any more. Made
    # first: should a timeout be raised in here, it can still be ended.
    lost = weakref.finalize(root, _lose, number)
    lost.atexit = False
    root.release, root.forget = partial(_release, number), lost.detach
    with lock:
        _users.add(number)
        if len(_users) == 1:
            is_new = not _are_in_place
            _comings += is_new
            for probe in _probes:
                try:
                    (probe.install if is_new else probe.refresh)()
                except Exception as error:
                    if not take_fault(root, f"installing {probe.__class__.__name__}", error):
                        raise
            # At last: where a timeout has come in between, all are asked once more.
            _are_in_place = True
    return root


def end_recording(root: Root) -> None:
    """Close the recording and let go of the probes; a second time does nothing."""
    close(root)
    root.release()
    root.forget()
    try:
        end_followed(root)
    except Exception as error:
        if not take_fault(root, "effects that had not ended", error):
            raise


def dissolve(root: Root) -> None:
    """What a recording has counted goes to what is around it, if nothing of it is kept."""
    try:
        give_up(root)
    except Exception as error:
        if not take_fault(root, "a block's end", error):
            raise


def _release(number: int) -> None:
    with lock:
        _users.discard(number)
        _uninstall_unused()


def _lose(number: int) -> None:
    # By the garbage collector, which may run while this thread holds what a thread that holds
    # our lock waits for, as one that forks does. What isn't taken out now is so by the next.
    _users.discard(number)
    if lock.acquire(blocking=False):
        try:
            _uninstall_unused()
        finally:
            lock.release()


def _uninstall_unused() -> None:
    if not _users and _comings <= _MAX_COMINGS:
        _uninstall()


def _uninstall() -> None:
    global _are_in_place
    _are_in_place = False
    for probe in reversed(_probes):
        try:
            probe.uninstall()
        except Exception as error:
            if not is_own_fault(error):
                raise
            logger.exception("django-signals-panel failed to take out %r.", probe)


def remove_hooks() -> None:
    """Take out hooks that have stayed, as if nothing had been recorded yet.

    For tests that look at what is hooked. They come again with the next recording. Raises
    ``RuntimeError`` while something is recorded.
    """
    global _comings
    with lock:
        if _users:
            raise RuntimeError("Something is being recorded: its hooks can't be removed.")
        _comings = 0
        _uninstall()


# After a fork ---------------------------------------------------------------------------


def _hold() -> None:
    # So that no other thread is half-way through beginning or ending a recording. It isn't for
    # long; should it be, the child makes do with what it finds.
    if lock.acquire(timeout=1):
        _forking.add(get_ident())


def _let_go() -> None:
    if get_ident() in _forking:
        _forking.discard(get_ident())
        lock.release()


def _start_afresh() -> None:  # pragma: no cover - in a child, where coverage doesn't measure
    """The child has none of the parent's other threads, and records nothing yet."""
    _forking.clear()
    lock._at_fork_reinit()  # type: ignore[attr-defined] # of every lock that threading makes
    current.set(None)
    _users.clear()
    _uninstall()


# Threads that hold the lock while they fork.
_forking: set[int] = set()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_hold, after_in_parent=_let_go, after_in_child=_start_afresh)


def encloses(root: Root, node: Node) -> bool:
    """Whether a node is in a recording, or in a block in it."""
    found: Node | None = node
    while found is not None and found.root is not root:
        found = found.root.around
    return found is not None
