"""The cascade as rows: depth first, repeats folded, exact sums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from signals_panel.analysis import (
    Analysis,
    is_all_housekeeping,
    is_housekeeping,
    milliseconds,
)
from signals_panel.describe import SourceLine, clean
from signals_panel.effects import data_text
from signals_panel.recording import (
    ROLLED_BACK,
    CallKey,
    DeferredKey,
    DispatchKey,
    EffectKey,
    EffectNode,
    Group,
    LineKey,
    OperationKey,
    Tally,
    Transaction,
)
from signals_panel.report.schema import Counts
from signals_panel.report.space import Space, Texts
from signals_panel.wiring import origin_of

_NO_MARKS: dict[str, Any] = {"atomic": [], "rolled_back": 0}
_MAX_SAID = 3
_MAX_BYPASSED = 20


class Cascade:
    """Rows under the limits of a report; what has no room is only counted."""

    def __init__(self, analysis: Analysis, texts: Texts, max_rows: int, space: Space) -> None:
        self.rows: list[Any] = []
        self.groups: dict[int, Group] = {}
        """What each row shows, by the row's index."""
        self.intervals: dict[int, list[tuple[int, int]]] = {}
        """When it ran, in nanoseconds on the request's axis; see ``Tree.intervals``."""
        self._analysis = analysis
        self._tree = tree = analysis.tree
        self._texts = texts
        self._max_rows = max_rows
        self._space = space
        self._shown = Tally()
        self._shown_outside = Tally()
        self._is_full = False
        # The keys of the rows around the next one, by level.
        self._keys: dict[int, str] = {0: ""}
        for phase, (start, end) in zip(tree.phases, tree.phase_intervals(), strict=True):
            level = 1
            if phase.name and (phase.group.children or phase.group.rest is not None):
                self._keys[1] = _key("", phase.name)
                self.intervals[len(self.rows)] = [(start, end)]
                self.rows.append(
                    {"kind": "phase", "key": self._keys[1], "level": 1, "name": phase.name}
                )
                level = 2
            self._add(phase.group, level)
        self._add_remainder()

    def _add_remainder(self) -> None:
        """Add a last row for everything that the totals count and the rows don't show."""
        totals, shown = self._analysis.glance.totals, self._shown
        dispatches, calls = totals.dispatches - shown.dispatches, totals.calls - shown.calls
        effects = _without(totals.effects, shown.effects)
        outside = _without(totals.all_effects, totals.effects)
        outside = _without(outside, self._shown_outside.effects)
        if dispatches or calls or effects or outside:
            more = {"dispatches": dispatches, "calls": calls, "effects": effects}
            self.rows.append(
                {"kind": "more", "key": "more", "level": 1, **more, "outside": outside}
            )

    def _add(self, top: Group, level: int) -> None:
        # A stack of iterators instead of recursion: a cascade can be deeper than Python's.
        waiting: list[tuple[Iterator[Group], int, Group, Tally]] = [
            (iter(top.children.values()), level, top, self._shown_outside)
        ]
        above: dict[Any, int] = {}
        while waiting and not self._is_full:
            groups, level, parent, shown = waiting[-1]
            group = next(groups, None)
            if group is None:
                waiting.pop()
                if type(parent.key) is DispatchKey:
                    above[parent.key.signal, parent.key.sender] -= 1
                continue
            key = group.key
            if type(key) is DispatchKey:
                around = (key.signal, key.sender)
                row = self._dispatch(group, key, bool(above.get(around)))
                above[around] = above.get(around, 0) + 1
                shown = self._shown
            elif type(key) is CallKey:
                row = self._call(group, key, parent)
                shown = self._shown
            elif type(key) is EffectKey:
                row = self._effect(group, key)
            elif type(key) is OperationKey:
                row = self._operation(group, key)
            elif type(key) is DeferredKey:
                row = self._deferred(group, key)
                shown = self._shown_outside
            else:
                row = self._line(group, key)
            if self._add_row(level, group, row):
                shown.count(group)
            waiting.append((iter(group.children.values()), level + 1, group, shown))

    def _add_row(self, level: int, group: Group, row: dict[str, Any]) -> bool:
        key = _key(self._keys[level - 1], *row.pop("words"))
        intervals = self._tree.intervals(group)
        row = {
            "kind": row.pop("kind"),
            "key": key,
            "level": level,
            "count": group.count,
            "kept": len(group.members or ()),
            "ms": milliseconds(group.ns),
            "longest_ms": milliseconds(group.longest_ns),
            **(self._marks(group) if self._tree.transactions else _NO_MARKS),
            "start_ms": self._tree.start_ms(group),
            "spans": self._tree.spans(intervals),
            **row,
        }
        if len(self.rows) >= self._max_rows or self._texts.is_full or not self._space.take(row):
            # The first that has no room ends it: no row may stand without what is above it.
            self._is_full = True
            return False
        self._keys[level] = key
        self.groups[len(self.rows)] = group
        if intervals:
            self.intervals[len(self.rows)] = intervals
        self.rows.append(row)
        return True

    def _marks(self, group: Group) -> dict[str, Any]:
        """In which transactions it ran, and how many were undone; as far as it was kept."""
        atomic: dict[str, None] = {}
        undone = 0
        for member in group.members or ():
            around = self._tree.transactions.around(member)
            atomic.update(dict.fromkeys(each.alias for each in around))
            undone += any(each.fate == ROLLED_BACK and _is_undone(member, each) for each in around)
        return {"atomic": list(atomic), "rolled_back": undone}

    def _dispatch(self, group: Group, key: DispatchKey, is_recursive: bool) -> dict[str, Any]:
        signal = clean(str(key.signal))
        site = key.site
        line = site.line if site is not None else None
        via = site.via_lines if site is not None else []
        return {
            "kind": "dispatch",
            "words": (signal, key.sender, key.method, _place(line), *map(_place, via)),
            "signal": signal,
            "sender": key.sender and clean(key.sender),
            "method": key.method,
            "said": _said(group),
            "concurrent": group.is_concurrent,
            "recursive": is_recursive,
            "effects": _effects(group),
            "housekeeping": is_all_housekeeping(group),
            **self._sent_from(line, via),
        }

    def _sent_from(self, line: SourceLine | None, via: Iterable[SourceLine]) -> dict[str, Any]:
        indexes = [self._texts.line(each) for each in via]
        return {
            "sent_from": self._texts.line(line),
            "via": [index for index in indexes if index is not None],
            "package": line and line.package,
        }

    def _call(self, group: Group, key: CallKey, dispatch: Group) -> dict[str, Any]:
        return {
            "kind": "call",
            "words": (key.receiver.text, key.is_async, _place(key.receiver.defined_at)),
            "receiver": clean(key.receiver.text),
            "sent_by": dispatch.key.method,
            "origin": origin_of(key.receiver),
            "housekeeping": is_housekeeping(dispatch, group),
            "is_async": key.is_async,
            "self_ms": milliseconds(group.self_ns),
            "errors": group.errors,
            "error": group.error,
            **_failure(group),
            "connected_twice": self._analysis.connected_twice(dispatch, key.receiver) > 1,
            "unfinished": group.unfinished(),
            "own_effects": _own_effects(group),
            "effects": _effects(group),
            "defined_at": self._texts.line(key.receiver.defined_at),
        }

    def _operation(self, group: Group, key: OperationKey) -> dict[str, Any]:
        site = key.site
        line = site.line if site is not None else None
        via = site.via_lines if site is not None else []
        return {
            "kind": "operation",
            "words": (key.name, key.model, _place(line), *map(_place, via)),
            "operation": key.name,
            "model": clean(key.model),
            "note": key.note,
            "table_rows": group.rows,
            "self_ms": milliseconds(group.self_ns),
            "errors": group.errors,
            "error": group.error,
            "unfinished": group.unfinished(),
            "bypassed": [
                clean(name.text) for name in self._analysis.bypassed(group)[:_MAX_BYPASSED]
            ],
            "own_effects": _own_effects(group),
            "effects": _effects(group),
            **self._sent_from(line, via),
        }

    def _deferred(self, group: Group, key: DeferredKey) -> dict[str, Any]:
        return {
            "kind": "deferred",
            "words": (key.words.text, key.alias, key.fate),
            "name": clean(key.words.text),
            "alias": clean(key.alias),
            "fate": key.fate,
            "reason": clean(key.reason),
            "errors": group.errors,
            "error": group.error,
            "own_effects": _own_effects(group),
            "effects": _effects(group),
            "defined_at": self._texts.line(key.words.defined_at),
        }

    def _line(self, group: Group, key: LineKey) -> dict[str, Any]:
        return {
            "kind": "line",
            "words": ("line", _place(key.line), *map(_place, key.via)),
            "effects": _effects(group),
            "own_effects": _own_effects(group),
            **self._sent_from(key.line, key.via),
        }

    def _effect(self, group: Group, key: EffectKey) -> dict[str, Any]:
        return {
            "kind": "effect",
            "words": key,
            "effect": key.kind,
            "text": self._texts.text(key.text),
            "alias": clean(key.alias),
            "note": key.note,
            "result": key.result,
            "data": data_text(key.kind, group.example),
            "errors": group.errors,
            "error": group.error,
        }


def _said(group: Group) -> list[list[Any]]:
    """What senders said, and how often, as far as it was kept."""
    counts: dict[str, int] = {}
    for member in group.members or ():
        if member.said:
            counts[member.said] = counts.get(member.said, 0) + 1
    return [[text, number] for text, number in list(counts.items())[:_MAX_SAID]]


def _is_undone(member: Any, transaction: Transaction) -> bool:
    """Whether a rollback undoes it: a cache keeps what it was given, as does another database."""
    if type(member) is not EffectNode:
        return True
    return member.kind == "sql" and member.alias == transaction.alias


def _own_effects(group: Group) -> Counts:
    """The effects in a group, without those of receivers in it."""
    counts: Counts = {}
    for effect in group.under(EffectKey):
        counts[effect.key.kind] = counts.get(effect.key.kind, 0) + effect.count
    return counts


def _without(counts: Mapping[str, int], others: Mapping[str, int]) -> Counts:
    """What is left of some counts, where anything is."""
    left = {kind: number - others.get(kind, 0) for kind, number in counts.items()}
    return {kind: number for kind, number in left.items() if number > 0}


def _place(line: SourceLine | None) -> tuple[str, int] | None:
    return None if line is None else (line.path, line.line)


def _effects(group: Group) -> Counts:
    return group.inside.effects if group.inside is not None else {}


def _failure(group: Group) -> dict[str, Any]:
    failure = group.failure
    if failure is None:
        return {"fate": None, "from_nested": False, "not_called": []}
    return {
        "fate": failure.fate,
        "from_nested": failure.is_nested,
        "not_called": [clean(name.text) for name in failure.not_called],
    }


def _key(around: str, *words: object) -> str:
    """The same for the same row in two requests: of its own words, and of those around it."""
    text = repr((around, words)).encode("utf-8", "surrogatepass")
    return hashlib.blake2s(text, digest_size=6).hexdigest()
