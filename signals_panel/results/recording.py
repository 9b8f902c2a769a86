"""A whole recording, as users read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from signals_panel.recording import (
    DispatchNode,
    Root,
    all_deferred,
    caused_by,
    operations_in,
    sums,
    walk,
    with_blocks,
)
from signals_panel.results.cascade import Deferred, Dispatch, Operation
from signals_panel.results.totals import Totals, totals_of
from signals_panel.results.views import View


class Folded(NamedTuple):
    """How much of a recording isn't kept one by one."""

    dispatches: int
    calls: int
    queries: int


class Recording(View[Root]):
    """All that was captured for one request or one ``record_signals()`` block."""

    __slots__ = ()

    @property
    def dispatches(self) -> list[Dispatch]:
        """The outermost dispatches that were heard, in the order fired."""
        return [Dispatch(child) for child in caused_by(self._node) if type(child) is DispatchNode]

    def walk(self) -> Iterator[Dispatch]:
        """Every dispatch that was heard and kept, depth first, in the order fired."""
        return map(Dispatch, walk(self._node))

    @property
    def operations(self) -> list[Operation]:
        """What was asked of models and querysets, wherever it was, in the order begun."""
        return [Operation(node) for node in operations_in(self._node)]

    @property
    def deferred(self) -> list[Deferred]:
        """What was put off until a transaction is committed, by receivers or others."""
        return [Deferred(node) for node in all_deferred(self._node)]

    @property
    def unheard(self) -> dict[tuple[str, str | None], int]:
        """How often each signal was sent by each sender with no receiver to hear it."""
        return sums.unheard(self._node)

    @property
    def totals(self) -> Totals:
        """Exact sums over everything, what is not kept in detail included."""
        return totals_of(self._node)

    @property
    def folded(self) -> Folded:
        """How much of ``totals`` the limit ``MAX_KEPT`` kept out of ``walk()``."""
        dispatches = list(self.walk())
        calls = [call for dispatch in dispatches for call in dispatch.calls]
        queries = sum(len(call.queries) for call in calls)
        totals = self.totals
        return Folded(
            totals.dispatches - len(dispatches),
            totals.calls - len(calls),
            totals.queries - queries,
        )

    @property
    def unrecorded(self) -> dict[tuple[str, str], int]:
        """How many sends couldn't be recorded, by the signal's path and the reason."""
        return sums.unrecorded(self._node)

    @property
    def bulk_operations(self) -> list[tuple[str, str]]:
        """The bulk operations that ran, and their models: they send no signals for the rows."""
        found: dict[tuple[str, str], None] = {}
        for root in with_blocks(self._node):
            found.update(root.bulk)
        return list(found)

    @property
    def faults(self) -> list[str]:
        """What went wrong in the recorder itself; the observed program went on without it."""
        return [fault for root in with_blocks(self._node) for fault in root.faults]

    def __repr__(self) -> str:
        totals = self.totals
        return (
            f"<Recording: {totals.dispatches} dispatches, {totals.calls} calls, "
            f"{totals.queries} queries in receivers>"
        )
