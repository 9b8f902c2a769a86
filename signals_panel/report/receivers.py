"""One row per receiver, the costliest first; Django's housekeeping comes last.

A receiver that leads to itself is counted in ``ms`` and ``effects`` once, by its outer calls.
"""

from __future__ import annotations

from signals_panel.analysis import Tree, is_housekeeping, milliseconds
from signals_panel.describe import ReceiverName, SourceLine, clean
from signals_panel.recording import EffectKey, Tally
from signals_panel.report.schema import ReceiverRow
from signals_panel.report.space import Space, Texts
from signals_panel.wiring import origin_of

_MAX_LINES = 5


class _Sums:
    def __init__(self, receiver: ReceiverName) -> None:
        self.receiver = receiver
        self.calls = self.ns = self.self_ns = self.longest_ns = self.errors = 0
        self.is_async = False
        self.housekeeping = True
        self.inside = Tally()
        # How often each of its own effects, by what tells it from others.
        self.own: dict[EffectKey, int] = {}
        # A dict keeps the order, a set wouldn't.
        self.lines: dict[SourceLine, None] = {}


def by_receiver(tree: Tree, texts: Texts, space: Space) -> tuple[list[ReceiverRow], int]:
    """The rows, and the number of receivers that there was no room for."""
    sums: dict[str, _Sums] = {}
    for dispatch, call, is_nested, effects in tree.calls:
        name = call.key.receiver.text
        mine = sums.get(name)
        if mine is None:
            mine = sums[name] = _Sums(call.key.receiver)
        mine.calls += call.count
        mine.self_ns += call.self_ns
        mine.longest_ns = max(mine.longest_ns, call.longest_ns)
        mine.errors += call.errors
        mine.is_async = mine.is_async or call.key.is_async
        mine.housekeeping = mine.housekeeping and is_housekeeping(dispatch, call)
        if not is_nested:
            mine.ns += call.ns
            if call.inside is not None:
                mine.inside.add(call.inside)
        for effect in effects:
            key = effect.key._replace(note="")
            mine.own[key] = mine.own.get(key, 0) + effect.count
        site = dispatch.key.site
        if site is not None and site.line is not None:
            mine.lines[site.line] = None
    rows: list[ReceiverRow] = []
    for name, mine in sorted(sums.items(), key=lambda item: (item[1].housekeeping, -item[1].ns)):
        row = _row(name, mine, texts)
        if not space.take(row):
            break
        rows.append(row)
    return rows, len(sums) - len(rows)


def _row(name: str, mine: _Sums, texts: Texts) -> ReceiverRow:
    lines = [texts.line(line) for line in list(mine.lines)[:_MAX_LINES]]
    own: dict[str, int] = {}
    for key, count in mine.own.items():
        own[key.kind] = own.get(key.kind, 0) + count
    return {
        "receiver": clean(name),
        "origin": origin_of(mine.receiver),
        "housekeeping": mine.housekeeping,
        "is_async": mine.is_async,
        "calls": mine.calls,
        "ms": milliseconds(mine.ns),
        "self_ms": milliseconds(mine.self_ns),
        "longest_ms": milliseconds(mine.longest_ns),
        "own_effects": own,
        "effects": mine.inside.effects,
        "repeated": sum(count for count in mine.own.values() if count > 1),
        "errors": mine.errors,
        "defined_at": texts.line(mine.receiver.defined_at),
        "sent_from": [line for line in lines if line is not None],
    }
