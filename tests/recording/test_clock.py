"""Times are real where a test has made time stand still."""

from __future__ import annotations

import datetime
import sys
import time

from django.dispatch import Signal
from freezegun import freeze_time

from signals_panel import record_signals

signal = Signal()
python_s = [time.perf_counter_ns]


def sleeps(**kwargs):
    # Frozen are the clocks that Python's modules offer, and not this.
    deadline = real_clock() + 2_000_000
    while real_clock() < deadline:
        pass


# An attribute that is no module's.
real_clock = next(iter([lambda read=time.perf_counter_ns: read()]))


def test_a_frozen_test(connect):
    connect(signal, sleeps)
    with freeze_time("1975-06-01"):
        assert datetime.datetime.now().year == 1975
        assert time.perf_counter_ns is not python_s[0]
        with record_signals() as recording:
            signal.send(sender=None)
    with record_signals() as across, freeze_time("2030-01-01"):
        signal.send(sender=None)

    for each in (recording, across):
        assert 2 <= each.totals.receiver_ms <= each.totals.duration_ms < 60_000


def test_all_modules_read_the_same_clock():
    clocks = {
        id(module.perf_counter_ns)
        for name, module in list(sys.modules.items())
        if name.startswith("signals_panel.") and hasattr(module, "perf_counter_ns")
    }
    assert len(clocks) == 1
    assert id(time.perf_counter_ns) not in clocks
