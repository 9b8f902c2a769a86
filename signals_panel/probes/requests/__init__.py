"""Requests: their recordings, from ``request_started`` to ``request_finished``."""

from signals_panel.probes.requests.ends import begin_request, end_request
from signals_panel.probes.requests.hooks import SignalHook, probe, start_hook
from signals_panel.probes.requests.root import (
    AFTER_RESPONSE,
    BEFORE_VIEW,
    RESPONSE_BODY,
    VIEW,
    RequestRoot,
    request_root,
)

__all__ = [
    "AFTER_RESPONSE",
    "BEFORE_VIEW",
    "RESPONSE_BODY",
    "VIEW",
    "RequestRoot",
    "SignalHook",
    "begin_request",
    "end_request",
    "probe",
    "request_root",
    "start_hook",
]
