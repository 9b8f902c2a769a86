"""What receivers caused, put together by what it was; of SQL, by statement. The longest first.

What has several sends is something that no single receiver repeats, and that happens again and
again all the same.
"""

from __future__ import annotations

from signals_panel.analysis import Tree, milliseconds
from signals_panel.describe import SourceLine, clean
from signals_panel.recording import EffectKey
from signals_panel.report.schema import SameEffectRow
from signals_panel.report.space import Space, Texts

_MAX_RECEIVERS = 10
_MAX_LINES = 5


class _Sums:
    def __init__(self) -> None:
        self.count = self.ns = self.longest_ns = self.errors = 0
        self.receivers: dict[str, list[int]] = {}
        self.lines: dict[SourceLine, None] = {}


def by_text(tree: Tree, texts: Texts, space: Space) -> tuple[list[SameEffectRow], int]:
    """The rows, and the number of texts that there was no room for."""
    sums: dict[EffectKey, _Sums] = {}
    for dispatch, call, _, effects in tree.calls:
        for effect in effects:
            key: EffectKey = effect.key
            mine = sums.setdefault(key._replace(note=""), _Sums())
            mine.count += effect.count
            mine.ns += effect.ns
            mine.longest_ns = max(mine.longest_ns, effect.longest_ns)
            mine.errors += effect.errors
            by_call = mine.receivers.setdefault(call.key.receiver.text, [0, 0])
            by_call[0] += call.count
            by_call[1] += effect.count
            site = dispatch.key.site
            if site is not None and site.line is not None:
                mine.lines[site.line] = None
    rows: list[SameEffectRow] = []
    for key, mine in sorted(sums.items(), key=lambda item: -item[1].ns):
        row = _row(key, mine, texts)
        if row is None or not space.take(row):
            break
        rows.append(row)
    return rows, len(sums) - len(rows)


def _row(key: EffectKey, mine: _Sums, texts: Texts) -> SameEffectRow | None:
    index = texts.text(key.text)
    if index is None:
        return None
    lines = [texts.line(line) for line in list(mine.lines)[:_MAX_LINES]]
    receivers = sorted(mine.receivers.items(), key=lambda item: -item[1][1])
    return {
        "effect": key.kind,
        "text": index,
        "alias": clean(key.alias),
        "result": key.result,
        "count": mine.count,
        "ms": milliseconds(mine.ns),
        "longest_ms": milliseconds(mine.longest_ns),
        "errors": mine.errors,
        "sends": min(mine.count, sum(calls for calls, _ in mine.receivers.values())),
        "receivers": [
            [clean(name), calls, count] for name, (calls, count) in receivers[:_MAX_RECEIVERS]
        ],
        "more_receivers": len(receivers[_MAX_RECEIVERS:]),
        "sent_from": [line for line in lines if line is not None],
    }
