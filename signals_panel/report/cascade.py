"""The cascade as rows: depth first, repeats folded, exact sums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from signals_panel.analysis import (
    Analysis,
    is_all_housekeeping,
    is_housekeeping,
    milliseconds,
)
from signals_panel.describe import CallSite, SourceLine, clean
from signals_panel.effects import data_text
from signals_panel.recording import CallKey, DispatchKey, EffectKey, Group, Tally
from signals_panel.report.schema import Counts
from signals_panel.report.space import Space, Texts
from signals_panel.wiring import origin_of


class Cascade:
    """Rows under the limits of a report; what has no room is only counted."""

    def __init__(self, analysis: Analysis, texts: Texts, max_rows: int, space: Space) -> None:
        self.rows: list[Any] = []
        self.groups: dict[int, Group] = {}
        """What each row shows, by the row's index."""
        self._analysis = analysis
        self._tree = analysis.tree
        self._texts = texts
        self._max_rows = max_rows
        self._space = space
        self._shown = Tally()
        self._is_full = False
        # The keys of the rows around the next one, by level.
        self._keys: dict[int, str] = {0: ""}
        for phase in self._tree.phases:
            level = 1
            if phase.name and (phase.group.children or phase.group.rest is not None):
                self._keys[1] = _key("", phase.name)
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
        effects = {
            kind: number - shown.effects.get(kind, 0)
            for kind, number in totals.effects.items()
            if number > shown.effects.get(kind, 0)
        }
        if dispatches or calls or effects:
            more = {"dispatches": dispatches, "calls": calls, "effects": effects}
            self.rows.append({"kind": "more", "key": "more", "level": 1, **more})

    def _add(self, top: Group, level: int) -> None:
        # A stack of iterators instead of recursion: a cascade can be deeper than Python's.
        waiting: list[tuple[Iterator[Group], int, Group]] = [
            (iter(top.children.values()), level, top)
        ]
        above: dict[Any, int] = {}
        while waiting and not self._is_full:
            groups, level, parent = waiting[-1]
            group = next(groups, None)
            if group is None:
                waiting.pop()
                if type(parent.key) is DispatchKey:
                    above[parent.key.signal, parent.key.sender] -= 1
                continue
            key = group.key
            if type(key) is DispatchKey:
                around = (key.signal, key.sender)
                if self._add_row(level, group, self._dispatch(group, key, bool(above.get(around)))):
                    self._shown.dispatches += group.count
                above[around] = above.get(around, 0) + 1
            elif type(key) is CallKey:
                if self._add_row(level, group, self._call(group, key, parent)):
                    self._shown.calls += group.count
            elif self._add_row(level, group, self._effect(group, key)):
                self._shown.add_effects(key.kind, group.count)
            waiting.append((iter(group.children.values()), level + 1, group))

    def _add_row(self, level: int, group: Group, row: dict[str, Any]) -> bool:
        key = _key(self._keys[level - 1], *row.pop("words"))
        row = {
            "kind": row.pop("kind"),
            "key": key,
            "level": level,
            "count": group.count,
            "ms": milliseconds(group.ns),
            "longest_ms": milliseconds(group.longest_ns),
            "start_ms": self._tree.start_ms(group),
            "spans": self._tree.spans(group),
            **row,
        }
        if len(self.rows) >= self._max_rows or self._texts.is_full or not self._space.take(row):
            # The first that has no room ends it: no row may stand without what is above it.
            self._is_full = True
            return False
        self._keys[level] = key
        self.groups[len(self.rows)] = group
        self.rows.append(row)
        return True

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
            "concurrent": group.is_concurrent,
            "recursive": is_recursive,
            "effects": _effects(group),
            "housekeeping": is_all_housekeeping(group),
            **self._sent_from(site),
        }

    def _sent_from(self, site: CallSite | None) -> dict[str, Any]:
        line = site.line if site is not None else None
        via = [self._texts.line(each) for each in site.via_lines] if site is not None else []
        return {
            "sent_from": self._texts.line(line),
            "via": [index for index in via if index is not None],
            "package": line and line.package,
        }

    def _call(self, group: Group, key: CallKey, dispatch: Group) -> dict[str, Any]:
        connections = self._analysis.connections
        own: Counts = {}
        for child in group.children.values():
            if type(child.key) is EffectKey:
                _count_own(own, child)
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
            "connected_twice": len(connections.fitting(dispatch, key.receiver)) > 1
            or bool(connections.imported_twice(dispatch, key.receiver)),
            "unfinished": group.unfinished(),
            "own_effects": own,
            "effects": _effects(group),
            "defined_at": self._texts.line(key.receiver.defined_at),
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


def _count_own(counts: Counts, group: Group) -> None:
    """Count an effect, and those that happened inside of it."""
    waiting = [group]
    while waiting:
        inner = waiting.pop()
        if type(inner.key) is EffectKey:
            counts[inner.key.kind] = counts.get(inner.key.kind, 0) + inner.count
            waiting.extend(inner.children.values())


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
