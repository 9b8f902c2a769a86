"""Finished recordings whose report nobody has asked for yet.

Most requests' panels are never opened, and a report costs more than the recording it is made
of. So it is built when it is first read, wherever that can only be in this process: where the
toolbar's store is this process's memory, too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from signals_panel.recording import Recording

# Dispatches and queries, one by one: about the memory that a stored report may take. A request
# with more of them takes so long that its report doesn't matter.
_MAX_KEPT = 1_000


class Unopened:
    """Recordings of requests that the store knows, by their ids."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        """To be held from taking a recording until its report is stored."""
        self._recordings: dict[str, Recording] = {}

    def keep(self, request_id: str, recording: Recording, stored: Iterable[str]) -> bool:
        """Keep a recording, unless it is too large; of the others those still ``stored``."""
        if recording.kept > _MAX_KEPT:
            return False
        with self.lock:
            self._recordings[request_id] = recording
            for gone in self._recordings.keys() - set(stored):
                del self._recordings[gone]
        return True

    def take(self, request_id: str) -> Recording | None:
        """The recording, once; None if it was taken before, or isn't here."""
        with self.lock:
            return self._recordings.pop(request_id, None)

    def clear(self) -> None:
        """Forget all of them."""
        with self.lock:
            self._recordings.clear()
