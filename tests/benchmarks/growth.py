"""Whether the thousandth dispatch of a recording costs more than the first.

Sizes take turns within each round. Beyond 10,000 a recording folds. With the collector off it
shows what our own code does; with it on, also what many living objects cost.
"""

import contextlib
import gc

from django.dispatch import Signal

from benchmarks.rounds import Measured, Row, clock
from signals_panel import record_signals

SIZES = (100, 1_000, 10_000, 100_000)


class Sender:
    """Sends."""


def _receive(sender, **kwargs):
    pass


_signal = Signal()
_signal.connect(_receive)


def _cost(size, around, collects):
    gc.collect()
    if not collects:
        gc.disable()
    try:
        with around():
            send = _signal.send
            start = clock()
            for _ in range(size):
                send(Sender, instance=None)
            return (clock() - start) / size
    finally:
        gc.enable()


def measured(rounds):
    """Nanoseconds for one dispatch, by "size" for recording and "django-size" without."""
    for collects in (False, True):
        title = "recording, gc on" if collects else "recording"
        row = Row("growth", "gc" if collects else "plain", title, 1, contextlib.nullcontext)
        result = Measured(row)
        for _ in range(rounds):
            for size in SIZES:
                # As many small recordings as make a measurable time; their median counts.
                repeats = max(1, 2_000 // size)
                for key, around in (
                    (f"django-{size}", contextlib.nullcontext),
                    (str(size), record_signals),
                ):
                    costs = sorted(_cost(size, around, collects) for _ in range(repeats))
                    result.ns.setdefault(key, []).append(costs[len(costs) // 2])
        yield result
