"""Counting dispatches that nobody heard: they are too many, and too cheap, to be kept."""

from __future__ import annotations

from collections.abc import Iterator

from signals_panel.describe import NO_SENDER, SignalName
from signals_panel.recording.lock import lock

# Wide enough for any real program; bounded when every sender is a new one.
_MAX_KEYS = 2_000

OTHER_SIGNALS = None
"""Stands for all signals that had no room."""

BySignal = dict["SignalName | None", dict[str, int]]


class Unheard:
    """How often each signal was sent by each sender with no receiver to hear it."""

    __slots__ = ("_room", "counts")

    def __init__(self) -> None:
        # By signal, then by sender, NO_SENDER for none. The probe on the dispatcher adds one
        # to what it finds in here by itself.
        self.counts: BySignal = {}
        self._room = _MAX_KEYS

    def add(self, signal: SignalName | None, sender: str | None, number: int = 1) -> None:
        """Count dispatches."""
        name = sender or NO_SENDER
        with lock:
            if name not in self.counts.get(signal, ()):
                if self._room:
                    self._room -= 1
                else:
                    signal, name = OTHER_SIGNALS, NO_SENDER
            by_sender = self.counts.setdefault(signal, {})
            by_sender.setdefault(name, 0)
            # In one go, as the probe does it: it doesn't take the lock.
            by_sender[name] += number

    def add_all(self, other: Unheard) -> None:
        """Take over the counts of another."""
        for signal, sender, number in other:
            self.add(signal, sender, number)

    def __iter__(self) -> Iterator[tuple[SignalName | None, str | None, int]]:
        # Copies: the recording may still be going on in another thread.
        for signal, by_sender in list(self.counts.items()):
            for sender, number in list(by_sender.items()):
                yield signal, sender or None, number
