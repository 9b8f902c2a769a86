"""Each promise is checked without a recording, and with one in each of its ways."""

from __future__ import annotations

import pytest

from signals_panel import record_signals
from signals_panel.probes.signals import send as dispatch


@pytest.fixture(params=["plain", "recorded", "wrapped"])
def recorded(request, monkeypatch):
    """Every promise is checked without a recording too: it is Django's behaviour.

    With one, both by the loop for sync receivers and by wrapping each receiver.
    """
    if request.param == "plain":
        yield None
        return
    monkeypatch.setattr(dispatch, "IS_KNOWN", request.param == "recorded")
    with record_signals() as recording:
        yield recording
    assert recording.faults == []
