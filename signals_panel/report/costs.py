"""What the request's time went to, and which part of the figures is Django's housekeeping."""

from __future__ import annotations

from signals_panel.recording import Recording, Totals
from signals_panel.recording.folding import fold_into
from signals_panel.recording.folds import Fold
from signals_panel.recording.nodes import overflows
from signals_panel.report.tree import Tree, is_housekeeping, is_of_request


def housekeeping(recording: Recording) -> dict[str, float]:
    """``dispatches``, ``calls``, ``queries`` and ``ms`` of Django's own receivers.

    Those of ``request_started`` and ``request_finished``: every request has them.
    """
    fold = Fold()
    fold_into(fold, [each for each in recording.dispatches if is_of_request(each._signal)])
    for overflow in overflows(recording):
        if any(is_of_request(dispatch.signal) for dispatch in overflow.dispatches):
            fold_into(fold, (), [overflow])
    sums: dict[str, float] = {"dispatches": 0, "calls": 0, "queries": 0, "ms": 0}
    for dispatch in fold.dispatches:
        own = [call for call in dispatch.calls.values() if is_housekeeping(dispatch, call)]
        for call in own:
            sums["calls"] += call.count
            sums["queries"] += sum(query.count for query in call.queries)
            sums["ms"] += call.ns / 1e6
        if own and len(own) == len(dispatch.calls):
            sums["dispatches"] += dispatch.count
    return sums


def time_split(tree: Tree, totals: Totals, housekeeping_ms: float) -> dict[str, float]:
    """The request's milliseconds in three: ``python`` and ``sql`` in receivers, the ``rest``.

    Where receivers overlap, their SQL can add up to more than the time they took; it is cut
    to that, so that the three are the whole.
    """
    in_receivers = max(0.0, totals.receiver_ms - housekeeping_ms)
    sql = sum(
        query.ns / 1e6
        for dispatch, call, _, queries in tree.steps
        if queries and not is_housekeeping(dispatch, call)
        for query in queries
    )
    sql = min(sql, in_receivers)
    return {
        "python": in_receivers - sql,
        "sql": sql,
        "rest": max(0.0, totals.duration_ms - in_receivers),
    }
