"""Responses that are closed late or never: a recording that outlives its place in the code."""

from __future__ import annotations

import pytest
from django.core.signals import request_finished, request_started
from django.dispatch import Signal

from signals_panel import record_signals
from signals_panel.recording import current
from signals_panel.results import node_of

# Django's own receivers of both signals look after the connections.
pytestmark = pytest.mark.django_db(transaction=True)

signal = Signal()


def sent(recording):
    return sum(dispatch.signal == f"{__name__}.signal" for dispatch in recording.walk())


def test_the_next_block_goes_on_after_a_request_that_was_never_closed(connect):
    connect(signal, lambda **kwargs: None)
    with record_signals():
        request_started.send(None)
    with record_signals() as recording:
        signal.send(None)
        request_started.send(None)
        signal.send(None)
        request_finished.send(None)
        signal.send(None)
        assert current.get() is node_of(recording)
    assert sent(recording) == 3


def test_a_block_goes_on_after_a_response_closed_late_in_it(connect):
    connect(signal, lambda **kwargs: None)
    with record_signals():
        request_started.send(None)
    with record_signals() as recording:
        request_finished.send(None)
        signal.send(None)
        assert current.get() is node_of(recording)
    assert [dispatch.signal for dispatch in recording.dispatches] == [
        "django.core.signals.request_finished",
        f"{__name__}.signal",
    ]
