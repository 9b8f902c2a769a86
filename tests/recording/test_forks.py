"""A process that forks while other threads record."""

from __future__ import annotations

import os
import signal as os_signal
import threading

import pytest
from django.dispatch import Signal

from signals_panel import record_signals
from signals_panel.probes import requests
from signals_panel.recording import current, lifecycle
from signals_panel.recording.lock import lock

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork()"),
    # Which is what this is about.
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]

signal = Signal()


def in_a_child(function):
    """Run a function in a fork of this process; whether it came to its end, and held."""
    child = os.fork()
    if child == 0:
        # A test's own clean-up isn't for the child; and one that hangs is to die.
        status = 1
        try:
            # What SIGALRM does when nobody handles it.
            os_signal.alarm(10)
            status = 0 if function() else 2
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def records():
    with record_signals() as recording:
        signal.send(sender=None)
    return recording.totals[:2] == (1, 1)


def test_while_others_begin_and_end(connect):
    def hears(**kwargs):
        pass

    connect(signal, hears)
    stop = threading.Event()

    def busy():
        # A signal of their own: each has a lock of Django's, which the child may not get.
        theirs = Signal()
        theirs.connect(hears)
        while not stop.is_set():
            with record_signals():
                theirs.send(sender=None)

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        ended = [in_a_child(records) for _ in range(30)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert ended == [True] * 30


def test_the_child_has_no_hooks_and_records_nothing(connect):
    connect(signal, lambda **kwargs: None)
    django_s = vars(Signal)["send"]

    def begins_afresh():
        nobody = current.get() is None and requests.request_root.get() is None
        return nobody and vars(Signal)["send"] is django_s and records()

    with record_signals() as recording:
        assert vars(Signal)["send"] is not django_s
        assert in_a_child(begins_afresh)
        signal.send(sender=None)
    # The parent goes on.
    assert recording.totals[:2] == (1, 1)


def test_the_block_that_it_forks_in_ends_in_both(connect):
    def leaves():
        block.__exit__(None, None, None)
        return current.get() is None and records()

    connect(signal, lambda **kwargs: None)
    block = record_signals()
    block.__enter__()
    assert in_a_child(leaves)
    block.__exit__(None, None, None)


def test_a_lost_recording_waits_for_no_lock():
    """The collector ends it, in a thread that may hold what a thread that forks waits for."""
    lost = threading.Thread(target=lambda: lifecycle._lose(next(lifecycle._numbers)))
    with lock:
        lost.start()
        lost.join(5)
        assert not lost.is_alive()
