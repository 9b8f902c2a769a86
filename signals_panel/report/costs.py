"""What the request's time went to, and which part of the figures is Django's housekeeping."""

from __future__ import annotations

from signals_panel.recording import Dispatch, Recording, Totals
from signals_panel.recording.folds import Fold
from signals_panel.recording.nodes import elapsed, overflows
from signals_panel.report.tree import Tree, is_djangos, is_housekeeping, is_of_request


def housekeeping(recording: Recording) -> dict[str, float]:
    """``dispatches``, ``calls``, ``queries`` and ``ms`` of Django's own receivers.

    Those of ``request_started`` and ``request_finished``: every request has them.
    """
    dispatches = calls = queries = ns = 0
    for dispatch in recording.dispatches:
        if is_of_request(dispatch._signal):
            all_calls = dispatch.calls
            own = [call for call in all_calls if is_djangos(call._receiver)]
            dispatches += bool(own) and len(own) == len(all_calls)
            calls += len(own)
            for call in own:
                ns += elapsed(call)
                queries += len(call.queries)
    for fold in overflows(recording):
        for folded in fold.dispatches:
            if is_of_request(folded.signal):
                folded_calls = list(folded.calls.values())
                djangos = [call for call in folded_calls if is_djangos(call.receiver)]
                if djangos and len(djangos) == len(folded_calls):
                    dispatches += folded.count
                for folded_call in djangos:
                    calls += folded_call.count
                    ns += folded_call.ns
                    queries += sum(query.count for query in folded_call.queries)
    return {"dispatches": dispatches, "calls": calls, "queries": queries, "ms": ns / 1e6}


def extent(recording: Recording) -> tuple[int, int]:
    """How far a recording has come, for ``has_more_costs``."""
    return len(recording._children), recording.kept


def has_more_costs(recording: Recording, since: tuple[int, int]) -> bool:
    """Whether anything but housekeeping may have been added since it had this extent."""
    children, kept = since
    late = recording._children[children:]
    # More than these: something nested. None at all may be left to be kept.
    return (
        recording.kept != kept + len(late)
        or recording.is_full
        or not all(
            type(child) is Dispatch
            and is_of_request(child._signal)
            and all(is_djangos(call._receiver) for call in child.calls)
            for child in late
        )
    )


def time_split(tree: Tree, totals: Totals, housekeeping_ms: float) -> dict[str, float]:
    """The request's milliseconds in three: ``sql`` and ``outside_sql`` in receivers, the ``rest``.

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
        "outside_sql": in_receivers - sql,
        "sql": sql,
        "rest": max(0.0, totals.duration_ms - in_receivers),
    }


def raised(recording: Recording) -> int:
    """How many exceptions receivers raised; one that passed through several counts once."""
    count = 0
    for dispatch in recording.walk():
        for call in dispatch.calls:
            failure = call._failure
            count += failure is not None and not failure.is_nested
    for fold in overflows(recording):
        count += _raised_in(fold)
    for dispatch in recording.walk():
        for call in dispatch.calls:
            for fold in overflows(call):
                count += _raised_in(fold)
    return count


def _raised_in(fold: Fold) -> int:
    count = 0
    waiting = [fold]
    while waiting:
        for dispatch in waiting.pop().dispatches:
            for call in dispatch.calls.values():
                if call.failure is None or not call.failure.is_nested:
                    count += call.errors
                waiting.append(call)
    return count
