"""Finished recordings whose report nobody has asked for yet.

Most requests' panels are never opened, and a report costs more than the recording it is made
of. So it is built when it is first read, wherever that can only be in this process: where the
toolbar's store is this process's memory, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from signals_panel.recording import Recording
from signals_panel.report.connections import Connections

# Dispatches and queries, one by one: some hundred kilobytes, like a stored report. A request
# with more of them takes so long that its report doesn't matter.
_MAX_KEPT = 500


class Finished(NamedTuple):
    """A recording that has ended, and what was connected by then."""

    recording: Recording
    connections: Connections


class Unopened:
    """Recordings of requests that the store knows, by their ids."""

    def __init__(self) -> None:
        self._finished: dict[str, Finished] = {}

    def keep(self, request_id: str, finished: Finished, stored: Iterable[str]) -> None:
        """Keep it; of the others those that are still ``stored``."""
        self._finished[request_id] = finished
        for gone in self._finished.keys() - set(stored):
            self._finished.pop(gone, None)

    def take(self, request_id: str) -> Finished | None:
        """What was kept, once; None if it was taken before, or isn't here."""
        return self._finished.pop(request_id, None)

    def clear(self) -> None:
        """Forget all of them."""
        self._finished.clear()


def is_small(recording: Recording) -> bool:
    """Whether a recording may wait: it holds little, and nothing around it."""
    return recording.kept <= _MAX_KEPT and not recording.is_full and recording._around is None
