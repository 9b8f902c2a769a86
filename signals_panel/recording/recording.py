"""A recording: the root of one cascade, its limits and its totals."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from signals_panel.clock import perf_counter_ns
from signals_panel.conf import Config, get_config
from signals_panel.describe import (
    CallSite,
    SignalName,
    cause_of,
    context_of,
    error_text,
    is_interruption,
    is_own_fault,
)
from signals_panel.recording.folding import count
from signals_panel.recording.folds import BOUNDED, Counts, Fold
from signals_panel.recording.lock import lock
from signals_panel.recording.nodes import (
    CAUGHT,
    ENDED,
    PASSED_ON,
    Child,
    Dispatch,
    Failure,
    Node,
    Query,
    add_child,
    blocks_at,
    end_of,
    flat,
    overflows,
)
from signals_panel.recording.toolbar_time import ToolbarTime, union_ns
from signals_panel.recording.unheard import OTHERS, Unheard

logger = logging.getLogger("signals_panel")

_OTHER_SIGNALS = "other signals"
_MAX_FAULTS = 20
_MAX_FAILURES = 200
_MAX_UNRECORDED = 100
# Exceptions that led to one another.
_MAX_CHAIN = 20


class Totals(NamedTuple):
    """What a recording adds up to. Times are in milliseconds."""

    dispatches: int
    """Dispatches that a receiver heard, nested ones included."""
    calls: int
    """Receiver calls."""
    unheard: int
    """Dispatches that no receiver heard."""
    queries: int
    """Queries issued by receivers."""
    all_queries: int
    """All queries, inside and outside of receivers."""
    receiver_ms: float
    """Time during which at least one receiver was running."""
    duration_ms: float
    """The program's time from the recording's start to its end, or to now."""
    toolbar_ms: float = 0.0
    """Time that Django Debug Toolbar's own panels took meanwhile; in none of the others."""


class Budget:
    """How much may be kept; nested recordings share their outer's."""

    __slots__ = ("left", "shows_arguments", "size", "stacks", "toolbar")

    def __init__(self, config: Config) -> None:
        # Dispatches and queries that may still be kept one by one.
        self.size = self.left = config.max_kept
        # What was sent from each call site whose stack was kept.
        self.stacks: set[tuple[CallSite | None, SignalName, str | None]] = set()
        self.shows_arguments = config.show_arguments
        self.toolbar = ToolbarTime(self.size)


class Recording:
    """All that was captured for one request or one ``record_signals()`` block."""

    is_block = True
    """Whether it is of a block, which ends when the code leaves it."""

    def __init__(self, outer: Node | None = None) -> None:
        if isinstance(outer, Dispatch):
            outer = outer._around
        self._root = self
        self._around = outer
        self._children: list[Child] = []
        self._budget: Budget = Budget(get_config()) if outer is None else outer._root._budget
        # Beyond the budget, by the phase it happened in.
        self._overflows: dict[str, Fold] = {}
        # The one of this phase, once there is one.
        self._overflow: Fold | None = None
        self._unheard = Unheard()
        # Its counts while the recording is open, then none: the probe adds to what it finds in
        # here without asking first.
        self._open_unheard = self._unheard.counts
        # Outside of receivers, queries are only counted.
        self._outside_queries = 0
        # Receivers that were found dead when their signal was sent, by what they were known by.
        self._collected: list[tuple[SignalName, Any]] = []
        self._faults: list[str] = []
        # What receivers raised, until it is known what became of it.
        self._failures: list[Failure] = []
        # Sends that couldn't be recorded: how many of which signal, and why.
        self._unrecorded: dict[tuple[SignalName, str], int] = {}
        # Bulk operations, by name and model.
        self._bulk: dict[tuple[str, str], None] = {}
        # Of signals whose class sends by itself, the method that did: "PluginSignal.send".
        self._own_methods: dict[SignalName, str] = {}
        # (name, when it began); a request has several, a block has this one.
        self._phases: list[tuple[str, int]] = []
        # What its budget no longer knows, once it is no part of what is around it.
        self._toolbar_ns = 0
        self._is_open = True
        self._start = perf_counter_ns()
        self._end = 0
        # What ends it, for the probes; and what has that done when it is lost, no longer.
        self._release: Callable[[], object] = lambda: None
        self._forget: Callable[[], object] = lambda: None
        # Those opened in this one, at any depth of its cascade.
        self._blocks: dict[Recording, None] = {}
        if outer is not None:
            outer._root._blocks[self] = None
            add_child(outer, self)

    # What was captured

    @property
    def dispatches(self) -> list[Dispatch]:
        """The outermost dispatches that were heard, in the order fired."""
        return [child for child in flat(self._children) if type(child) is Dispatch]

    def walk(self) -> Iterator[Dispatch]:
        """Every dispatch that was heard and kept, depth first, in the order fired."""
        waiting: list[Child] = list(reversed(self._children))
        while waiting:
            node = waiting.pop()
            if isinstance(node, Dispatch):
                yield node
            if not isinstance(node, Query) and node._children:
                waiting.extend(reversed(node._children))

    @property
    def unheard(self) -> dict[tuple[str, str | None], int]:
        """How often each signal was sent by each sender with no receiver to hear it."""
        counts: dict[tuple[str, str | None], int] = {}
        for recording in self.with_blocks():
            for signal, sender, number in recording._unheard:
                key = (_OTHER_SIGNALS if signal is OTHERS else str(signal), sender)
                counts[key] = counts.get(key, 0) + number
        return counts

    @property
    def totals(self) -> Totals:
        """Exact sums over everything, what is not kept in detail included."""
        toolbar = self._toolbar_ns or self._budget.toolbar.of(self)
        duration = max(0, self.end_ns() - self._start - toolbar)
        at_top = list(flat(self._children))
        counts = count(child for child in at_top if type(child) is not Query)
        for fold in overflows(self):
            counts = counts.plus(count(fold.dispatches)).plus(fold.left_out)
        # Queries at the top belong to a receiver around this block, and to none in it.
        outside = sum(type(child) is Query for child in at_top)
        outside += sum(recording._outside_queries for recording in blocks_at(self))
        return Totals(
            dispatches=counts.dispatches,
            calls=counts.calls,
            unheard=sum(self.unheard.values()),
            queries=counts.queries,
            all_queries=counts.queries + outside,
            # Of what is folded, overlaps aren't known; the whole is the most there can be.
            receiver_ms=min(self._receiver_ns(), duration) / 1e6,
            duration_ms=duration / 1e6,
            toolbar_ms=toolbar / 1e6,
        )

    @property
    def folded(self) -> Counts:
        """How much of ``totals`` the limit ``MAX_KEPT`` kept out of ``walk()``."""
        dispatches = list(self.walk())
        calls = [call for dispatch in dispatches for call in dispatch.calls]
        queries = sum(len(call.queries) for call in calls)
        totals = self.totals
        return Counts(
            totals.dispatches - len(dispatches),
            totals.calls - len(calls),
            totals.queries - queries,
        )

    @property
    def kept(self) -> int:
        """How many dispatches and queries are kept one by one, and around it, for a block."""
        return self._budget.size - self._budget.left

    @property
    def is_full(self) -> bool:
        """Whether no more can be kept one by one."""
        return self._budget.left <= 0

    @property
    def collected(self) -> list[tuple[SignalName, Any]]:
        """Receivers connected weakly that were gone when their signal was sent.

        As ``(signal, key)``, with the key that Django looks the receiver up by.
        """
        return [each for recording in self.with_blocks() for each in recording._collected]

    @property
    def unrecorded(self) -> dict[tuple[str, str], int]:
        """How many sends couldn't be recorded, by the signal's path and the reason."""
        counts: dict[tuple[str, str], int] = {}
        for recording in self.with_blocks():
            for (signal, reason), number in list(recording._unrecorded.items()):
                key = (str(signal), reason)
                counts[key] = counts.get(key, 0) + number
        return counts

    @property
    def bulk_operations(self) -> list[tuple[str, str]]:
        """The bulk operations that ran, and their models: they send no signals for the rows."""
        found: dict[tuple[str, str], None] = {}
        for recording in self.with_blocks():
            found.update(recording._bulk)
        return list(found)

    @property
    def faults(self) -> list[str]:
        """What went wrong in the recorder itself; the observed program went on without it."""
        return [fault for recording in self.with_blocks() for fault in recording._faults]

    def __repr__(self) -> str:
        totals = self.totals
        return (
            f"<Recording: {totals.dispatches} dispatches, {totals.calls} calls, "
            f"{totals.queries} queries in receivers>"
        )

    # Inside

    def end_ns(self) -> int:
        """When it ended, or now."""
        return self._end or perf_counter_ns()

    def close(self) -> None:
        """End it. What still runs and refers to it is recorded by its outer one, if any."""
        self._is_open = False
        self._open_unheard = {}
        self._end = self._end or perf_counter_ns()

    def with_blocks(self) -> Iterator[Recording]:
        """The recording itself, and the blocks opened in it."""
        waiting = [self]
        while waiting:
            recording = waiting.pop()
            yield recording
            waiting.extend(list(recording._blocks))

    def begin_phase(self, name: str) -> None:
        """From now on, what is fired belongs to this phase."""
        self._phases.append((name, perf_counter_ns()))
        self._overflow = None

    @property
    def phase(self) -> str:
        """The phase that began last, here or around this block; empty where there is none."""
        recording: Recording | None = self
        while recording is not None:
            if recording._phases:
                return recording._phases[-1][0]
            recording = recording._around._root if recording._around is not None else None
        return ""

    def overflow_in(self, phase: str) -> Fold:
        """The fold for what is fired in a phase beyond the budget."""
        return self._overflows.setdefault(phase, Fold(BOUNDED))

    def find_overflow(self) -> Fold:
        """The fold for what is fired now beyond the budget."""
        found = self.overflow_in(self.phase)
        if self._phases or self._around is None:
            # Else the phases are those of what is around this block.
            self._overflow = found
        return found

    def add_failure(self, failure: Failure) -> None:
        """Remember what a receiver raised, as long as there are not too many."""
        for earlier in self._failures:
            is_same = earlier.exception_id == failure.exception_id
            if is_same and earlier.fate == PASSED_ON and not failure.is_nested:
                # That exception is gone, and this one is in its place.
                earlier.fate = CAUGHT
        if len(self._failures) < _MAX_FAILURES:
            self._failures.append(failure)

    def ended_by(self, error: BaseException) -> None:
        """The view, middleware or block that is recorded ended with this exception.

        What receivers had raised is found among it and what led to it.
        """
        chain: list[BaseException] = []
        following: BaseException | None = error
        # The chain may lead back to itself, and exceptions may have an __eq__ of their own.
        while following is not None and len(chain) < _MAX_CHAIN:
            chain.append(following)
            cause = cause_of(following)
            following = cause if cause is not None else context_of(following)
        texts = [error_text(each) for each in chain]
        for recording in self.with_blocks():
            for failure in recording._failures:
                if failure.fate == PASSED_ON and any(map(failure.is_of, chain, texts)):
                    failure.fate = ENDED

    def settle_failures(self) -> None:
        """What has been raised and ended nothing was caught by somebody."""
        for recording in self.with_blocks():
            for failure in recording._failures:
                if failure.fate == PASSED_ON:
                    failure.fate = CAUGHT
            # Their ids may be others' from now on.
            recording._failures.clear()

    def note_bulk(self, operation: str, model: str) -> None:
        """A bulk operation ran."""
        if len(self._bulk) < _MAX_UNRECORDED:
            self._bulk[operation, model] = None

    def count_unrecorded(self, signal: SignalName, reason: str) -> None:
        """Count a send that couldn't be recorded."""
        with lock:
            key = (signal, reason)
            if key in self._unrecorded or len(self._unrecorded) < _MAX_UNRECORDED:
                self._unrecorded[key] = self._unrecorded.get(key, 0) + 1

    def take_fault(self, where: str, error: BaseException) -> bool:
        """Whether an exception is a fault of our own, which is then remembered.

        If it isn't, it is the program's, and for the caller to raise again.
        """
        is_own = is_own_fault(error)
        if is_own:
            self.add_fault(where, error)
        return is_own

    def add_fault(self, where: str, error: BaseException) -> None:
        """Remember an error of our own, and log the first of its kind."""
        try:
            fault = f"{where}: {error_text(error)}"
            if self.keep_fault(fault):
                logger.error(
                    "django-signals-panel failed in %s; the request goes on without it.",
                    where,
                    exc_info=error,
                )
        except Exception as raised:
            # A logger that raises must not reach the user's request.
            if is_interruption(raised):
                raise

    def keep_fault(self, fault: str) -> bool:
        """Keep it, unless it is known or one too many."""
        is_new = fault not in self._faults and len(self._faults) < _MAX_FAULTS
        if is_new:
            self._faults.append(fault)
        return is_new

    def _receiver_ns(self) -> int:
        calls = [call for dispatch in self.dispatches for call in dispatch.calls if call._start]
        kept = union_ns((call._start, end_of(call)) for call in calls)
        kept -= sum(self._budget.toolbar.of(call) for call in calls)
        return max(0, kept) + sum(
            fold.left_out_call_ns
            + sum(c.ns for dispatch in fold.dispatches for c in list(dispatch.calls.values()))
            for fold in overflows(self)
        )
