"""What changed since another request, as the context of ``signals_panel/fetched/compared.html``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from signals_panel.comparing import BOTH, Comparison, Costs, Figure, ReceiverChange, SignalChange
from signals_panel.conf import Config
from signals_panel.effects import kind_of
from signals_panel.rendering.names import name_html
from signals_panel.wording import duration_text, mark_text
from signals_panel.wording.comparing import (
    OUTSIDE,
    REST,
    WHOLE,
    left_out_text,
    request_choice_text,
    signed_duration,
    signed_number,
    since_text,
)

Context = dict[str, Any]

# More than these nobody reads.
_MAX_ROWS = 200
# Less is nothing that a developer could see.
_LEAST_MS = 0.05


def compared_context(
    comparison: Comparison | None,
    config: Config,
    *,
    choices: Iterable[tuple[Any, bool]],
    chosen: str | None,
    own: Mapping[str, Any] | None,
    problem: str = "",
) -> Context:
    """The comparison, or the ``problem`` for which there is none; and the requests to choose from.

    ``choices`` are stored requests, each with whether it has the same address.
    """
    choices = list(choices)
    context: Context = {
        "groups": _groups(choices, chosen, own),
        "has_chosen": any(each.request_id == chosen for each, _ in choices),
        "problem": problem,
    }
    if comparison is None:
        return context
    other = next((each.request for each, _ in choices if each.request_id == chosen), None)
    kinds = list(comparison.totals.all_effects)
    receivers = [_receiver(each, kinds) for each in comparison.receivers]
    signals = [_signal(each) for each in comparison.signals]
    return {
        **context,
        "verdict": comparison.verdict,
        "since": since_text(other, _when(other, own)) if other else "",
        "left_out": left_out_text(
            {name: sum(figure) for name, figure in comparison.left_out.items()}
        ),
        "findings": [
            {
                "status": each.status,
                "mark": mark_text(each.code),
                "is_error": each.is_error,
                "message": each.message,
                "advice": each.advice,
            }
            for each in comparison.findings
            if each.status != BOTH
        ],
        "kinds": [kind_of(kind) for kind in kinds],
        "receivers": _split(receivers),
        "sums": _sums(comparison, kinds),
        "signals": _split(signals),
    }


def _split(rows: list[Context]) -> Context:
    """Rows that changed, and those that didn't, as far as there is room."""
    changed = [row for row in rows if row["is_changed"]]
    same = [row for row in rows if not row["is_changed"]]
    return {
        "changed": changed[:_MAX_ROWS],
        "same": same[:_MAX_ROWS],
        "more": len(changed[_MAX_ROWS:]) + len(same[_MAX_ROWS:]),
        "number_of_same": len(same),
    }


def _receiver(each: ReceiverChange, kinds: Iterable[str]) -> Context:
    return {
        "name": name_html(each.receiver),
        "path": each.receiver,
        "origin": each.origin,
        "status": "" if each.status == BOTH else each.status,
        "is_changed": each.status != BOTH or each.is_changed,
        **_costs(each.own, kinds),
    }


def _sums(comparison: Comparison, kinds: Iterable[str]) -> list[Context]:
    """What stands below the receivers, and what all of it comes to."""
    rows = [{"name": OUTSIDE, **_costs(comparison.outside, kinds)}]
    rest = comparison.rest
    if not comparison.is_exact or any(abs(ms) >= _LEAST_MS for ms in rest.ms):
        rows.append({"name": REST, **_costs(rest, kinds)})
    totals = comparison.totals
    whole = Costs(totals.calls, totals.all_effects, totals.duration_ms)
    return [*rows, {"name": WHOLE, **_costs(whole, kinds)}]


def _signal(each: SignalChange) -> Context:
    return {
        "name": name_html(each.signal),
        "sender": each.sender,
        "status": "" if each.status == BOTH else each.status,
        "is_changed": bool(each.status != BOTH or each.heard.difference or each.unheard.difference),
        "cells": [_count(each.heard), _count(each.unheard)],
        "time": _time(each.ms),
    }


def _costs(costs: Costs, kinds: Iterable[str]) -> Context:
    nothing = Figure(0, 0)
    return {
        "cells": [
            _count(costs.calls),
            *(_count(costs.effects.get(kind, nothing)) for kind in kinds),
        ],
        "time": _time(costs.ms),
    }


def _count(figure: Figure) -> Context:
    return {
        "difference": signed_number(figure.difference),
        "before": f"{int(figure.before):,}",
        "after": f"{int(figure.after):,}",
        "is_nothing": not any(figure),
    }


def _time(figure: Figure) -> Context:
    return {
        "difference": signed_duration(figure.difference),
        "before": _duration(figure.before),
        "after": _duration(figure.after),
        "is_nothing": not any(figure),
    }


def _duration(ms: float) -> str:
    # What receivers have in common is less than nothing.
    return duration_text(ms) if ms >= 0 else signed_duration(ms)


# The requests to choose from ------------------------------------------------------------


def _groups(
    choices: Iterable[tuple[Any, bool]], chosen: str | None, own: Mapping[str, Any] | None
) -> list[Context]:
    """Those to the same address, and all others."""
    groups: dict[bool, list[Context]] = {True: [], False: []}
    for each, is_alike in choices:
        groups[is_alike].append(
            {
                "id": each.request_id,
                "text": request_choice_text(each.request, _when(each.request, own), each.headline),
                "is_chosen": each.request_id == chosen,
            }
        )
    return [{"is_alike": is_alike, "choices": found} for is_alike, found in groups.items() if found]


def _when(request: Mapping[str, Any], own: Mapping[str, Any] | None) -> str:
    """A request's time of day where the server is; its date, too, if it is of another day."""
    at = datetime.fromisoformat(request["at"]).astimezone()
    is_today = own is not None and _date(own) == _date(request)
    return f"{at:%H:%M:%S}" if is_today else f"{at:%Y-%m-%d %H:%M:%S}"


def _date(request: Mapping[str, Any]) -> object:
    return datetime.fromisoformat(request["at"]).astimezone().date()
