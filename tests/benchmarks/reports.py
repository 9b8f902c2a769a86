"""What a report takes: time, bytes, and the memory of the recording it is made from."""

import functools
import gc
import json
import statistics
import tracemalloc
from dataclasses import dataclass

import every_kind
from django.dispatch import Signal
from reports import build

from benchmarks import loads
from benchmarks.rounds import clock
from signals_panel import record_signals
from signals_panel.analysis import analyse
from signals_panel.conf import get_config
from signals_panel.findings import findings


@dataclass(frozen=True)
class Made:
    """One report."""

    title: str
    number: int
    ms: float
    size: int
    rules_ms: float
    """What the rules took of it."""


def _judge(recording):
    analysis, config = analyse(recording), get_config()
    start = clock()
    findings(analysis, config)
    return (clock() - start) / 1e6


def _make(recording):
    start = clock()
    text = json.dumps(build(recording, get_config()))
    return (clock() - start) / 1e6, len(text.encode())


_asked = Signal()


def _cause(number, varied, **kwargs):
    every_kind.cause(number, varied=varied)


_asked.connect(_cause)


def _caused(number, varied=False):
    _asked.send(None, number=number, varied=varied)


# Each with how it is called, and what it records.
_LOADS = {
    "dispatches alike": loads.fire,
    "dispatches of 2,000 kinds": functools.partial(loads.fire, varied=True),
    "effects of every kind, alike": _caused,
    "effects of every kind, no two alike": functools.partial(_caused, varied=True),
}


def made(numbers, rounds):
    """Reports of recordings with these numbers of dispatches, or of effects in one receiver."""
    for title, load in _LOADS.items():
        for number in numbers:
            with record_signals() as recording:
                load(number)
            gc.collect()
            results = [_make(recording) for _ in range(rounds)]
            yield Made(
                f"{number:,} {title}",
                number,
                statistics.median(ms for ms, _ in results),
                results[0][1],
                statistics.median(_judge(recording) for _ in range(rounds)),
            )


def _nested(number):
    def receive(sender, **kwargs):
        loads.fire(number)

    outer = Signal()
    outer.connect(receive)
    outer.send(loads.Sender)


def _instantiate(number):
    from showcase.models import Tag

    for _ in range(number):
        Tag(name="lamp")


def peak_memory(number):
    """Peak megabytes that a recording adds, by what it records; a run of its own, traced."""
    cases = {
        f"{number:,} dispatches in a loop": loads.fire,
        f"{number:,} dispatches inside one receiver": _nested,
        f"{number:,} objects instantiated": _instantiate,
        f"{number:,} effects of every kind, no two alike": _LOADS[
            "effects of every kind, no two alike"
        ],
    }
    for title, case in cases.items():
        # What is made once (words, call sites, a connection) is not the recording's.
        with record_signals():
            case(10)
        yield title, (_peak(case, number, recorded=True) - _peak(case, number, recorded=False))


def _peak(case, number, *, recorded):
    gc.collect()
    tracemalloc.start()
    try:
        if recorded:
            with record_signals():
                case(number)
        else:
            case(number)
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()
