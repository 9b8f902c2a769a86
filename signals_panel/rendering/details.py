"""The details of one row as the context of ``signals_panel/details.html``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from signals_panel.conf import Config
from signals_panel.effects import kind_of
from signals_panel.rendering.figures import row_time_parts
from signals_panel.rendering.links import place_html
from signals_panel.rendering.source import source_of, with_times
from signals_panel.rendering.sql import whole_sql
from signals_panel.wording import (
    count_text,
    deferred_text,
    duration_text,
    effects_text,
    fate_text,
    kept_lines_text,
    operation_text,
    rolled_back_text,
    row_time_title,
    scaled_text,
)

Context = dict[str, Any]

# What tells the effects of one kind apart.
_IDENTITY = ("effect", "text", "alias", "result")

# Frames of the project that are shown at once; the whole stack is one click further.
_MAX_NEAR = 5


def details_context(
    stats: Mapping[str, Any], kind: str, number: str, config: Config
) -> Context | None:
    """The details of a ``row``, ``receiver`` or ``effect``; None where there is no such row."""
    rows = {"row": "rows", "receiver": "receivers", "effect": "effects"}.get(kind)
    is_number = number.isdecimal() and len(number) < 10
    if rows is None or not is_number or int(number) >= len(stats[rows]):
        return None
    details = _Details(stats, config)
    make = {"row": details.row, "receiver": details.receiver, "effect": details.effect}[kind]
    return make(int(number))


class _Details:
    def __init__(self, stats: Mapping[str, Any], config: Config) -> None:
        self.stats = stats
        self.config = config

    def row(self, index: int) -> Context | None:
        row = self.stats["rows"][index]
        found = self._row(index, row)
        if found is not None:
            found |= self._time(index, row)
            found["transactions"] = row.get("atomic", [])
            found["undone"] = rolled_back_text(row)
        return found

    def _row(self, index: int, row: Mapping[str, Any]) -> Context | None:
        if row["kind"] == "dispatch":
            return {**self._each(index, row), **self._sending(index, row)}
        if row["kind"] == "call":
            return self._call(index, row)
        if row["kind"] == "effect":
            return {**self._effect(row), "error": row["error"], **self._of_first(row)}
        if row["kind"] == "operation":
            return self._operation(index, row)
        if row["kind"] == "deferred":
            return self._deferred(index, row)
        return None

    def receiver(self, index: int) -> Context:
        """The first of its calls in the cascade says most; the sending lines are of all."""
        receiver = self.stats["receivers"][index]
        found: Context = {"source": self._source(receiver["defined_at"])}
        calls = [
            (number, row)
            for number, row in enumerate(self.stats["rows"])
            if row["kind"] == "call" and row["receiver"] == receiver["receiver"]
        ]
        if calls:
            same = [each for each in calls if each[1]["defined_at"] == calls[0][1]["defined_at"]]
            found = {**self._call(*calls[0]), **self._function(self._outermost(same))}
        found.pop("each", None)
        found["sent_from"] = [self._line(line) for line in receiver["sent_from"]]
        return found

    def _outermost(
        self, calls: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> list[tuple[int, Mapping[str, Any]]]:
        """Without calls that are nested in others of them: their time is in the others' lines."""
        found: list[tuple[int, Mapping[str, Any]]] = []
        for number, row in calls:
            around = found[-1] if found else None
            if around is not None and all(
                below["level"] > around[1]["level"]
                for below in self.stats["rows"][around[0] + 1 : number + 1]
            ):
                continue
            found.append((number, row))
        return found

    def effect(self, index: int) -> Context:
        """The effects with one text; the cascade has the data of the first."""
        same = self.stats["effects"][index]
        found = self._effect(same)
        for row in self.stats["rows"]:
            if row["kind"] == "effect" and all(row[key] == same[key] for key in _IDENTITY):
                return found | self._of_first(row) | {"error": row["error"]}
        return found

    def _effect(self, row: Mapping[str, Any]) -> Context:
        text = self.stats["texts"][row["text"]]
        is_sql = row["effect"] == "sql"
        label = kind_of(row["effect"]).label
        return {
            "label": label[:1].upper() + label[1:],
            "text": whole_sql(text) if is_sql else text,
            "statement": text if is_sql else "",
            "alias": row["alias"],
            "result": row["result"],
        }

    def _of_first(self, row: Mapping[str, Any]) -> Context:
        return {
            "note": row["note"],
            "data": row["data"],
            "data_title": "Parameters" if row["effect"] == "sql" else "Kept",
            "is_example": row["count"] > 1,
        }

    def _operation(self, index: int, row: Mapping[str, Any]) -> Context:
        in_receivers = {
            kind: number - row["own_effects"].get(kind, 0)
            for kind, number in row["effects"].items()
        }
        return {
            **self._each(index, row),
            **self._sending(index, row),
            "error": row["error"],
            "errors": row["errors"],
            "operation": operation_text(row),
            "self": duration_text(row["self_ms"]),
            # With its dispatches, where it sent any that were heard.
            "total": duration_text(row["ms"]) if row["ms"] > row["self_ms"] else "",
            "own_effects": effects_text(row["own_effects"]),
            "in_receivers": effects_text(in_receivers),
            "bypassed": row["bypassed"],
        }

    def _deferred(self, index: int, row: Mapping[str, Any]) -> Context:
        return {
            **self._each(index, row),
            "error": row["error"],
            "errors": row["errors"],
            "is_deferred": True,
            "deferred_until": row["alias"],
            "never_ran": deferred_text(row),
            "total": duration_text(row["ms"]),
            **self._function([(index, row)]),
        }

    def _call(self, index: int, row: Mapping[str, Any]) -> Context:
        mine = self.stats["details"].get(str(index), {})
        found: Context = {
            **self._each(index, row),
            "error": row["error"],
            "errors": row["errors"],
            "fate": fate_text(row),
            "imported_as": mine.get("imported_as", []),
            "traceback": [self._line(line) for line in mine.get("traceback", ())],
            **self._function([(index, row)]),
            "connections": mine.get("connection", []),
        }
        dispatch = self._dispatch_of(index)
        if dispatch is not None:
            sending = self._sending(dispatch, self.stats["rows"][dispatch])
            # How each send took part is said in the sends' own details.
            found |= {key: sending[key] for key in ("sent_from", "via", "stack", "arguments")}
        return found

    def _dispatch_of(self, index: int) -> int | None:
        level = self.stats["rows"][index]["level"]
        for number in range(index, -1, -1):
            if self.stats["rows"][number]["level"] < level:
                return number
        return None

    def _sending(self, index: int, row: Mapping[str, Any]) -> Context:
        mine = self.stats["details"].get(str(index), {})
        stack = mine.get("stack", [])
        near = [] if row["sent_from"] is None else [row["sent_from"]]
        # What led to it in the project's own code, further out.
        outward = [line for line, is_project in stack if is_project and line not in row["via"]]
        if near and near[0] in outward:
            outward = outward[outward.index(near[0]) + 1 :]
        near += outward
        return {
            "via": [self._line(line) for line in row["via"]],
            "package": row["package"],
            "sent_from": [self._line(line) for line in near[:_MAX_NEAR]],
            "stack": [{**self._line(line), "is_project": is_project} for line, is_project in stack],
            "arguments": mine.get("arguments", []),
        }

    def _each(self, index: int, row: Mapping[str, Any]) -> Context:
        mine = self.stats["details"].get(str(index), {})
        slowest = max((each[1] for each in mine.get("each", ())), default=0)
        return {
            "count": row["count"],
            "each": [
                {
                    "number": number,
                    "start": "" if start is None else duration_text(start),
                    "key": key,
                    "duration": duration_text(ms),
                    "effects": effects_text(effects),
                    "error": error,
                    "is_slowest": ms == slowest,
                }
                # Earlier versions stored them in order, without their numbers.
                for at, stored in enumerate(mine.get("each", ()), 1)
                for start, ms, effects, error, key, number in [[*stored, at][:6]]
            ],
            "has_keys": any(each[4] is not None for each in mine.get("each", ())),
            "each_more": mine.get("each_more", 0),
            "average": duration_text(row["ms"] / row["count"]),
            "longest": duration_text(row["longest_ms"]),
            "times": count_text(row["count"], "time"),
        }

    def _line(self, index: int) -> Context:
        line = self.stats["lines"][index]
        return {
            "place": place_html(line, self.config.editor_url),
            "function": line[2],
            "text": line[3],
        }

    def _time(self, index: int, row: Mapping[str, Any]) -> Context:
        time = self.stats["details"].get(str(index), {}).get("time")
        if time is None:
            return {}
        return {
            "time_title": row_time_title(row),
            "time": row_time_parts(time, row),
            "time_note": scaled_text() if time["is_scaled"] else "",
        }

    def _function(self, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> Context:
        """The receiver, or what was put off, with the times of its lines in all of some rows."""
        lines = [
            line
            for index, _ in rows
            for line in self.stats["details"].get(str(index), {}).get("lines", ())
        ]
        count, kept = (sum(row[name] for _, row in rows) for name in ("count", "kept"))
        whole_ms = sum(row["ms"] for _, row in rows)
        return {
            "source": self._source(rows[0][1]["defined_at"], lines, whole_ms),
            "source_note": kept_lines_text(kept, count) if lines else "",
        }

    def _source(
        self, index: int | None, times: Sequence[Sequence[Any]] = (), whole_ms: float = 0
    ) -> Context | None:
        if index is None:
            return None
        path, number = self.stats["lines"][index][:2]
        lines = with_times(source_of(path, number), times, whole_ms)
        has_times = any(line.get("time") for line in lines)
        return {**self._line(index), "lines": lines, "has_times": has_times}
