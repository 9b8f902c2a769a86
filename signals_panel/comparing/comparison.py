"""``compare(before, after)``: the public door, and the figures of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from signals_panel.analysis import analyse
from signals_panel.comparing import rows
from signals_panel.comparing.figures import counts, figure, less
from signals_panel.comparing.shapes import (
    Comparison,
    Costs,
    Figure,
    ReceiverChange,
    TotalsChange,
)
from signals_panel.conf import get_config
from signals_panel.report import build
from signals_panel.report.schema import VERSION
from signals_panel.results import Recording
from signals_panel.wording.comparing import NOT_READY, NOT_TWO, OTHER_VERSION

Report = Mapping[str, Any]

_LISTS = ("receivers", "signals", "findings")


def compare(before: Recording | Report, after: Recording | Report) -> Comparison:
    """What changed from one recording to another; either may be a stored report.

    Receivers are told by their dotted paths, signals by their path and sender, findings by their
    rule and what they are about, so that lines may have moved in between. Times of two runs
    differ by themselves: it takes several to tell a small difference from chance.

    Raises ``TypeError`` for anything else than recordings and reports, and ``ValueError`` for a
    report that isn't finished, or that another version of the panel has stored.
    """
    first, second = _report(before), _report(after)
    receivers = rows.receivers(first, second)
    totals = _totals(first, second)
    outside = _outside(totals)
    return Comparison(
        totals=totals,
        receivers=receivers,
        outside=outside,
        rest=_rest(totals, outside, receivers),
        signals=rows.signals(first, second),
        findings=rows.findings(first, second),
        left_out={
            name: found
            for name in _LISTS
            if any(found := figure(first["left_out"], second["left_out"], name))
        },
    )


def _report(given: Any) -> Report:
    if isinstance(given, Recording):
        return build(analyse(given), get_config())
    if not isinstance(given, Mapping):
        raise TypeError(NOT_TWO.format(type(given).__name__))
    if given.get("is_brief", True):
        raise ValueError(NOT_READY)
    if given.get("version") != VERSION:
        raise ValueError(OTHER_VERSION)
    return given


def _totals(first: Report, second: Report) -> TotalsChange:
    before, after = first["totals"], second["totals"]
    return TotalsChange(
        calls=figure(before, after, "calls"),
        dispatches=figure(before, after, "dispatches"),
        unheard=figure(before, after, "unheard"),
        raised=figure(first, second, "raised"),
        effects=counts(before["effects"], after["effects"]),
        all_effects=counts(before["all_effects"], after["all_effects"]),
        receiver_ms=figure(before, after, "receiver_ms"),
        duration_ms=figure(before, after, "duration_ms"),
    )


def _outside(totals: TotalsChange) -> Costs:
    nothing = Figure(0, 0)
    return Costs(
        calls=nothing,
        effects={
            kind: less(each, totals.effects.get(kind, nothing))
            for kind, each in totals.all_effects.items()
        },
        ms=less(totals.duration_ms, totals.receiver_ms),
    )


def _rest(totals: TotalsChange, outside: Costs, receivers: Iterable[ReceiverChange]) -> Costs:
    """What is left of the whole, so that everything always adds up to it."""
    calls, ms = totals.calls, less(totals.duration_ms, outside.ms)
    nothing = Figure(0, 0)
    effects = {
        kind: less(each, outside.effects.get(kind, nothing))
        for kind, each in totals.all_effects.items()
    }
    for each in receivers:
        calls, ms = less(calls, each.own.calls), less(ms, each.own.ms)
        for kind, own in each.own.effects.items():
            effects[kind] = less(effects.get(kind, nothing), own)
    return Costs(calls=calls, effects=effects, ms=ms)
