"""One row per signal and sender, the costliest first.

``signal``, ``sender``, ``heard`` and ``unheard`` (how often it was sent), ``ms``,
``receivers`` (``[[name, calls], ...]``), ``more_receivers``, ``senders``: how many senders the
row stands for. That is one, but for signals of every object made, where nobody heard them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.describe import clean
from signals_panel.report.space import Space
from signals_panel.report.tree import Tree

Row = dict[str, Any]

_MAX_RECEIVERS = 20
_OF_EACH_OBJECT = frozenset(
    {"django.db.models.signals.pre_init", "django.db.models.signals.post_init"}
)


def by_signal(
    tree: Tree, unheard: Mapping[tuple[str, str | None], int], space: Space
) -> tuple[list[Row], int]:
    """The rows, and the number of pairs that there was no room for."""
    sums: dict[tuple[str, str | None], dict[str, Any]] = {}

    def find(signal: str, sender: str | None) -> dict[str, Any]:
        new = {"heard": 0, "unheard": 0, "ns": 0, "receivers": {}}
        return sums.setdefault((signal, sender), new)

    for dispatch in tree.dispatches():
        mine = find(str(dispatch.signal), dispatch.sender)
        mine["heard"] += dispatch.count
        mine["ns"] += dispatch.ns
        for call in dispatch.calls.values():
            name = clean(call.receiver.text)
            mine["receivers"][name] = mine["receivers"].get(name, 0) + call.count
    others: dict[str, int] = {}
    for (signal, sender), count in unheard.items():
        if signal in _OF_EACH_OBJECT and (signal, sender) not in sums:
            others[signal] = others.get(signal, 0) + 1
            sender = None
        find(signal, sender)["unheard"] += count
    rows: list[Row] = []
    for (signal, sender), mine in sorted(
        sums.items(), key=lambda item: (-item[1]["ns"], -item[1]["unheard"])
    ):
        receivers = list(mine["receivers"].items())
        row = {
            "signal": clean(signal),
            "sender": sender and clean(sender),
            "heard": mine["heard"],
            "unheard": mine["unheard"],
            "ms": round(mine["ns"] / 1e6, 4),
            "receivers": [[name, calls] for name, calls in receivers[:_MAX_RECEIVERS]],
            "more_receivers": len(receivers[_MAX_RECEIVERS:]),
            "senders": others.get(signal, 1) if sender is None else 1,
        }
        if not space.take(row):
            break
        rows.append(row)
    return rows, len(sums) - len(rows)
