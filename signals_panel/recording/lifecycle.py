"""Starting and ending recordings; the probes are in place exactly while one is open.

The probes are registered from outside (``signals_panel.probes``), so that recording knows
nothing of Django's seams.
"""

from __future__ import annotations

import contextlib
import weakref
from contextvars import Token
from types import TracebackType
from typing import Protocol, TypeVar

from signals_panel.recording.adding import live
from signals_panel.recording.current import current
from signals_panel.recording.lock import lock
from signals_panel.recording.nodes import Node
from signals_panel.recording.recording import Recording, logger

R = TypeVar("R", bound=Recording)


class Probe(Protocol):
    """A module that hooks one seam of Django."""

    def install(self) -> None:
        """Put the hook in place; called when the first recording begins."""

    def uninstall(self) -> None:
        """Take out what is still ours; called when the last recording ends."""


_probes: list[Probe] = []
_users = 0


def register(*probes: Probe) -> None:
    """Add probes; they are installed with the next first recording."""
    _probes.extend(probe for probe in probes if probe not in _probes)


def begin(recording: R) -> R:
    """Have the probes in place until the recording ends, or is lost without an end."""
    global _users
    with lock:
        _users += 1
        if _users == 1:
            for probe in _probes:
                try:
                    probe.install()
                except Exception as error:
                    recording.add_fault(f"installing {probe.__class__.__name__}", error)
    # A request whose response is never closed ends when nothing refers to it any more.
    lost = weakref.finalize(recording, _release)
    lost.atexit = False
    recording._release = lost
    return recording


def end(recording: Recording) -> None:
    """Close the recording and let go of the probes; a second time does nothing."""
    recording.close()
    recording._release()


def _release() -> None:
    global _users
    with lock:
        _users -= 1
        if _users == 0:
            for probe in reversed(_probes):
                try:
                    probe.uninstall()
                except Exception:
                    logger.exception("django-signals-panel failed to take out %r.", probe)


class record_signals:
    """Record every signal sent in this block, by this thread or task and those it starts.

    Works in sync and in async code::

        with record_signals() as recording:
            Product.objects.create(name="Laptop")

    A block inside another, or inside a request that the panel records, is seen by both.
    A thread started with ``threading.Thread`` has a context of its own and isn't followed;
    ``asyncio.to_thread``, ``sync_to_async`` and tasks are.
    """

    _recording: Recording
    _token: Token[Node | None]

    def __enter__(self) -> Recording:
        if hasattr(self, "_token"):
            raise RuntimeError("A record_signals() is for one block; call it again for another.")
        outer = current.get()
        if outer is not None:
            outer = live(outer)
        self._recording = begin(Recording(outer))
        self._token = current.set(self._recording)
        return self._recording

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            self._recording.ended_by(error)
        self._recording.settle_failures()
        end(self._recording)
        # Left in another context than entered, as a generator can be, there is nothing of
        # ours to take back.
        with contextlib.suppress(ValueError):
            current.reset(self._token)
