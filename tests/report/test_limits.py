"""A report's limits: whatever was recorded, it is quickly built and small enough to store."""

from __future__ import annotations

import json
import time

from checked import built, check
from django.db import connection
from django.dispatch import Signal
from reports import build

from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.results import node_of

outer = Signal()
inner = Signal()


class Sender:
    """Who sends."""


class Other:
    """Another sender."""


def test_a_hundred_thousand_dispatches(connect):
    connect(outer, lambda sender, **kwargs: inner.send(sender=Other))
    connect(inner, lambda sender, **kwargs: None)
    with record_signals() as recording:
        for _ in range(50_000):
            outer.send(sender=Sender)
    begin = time.process_time()
    report_ = build(recording, Config())
    seconds = time.process_time() - begin

    assert report_["totals"]["dispatches"] == 100_000
    assert seconds < 1
    assert len(json.dumps(report_)) < 50_000
    check(report_)


def test_whatever_the_request_the_stored_report_is_below_512_kb(connect, db, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 5_000, "MAX_ROWS": 100_000, "SHOW_ARGUMENTS": True}
    long = "\N{SNOWMAN}" * 3_000

    def make(number):
        def receiver(sender, **kwargs):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT %s, {number} -- {long}", [long])
            raise ValueError(long)

        receiver.__qualname__ = f"r{number}_{long[:400]}"
        return receiver

    class Meta(type):
        pass

    signals = [Signal() for _ in range(300)]
    for number, signal in enumerate(signals):
        connect(signal, make(number))
    senders = [Meta(f"S{number}_{long[:300]}", (), {}) for number in range(300)]
    with record_signals() as recording:
        for signal, sender in zip(signals, senders, strict=True):
            for _ in range(3):
                signal.send_robust(sender=sender, instance=long)
            Signal().send(sender=sender)
    node_of(recording).faults.extend(long + str(number) for number in range(20))
    report_ = built(recording, max_rows=100_000)

    assert report_["totals"]["calls"] == 900
    assert len(json.dumps(report_)) < 512 * 1024
    assert report_["left_out"]["receivers"] > 0
    assert report_["rows"][-1]["kind"] == "more"
