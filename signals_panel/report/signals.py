"""One row per signal and sender, the costliest first.

Signals of each object made that nobody hears are one row for all senders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from signals_panel.analysis import Tree, milliseconds
from signals_panel.describe import clean
from signals_panel.recording import CallKey
from signals_panel.report.schema import SignalRow
from signals_panel.report.space import Space

_MAX_RECEIVERS = 20
_OF_EACH_OBJECT = frozenset(
    {"django.db.models.signals.pre_init", "django.db.models.signals.post_init"}
)


class _Sums:
    def __init__(self) -> None:
        self.heard = self.unheard = self.ns = 0
        self.receivers: dict[str, int] = {}


def by_signal(
    tree: Tree, unheard: Mapping[tuple[str, str | None], int], space: Space
) -> tuple[list[SignalRow], int]:
    """The rows, and the number of pairs that there was no room for."""
    sums: defaultdict[tuple[str, str | None], _Sums] = defaultdict(_Sums)
    for dispatch in tree.dispatches():
        mine = sums[str(dispatch.key.signal), dispatch.key.sender]
        mine.heard += dispatch.count
        mine.ns += dispatch.ns
        for call in dispatch.of(CallKey):
            name = clean(call.key.receiver.text)
            mine.receivers[name] = mine.receivers.get(name, 0) + call.count
    others: dict[str, int] = {}
    for (signal, sender), count in unheard.items():
        if signal in _OF_EACH_OBJECT and (signal, sender) not in sums:
            others[signal] = others.get(signal, 0) + 1
            sender = None
        sums[signal, sender].unheard += count
    rows: list[SignalRow] = []
    for (signal, sender), mine in sorted(
        sums.items(), key=lambda item: (-item[1].ns, -item[1].unheard)
    ):
        receivers = list(mine.receivers.items())
        row: SignalRow = {
            "signal": clean(signal),
            "sender": sender and clean(sender),
            "heard": mine.heard,
            "unheard": mine.unheard,
            "ms": milliseconds(mine.ns),
            "receivers": [[name, calls] for name, calls in receivers[:_MAX_RECEIVERS]],
            "more_receivers": len(receivers[_MAX_RECEIVERS:]),
            "senders": others.get(signal, 1) if sender is None else 1,
        }
        if not space.take(row):
            break
        rows.append(row)
    return rows, len(sums) - len(rows)
