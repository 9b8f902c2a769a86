"""How everything is measured: short rounds, the subjects taking turns within each.

Whatever else the machine does hits all subjects alike that way; medians over many rounds then
leave it out. A ratio is the median of the ratios within each round, not the ratio of two
medians, for the same reason. The clock is the thread's CPU time, which stands still while
other programs have the processor. Nothing measured with it waits for anything but the shop's
stubbed API, and to leave that out makes the panel's share of a request larger, not smaller.

Garbage: before a round everything is collected, during it the collector is off. So a round
costs what it does, not what an earlier one left behind. But a recorder that keeps objects does
make the collector run more often: `Subject.collects` marks those that are measured once more
with the collector on. What was there before a row is frozen, out of the collector's sight:
else the size of this benchmark would be measured with it.

Each round warms up after its subject is in place: replacing methods of a class resets what the
interpreter has learnt about it, for every tool that does so.
"""

import asyncio
import gc
import statistics
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from time import thread_time_ns as clock
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal

_SENDS = ("send", "send_robust", "asend", "asend_robust", "_live_receivers")
_DJANGOS = {name: vars(Signal)[name] for name in _SENDS}
_CURSORS = {name: vars(CursorWrapper)[name] for name in ("execute", "executemany", "callproc")}

_loop = asyncio.new_event_loop()


def _call(work: Callable[[int], Any], times: int) -> None:
    work(times)


@dataclass(frozen=True)
class Subject:
    """One column: what is in place while a row's work is done, and who calls it."""

    key: str
    title: str
    around: Callable[[], AbstractContextManager[Any]]
    collects: bool = False
    call: Callable[[Callable[[int], Any], int], None] = _call


@dataclass(frozen=True)
class Row:
    """One row: ``open`` prepares it and gives the function that does the work n times."""

    group: str
    key: str
    title: str
    times: int
    open: Callable[[], AbstractContextManager[Callable[[int], Any]]]
    is_async: bool = False
    warm_up: bool = True


@dataclass
class Measured:
    """Nanoseconds for one time, by subject, round by round."""

    row: Row
    ns: dict[str, list[float]] = field(default_factory=dict)

    def median(self, key: str) -> float:
        """The median over the rounds."""
        return statistics.median(self.ns[key])

    def ratios(self, key: str, to: str) -> list[float]:
        """One ratio for each round."""
        return [a / b for a, b in zip(self.ns[key], self.ns[to], strict=True)]

    def ratio(self, key: str, to: str = "django") -> float:
        """The median of the rounds' ratios."""
        return statistics.median(self.ratios(key, to))

    def added(self, key: str) -> float:
        """Nanoseconds more than Django alone."""
        return statistics.median(
            a - b for a, b in zip(self.ns[key], self.ns["django"], strict=True)
        )

    def noise(self, key: str, to: str = "django") -> float:
        """How far the median ratio may be off: the notch of a box plot, about 95 %."""
        ratios = self.ratios(key, to)
        if len(ratios) < 2:
            return float("inf")
        low, _, high = statistics.quantiles(ratios, n=4)
        return 1.57 * (high - low) / len(ratios) ** 0.5


def measure(row: Row, subjects: list[Subject], rounds: int) -> Measured:
    """Measure one row with all subjects; the first round is thrown away."""
    measured = Measured(row, {subject.key: [] for subject in subjects})
    with row.open() as work:
        gc.collect()
        gc.freeze()
        for number in range(rounds + 1):
            turn = number % len(subjects)
            for subject in subjects[turn:] + subjects[:turn]:
                ns = _round(row, work, subject)
                if number:
                    measured.ns[subject.key].append(ns / row.times)
    return measured


def _round(row: Row, work: Callable[[int], Any], subject: Subject) -> int:
    gc.collect()
    if not subject.collects:
        gc.disable()
    try:
        if row.is_async:
            return _loop.run_until_complete(_timed_async(row, work, subject))
        return _timed(row, work, subject)
    finally:
        gc.enable()
        _check_untouched(subject)


def _timed(row: Row, work: Callable[[int], Any], subject: Subject) -> int:
    with subject.around():
        if row.warm_up:
            subject.call(work, max(1, row.times // 4))
        start = clock()
        subject.call(work, row.times)
        return clock() - start


async def _timed_async(row: Row, work: Callable[[int], Any], subject: Subject) -> int:
    # One loop for the whole sitting, running already: only the sends are measured.
    with subject.around():
        if row.warm_up:
            await work(max(1, row.times // 4))
        start = clock()
        await work(row.times)
        return clock() - start


def is_untouched() -> bool:
    """Whether sends, receivers' look-up and cursors are Django's own functions."""
    return all(vars(Signal).get(name) is method for name, method in _DJANGOS.items()) and all(
        vars(CursorWrapper).get(name) is method for name, method in _CURSORS.items()
    )


def _check_untouched(subject: Subject) -> None:
    if not is_untouched():
        sys.exit(f"{subject.title} left a method replaced: what follows would be measured wrong.")
