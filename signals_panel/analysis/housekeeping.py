"""What Django itself does at the beginning and end of every request."""

from __future__ import annotations

from signals_panel.describe import SignalName
from signals_panel.recording import CallKey, Group
from signals_panel.wiring import is_djangos

_REQUEST_SIGNALS = frozenset(
    {"django.core.signals.request_started", "django.core.signals.request_finished"}
)


def is_of_request(signal: SignalName) -> bool:
    """Whether it is sent at the beginning or end of every request."""
    return str(signal) in _REQUEST_SIGNALS


def is_housekeeping(dispatch: Group, call: Group) -> bool:
    """Whether this is what Django itself does at the beginning and end of every request."""
    return is_of_request(dispatch.key.signal) and is_djangos(call.key.receiver)


def is_all_housekeeping(dispatch: Group) -> bool:
    """Whether a dispatch called nothing else."""
    calls = list(dispatch.of(CallKey))
    return bool(calls) and all(is_housekeeping(dispatch, call) for call in calls)
