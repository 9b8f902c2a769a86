"""Words are kept for each object, as long as it lives."""

from __future__ import annotations

from django.dispatch import Signal

from signals_panel.describe import SignalName
from signals_panel.describe.objects import WordCache


def test_the_first_name_stays():
    """Threads may name an object at once; dispatches are told apart by the names' identity."""
    signal = Signal()
    first, second = SignalName(signal), SignalName(signal)
    cache = WordCache()

    assert cache.add(signal, first) is first
    assert cache.add(signal, second) is first
    del signal
    assert len(cache) == 0
