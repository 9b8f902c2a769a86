"""A recording: the root of one cascade, its limits and its totals."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, NamedTuple

from signals_panel.conf import Config, get_config
from signals_panel.describe import SignalName, error_text
from signals_panel.recording.folding import count
from signals_panel.recording.folds import BOUNDED, Counts, Fold
from signals_panel.recording.nodes import (
    Child,
    Dispatch,
    Node,
    Query,
    add_child,
    end_of,
    flat,
    overflows,
    union_ns,
)
from signals_panel.recording.unheard import OTHERS, Unheard

if TYPE_CHECKING:
    from signals_panel.describe.source import Place

logger = logging.getLogger("signals_panel")

_OTHER_SIGNALS = "other signals"
_MAX_FAULTS = 20


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
    """Time from the recording's start to its end, or to now."""


class Budget:
    """How much may be kept; nested recordings share their outer's."""

    __slots__ = ("left", "places", "shows_arguments", "size")

    def __init__(self, config: Config) -> None:
        # Dispatches and queries that may still be kept one by one.
        self.size = self.left = config.max_kept
        # Sending lines whose stack was kept.
        self.places: set[Place | None] = set()
        self.shows_arguments = config.show_arguments


class Recording:
    """All that was captured for one request or one ``record_signals()`` block."""

    def __init__(self, outer: Node | None = None) -> None:
        if isinstance(outer, Dispatch):
            outer = outer._parent
        self._root = self
        self._outer = outer
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
        # (name, when it began); a request has several, a block has this one.
        self._phases: list[tuple[str, int]] = []
        self._is_open = True
        self._start = perf_counter_ns()
        self._end = 0
        self._release: Callable[[], object] = lambda: None
        # Those opened in this one, at any depth of its cascade.
        self._blocks: list[Recording] = []
        if outer is not None:
            outer._root._blocks.append(self)
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
        duration = self.end_ns() - self._start
        at_top = list(flat(self._children))
        counts = count(child for child in at_top if type(child) is not Query)
        for fold in overflows(self):
            counts = counts.plus(count(fold.dispatches)).plus(fold.left_out)
        # Queries at the top belong to a receiver around this block, and to none in it.
        outside = sum(type(child) is Query for child in at_top)
        outside += sum(recording._outside_queries for recording in self._at_top())
        return Totals(
            dispatches=counts.dispatches,
            calls=counts.calls,
            unheard=sum(self.unheard.values()),
            queries=counts.queries,
            all_queries=counts.queries + outside,
            # Of what is folded, overlaps aren't known; the whole is the most there can be.
            receiver_ms=min(self._receiver_ns(), duration) / 1e6,
            duration_ms=duration / 1e6,
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
            waiting.extend(recording._blocks)

    def begin_phase(self, name: str) -> None:
        """From now on, what is fired belongs to this phase."""
        self._phases.append((name, perf_counter_ns()))
        self._overflow = None

    @property
    def phase(self) -> str:
        """The phase that began last, here or around this block; empty where there is none."""
        if self._phases:
            return self._phases[-1][0]
        return self._outer._root.phase if self._outer is not None else ""

    def find_overflow(self) -> Fold:
        """The fold for what is fired now beyond the budget."""
        found = self._overflows.setdefault(self.phase, Fold(BOUNDED))
        if self._phases or self._outer is None:
            # Else the phases are those of what is around this block.
            self._overflow = found
        return found

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
        except Exception:  # noqa: S110 - a logger that raises must not reach the user's request
            pass

    def keep_fault(self, fault: str) -> bool:
        """Keep it, unless it is known or one too many."""
        is_new = fault not in self._faults and len(self._faults) < _MAX_FAULTS
        if is_new:
            self._faults.append(fault)
        return is_new

    def _receiver_ns(self) -> int:
        kept = union_ns(
            (call._start, end_of(call))
            for dispatch in self.dispatches
            for call in dispatch.calls
            if call._start
        )
        return kept + sum(
            fold.left_out_call_ns
            + sum(c.ns for dispatch in fold.dispatches for c in list(dispatch.calls.values()))
            for fold in overflows(self)
        )

    def _at_top(self) -> Iterator[Recording]:
        yield self
        for child in self._children:
            if isinstance(child, Recording):
                yield from child._at_top()
