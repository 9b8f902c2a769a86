"""Receivers that take much time, and what takes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signals_panel.analysis import Analysis, milliseconds
from signals_panel.findings.reading import (
    AWAY,
    deferred_of,
    package_of,
    sent,
    time_by_kind,
    time_of_its_own,
)
from signals_panel.findings.rules import TIME, Found, rule
from signals_panel.recording import CallKey, Group
from signals_panel.recording.intervals import union_ns
from signals_panel.wiring import is_djangos

# A receiver is slow as long as it takes a visible part of the request, too. A share alone would
# depend on what else the request did, which differs from one load of a page to the next.
_SLOW_SHARE = 0.02


@rule("slow", TIME, 10, "ms")
def slow(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """So many milliseconds of a receiver's own."""
    whole = analysis.glance.totals.duration_ms
    least = max(threshold, _SLOW_SHARE * whole)
    for each in analysis.receivers:
        ms = milliseconds(each.call.self_ns)
        if ms >= least:
            yield Found(
                "slow",
                each.call,
                {
                    **_of_call(each.dispatch, each.call),
                    "ms": ms,
                    # The toolbar's time is left out of the whole, and not of what waited meanwhile.
                    "share": min(1.0, ms / whole) if whole else 0.0,
                    "parts": time_of_its_own(each.call),
                    "is_async": each.call.key.is_async,
                },
                saves_ms=ms,
            )


@rule("background", TIME, 10, "ms")
def background(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """So many milliseconds of waiting for a mail server, another site or a process."""
    for each in analysis.receivers:
        for group in (each.call, *deferred_of(each.call)):
            times = {kind: ms for kind, ms in time_by_kind(group).items() if kind in AWAY}
            ms = sum(times.values())
            if times and ms >= threshold:
                figures = _of_call(each.dispatch, each.call)
                if group is not each.call:
                    figures |= {"deferred": group.key.words.text, "calls": group.count}
                kinds = sorted(times, key=lambda kind: -times[kind])
                yield Found("background", group, {**figures, "ms": ms, "kinds": kinds}, saves_ms=ms)


@rule("switch", TIME, 1, "ms")
def switch(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """So many milliseconds to come from async code to sync receivers, or the other way."""
    for dispatch in analysis.tree.dispatches():
        is_awaited = dispatch.key.method.startswith("a")
        switched = [
            call
            for call in dispatch.of(CallKey)
            if call.key.is_async != is_awaited and not is_djangos(call.key.receiver)
        ]
        ms = milliseconds(_between(analysis, dispatch)) if switched else 0.0
        if switched and ms >= threshold:
            yield Found(
                "switch",
                dispatch,
                {
                    **sent(dispatch),
                    "method": dispatch.key.method,
                    "receivers": [call.key.receiver.text for call in switched],
                    "is_awaited": is_awaited,
                    "ms": ms,
                    "sends": dispatch.count,
                },
                saves_ms=ms,
            )


def _between(analysis: Analysis, dispatch: Group) -> int:
    """The time of sends during which none of their receivers ran, in nanoseconds."""
    axis = analysis.tree.axis
    total = 0
    for member in dispatch.members or ():
        if not member.end:
            continue
        calls = [
            (axis(call.start), axis(call.end))
            for call in member.children or ()
            if call.start and call.end
        ]
        total += axis(member.end) - axis(member.start) - union_ns(calls)
    return total


def _of_call(dispatch: Group, call: Group) -> dict[str, Any]:
    receiver = call.key.receiver
    return {
        "receiver": receiver.text,
        "package": package_of(receiver),
        **sent(dispatch),
        "calls": call.count,
    }
