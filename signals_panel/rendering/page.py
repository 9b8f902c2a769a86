"""The stored report as the template's context: short names, texts, places, bars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from signals_panel.conf import Config
from signals_panel.rendering.links import place_html
from signals_panel.rendering.sql import short_sql
from signals_panel.wording import (
    count_text,
    duration_text,
    fate_text,
    notes,
    own_costs,
    reason_text,
)

# Levels beyond this are indented no further.
_MAX_INDENT = 12
# The views of a report with more rows than this are folded up until the script has come.
_MAX_UNFOLDED = 100


def context(stats: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """What ``signals_panel/panel.html`` shows of a report, which may be empty."""
    if not stats or stats["is_brief"]:
        return {"has_report": False, "is_brief": bool(stats)}
    page = _Page(stats, config)
    costs = own_costs(stats)
    totals, left_out = stats["totals"], stats["left_out"]
    groups = page.receiver_groups()
    # The rows that each view shows; Django's housekeeping is folded away.
    counts = {
        "cascade": sum(
            row["kind"] in ("dispatch", "call", "effect") and not row.get("housekeeping")
            for row in stats["rows"]
        ),
        "receivers": sum(not row["housekeeping"] for row in stats["receivers"]),
        "signals": len(stats["signals"]),
        "queries": len(stats["effects"]),
    }
    return {
        "has_report": True,
        "is_empty": not costs["calls"],
        "summary": _summary(stats, costs),
        "time": _time(stats["time"]),
        "toolbar": _toolbar(stats),
        "notes": notes(stats),
        "bulk": [f"{model}.objects.{name}()" for name, model in stats["bulk"]],
        "worst": [page.worst(index) for index in stats["worst"]],
        "views": [
            {
                "id": name,
                "title": name.capitalize(),
                "count": f"{count:,}",
                "template": f"signals_panel/{name}.html",
            }
            for name, count in counts.items()
        ],
        "counts": counts,
        # A browser would lay all of it out twice, first without styles.
        "is_long": len(stats["rows"]) > _MAX_UNFOLDED,
        "end": duration_text(totals["duration_ms"]),
        "rows": page.rows(),
        "receivers": groups,
        "signals": [page.signal(row) for row in stats["signals"]],
        "silent": [page.silent(row) for row in stats["silent"]],
        "queries": [page.query(row) for row in stats["effects"]],
        "left_out": left_out,
        "housekeeping": stats["housekeeping"],
        "faults": stats["faults"],
    }


class _Page:
    """The report's rows, made ready one by one; what they share is made once."""

    def __init__(self, stats: Mapping[str, Any], config: Config) -> None:
        self.stats = stats
        self.lines = [_line(line, config.editor_url) for line in stats["lines"]]
        self.statements = [short_sql(sql) for sql in stats["texts"]]
        self.marks = _phase_marks(stats)
        # When each began first: one may be resumed.
        self.phases = dict(reversed(stats["phases"]))
        self._names: dict[str, SafeString] = {}
        # Where the other views have a row for what the cascade shows.
        self._receivers = {row["receiver"]: n for n, row in enumerate(stats["receivers"])}
        self._signals = {
            (row["signal"], row["sender"]): n for n, row in enumerate(stats["signals"])
        }

    def _density(self, row: Mapping[str, Any]) -> float:
        """How much of its spans a row was running for, from 0.1 to 1: its bars' height.

        What ran two hundred times for a moment has spans close together, which are drawn as
        one; it didn't take the time from the first to the last.
        """
        covered = sum(row["spans"][1::2]) / 1000 * self.stats["totals"]["duration_ms"]
        # A single one is drawn as it is, rounded as it may be.
        if row["count"] == 1 or not covered:
            return 1.0
        return float(min(1.0, max(0.1, row["ms"] / covered)))

    def name(self, path: str) -> SafeString:
        """``django.db.models.signals.post_save``: the last part is what it is called."""
        known = self._names.get(path)
        if known is None:
            home, dot, name = path.rpartition(".")
            known = self._names[path] = format_html(
                '<span class="fsp-home">{}</span><b>{}</b>',
                _breakable(home + dot),
                _breakable(name),
            )
        return known

    def line(self, index: int | None) -> dict[str, Any] | None:
        return None if index is None else self.lines[index]

    def rows(self) -> Iterator[dict[str, Any]]:
        for number, row in enumerate(self.stats["rows"]):
            yield self.row(number, row)

    def row(self, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
        # As text: a setting may have the template write 1,000 for a number.
        shown: dict[str, Any] = {
            **row,
            "id": str(number),
            "indent": min(row["level"], _MAX_INDENT),
            "template": f"signals_panel/rows/{row['kind']}.html",
        }
        if row["kind"] == "phase":
            shown["from"] = duration_text(self.phases.get(row["name"], 0.0))
            return shown
        if row["kind"] == "more":
            shown["queries"] = row["effects"].get("sql", 0)
            return shown
        shown["times"] = f"× {row['count']:,}" if row["count"] > 1 else ""
        shown["duration"] = duration_text(row["ms"])
        shown["longest"] = duration_text(row["longest_ms"]) if row["count"] > 1 else ""
        if row["kind"] == "effect":
            shown["kind"] = "query"
            shown["sql"] = self.statements[row["text"]]
            shown["number"] = str(row["text"])
            shown["many"] = bool(row["note"])
            return shown
        shown["all_queries"] = row["effects"].get("sql", 0)
        half = 6.0 if row["kind"] == "call" else 2.0
        shown["bars"] = _bars(row["spans"], half * self._density(row))
        shown["marks_path"] = self.marks
        if row["start_ms"] is not None:
            start = duration_text(row["start_ms"])
            shown["when"] = f"from {start}" + (
                f" on, {shown['duration']} in all" if row["count"] > 1 else f", {shown['duration']}"
            )
        if row["kind"] == "dispatch":
            shown["name"] = self.name(row["signal"])
            shown["sent_from"] = self.line(row["sent_from"])
            shown["via"] = [self.lines[index] for index in row["via"]]
            shown["number"] = _text(self._signals.get((row["signal"], row["sender"])))
        else:
            shown["queries"] = row["own_effects"].get("sql", 0)
            shown["name"] = self.name(row["receiver"])
            shown["self"] = duration_text(row["self_ms"])
            shown["fate"] = fate_text(row)
            shown["defined_at"] = self.line(row["defined_at"])
            shown["number"] = _text(self._receivers.get(row["receiver"]))
        return shown

    def worst(self, index: int) -> dict[str, Any]:
        """A marked row as a sentence."""
        row = self.stats["rows"][index]
        if row["errors"]:
            times = f"{row['errors']:,} times, first " if row["errors"] > 1 else ""
            return {
                "row": str(index),
                "is_raised": True,
                "marks": row["marks"],
                "name": self.name(row["receiver"]),
                "text": f"{times}{row['error']}. {fate_text(row)}",
            }
        duration = self.stats["totals"]["duration_ms"]
        share = f", {row['self_ms'] / duration:.0%} of the request" if duration else ""
        ran = f"ran {row['count']:,} times: " if row["count"] > 1 else ""
        queries = ""
        if row["own_effects"].get("sql"):
            queries = f", {count_text(row['own_effects']['sql'], 'query', 'queries')} of its own"
        return {
            "row": str(index),
            "marks": row["marks"],
            "name": self.name(row["receiver"]),
            "text": f"{ran}{duration_text(row['self_ms'])} itself{share}{queries}",
        }

    def receiver_groups(self) -> list[dict[str, Any]]:
        """The receivers, Django's housekeeping apart."""
        rows = [self.receiver(number) for number in range(len(self.stats["receivers"]))]
        groups = [
            {"title": "", "rows": [row for row in rows if not row["housekeeping"]]},
            {
                "title": "Django's housekeeping, not counted in the figures at the top",
                "rows": [row for row in rows if row["housekeeping"]],
            },
        ]
        return [group for group in groups if group["rows"]]

    def receiver(self, number: int) -> dict[str, Any]:
        row = self.stats["receivers"][number]
        return {
            **row,
            "number": str(number),
            "name": self.name(row["receiver"]),
            "defined_at": self.line(row["defined_at"]),
            "total": duration_text(row["ms"]),
            "self": duration_text(row["self_ms"]),
            "longest": duration_text(row["longest_ms"]),
            "queries": row["own_effects"].get("sql", 0),
            "all_queries": row["effects"].get("sql", 0),
        }

    def signal(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **row,
            "number": str(self._signals[row["signal"], row["sender"]]),
            "name": self.name(row["signal"]),
            "total": duration_text(row["ms"]) if row["heard"] else "",
            "objects": _objects_text(row) if row["senders"] > 1 else "",
            "receivers": [
                {"name": self.name(name), "times": f"× {calls:,}" if calls > 1 else ""}
                for name, calls in row["receivers"]
            ],
        }

    def silent(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **row,
            "name": self.name(row["receiver"]) if row["receiver"] else None,
            "signal": self.name(row["signal"]),
            "reason": reason_text(row),
            "defined_at": self.line(row["defined_at"]),
        }

    def query(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **row,
            "number": str(row["text"]),
            "sql": self.statements[row["text"]],
            "text": self.stats["texts"][row["text"]],
            "total": duration_text(row["ms"]),
            "longest": duration_text(row["longest_ms"]),
            "is_repeated": row["sends"] > 1,
            "receivers": [
                {"name": self.name(name), "text": _each_text(calls, count)}
                for name, calls, count in row["receivers"]
            ],
            "sent_from": [self.lines[index] for index in row["sent_from"]],
        }


def _objects_text(row: Mapping[str, Any]) -> str:
    """``412 objects of 12 models``: what a signal of each object was sent for, unheard."""
    objects = count_text(row["heard"] + row["unheard"], "object")
    return f"{objects} of {count_text(row['senders'], 'model')}"


def _breakable(name: str) -> SafeString:
    """A name that breaks after a dot or underscore, before it breaks anywhere."""
    escaped = escape(name).replace(".", ".<wbr>").replace("_", "_<wbr>")
    return mark_safe(escaped)  # noqa: S308 - no entity has a dot or underscore in it


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _each_text(calls: int, count: int) -> str:
    """``ran 50 times, one query each``."""
    ran = "ran once" if calls == 1 else f"ran {calls:,} times"
    if calls == 1:
        return f"{ran}, {'one query' if count == 1 else f'{count:,} queries'}"
    if count % calls:
        return f"{ran}, {count_text(count, 'query', 'queries')} in all"
    each = count // calls
    return f"{ran}, {'one query' if each == 1 else f'{each:,} queries'} each"


def _summary(stats: Mapping[str, Any], costs: Mapping[str, Any]) -> list[dict[str, str]]:
    totals, raised = stats["totals"], stats["raised"]
    whole = totals["duration_ms"]
    # No share where none was measured.
    share = f"{costs['ms'] / whole:.0%} of {duration_text(whole)}" if whole else ""
    # Housekeeping's queries are queries too; the whole has all of them.
    return [
        {"label": "Signals fired", "value": f"{costs['dispatches'] + totals['unheard']:,}",
         "note": f"{costs['dispatches']:,} heard, {totals['unheard']:,} unheard"},
        {"label": "Receivers called", "value": f"{costs['calls']:,}",
         "note": f"{raised:,} raised" if raised else ""},
        {"label": "Time in receivers", "value": duration_text(costs["ms"]), "note": share},
        {"label": "Queries in receivers", "value": f"{costs['effects'].get('sql', 0):,}",
         "note": f"of {count_text(totals['all_queries'], 'query', 'queries')}"},
    ]  # fmt: skip


# What each is called, and its shade where there are no styles.
_TIME_PARTS = {
    "outside_sql": ("outside SQL in receivers", "#888"),
    "sql": ("SQL in receivers", "#444"),
    "rest": ("the rest of the request", "#ddd"),
}


def _time(time: Mapping[str, float]) -> list[dict[str, Any]]:
    """The parts of the bar, in thousandths of the whole."""
    whole = sum(time.values()) or 1.0
    parts = []
    start = 0.0
    for key, (label, shade) in _TIME_PARTS.items():
        width = time[key] / whole * 1000
        parts.append(
            {
                "key": key,
                "label": label,
                "shade": shade,
                "ms": duration_text(time[key]),
                "share": _share(time[key] / whole),
                "x": f"{start:.1f}",
                "width": f"{width:.1f}",
            }
        )
        start += width
    return parts


def _toolbar(stats: Mapping[str, Any]) -> dict[str, Any] | None:
    """The toolbar's own time, outside of the bar's 100%: as wide as it was, beside the whole."""
    took, whole = stats["totals"]["toolbar_ms"], stats["totals"]["duration_ms"]
    if took < _LEAST_TOOLBAR_MS:
        return None
    return {
        "ms": duration_text(took),
        "x": "1010",
        "width": f"{min(1000.0, took / (whole or 1.0) * 1000):.1f}",
        "box": f"{1010 + min(1000.0, took / (whole or 1.0) * 1000):.0f}",
    }


# Less is nothing that a developer could see.
_LEAST_TOOLBAR_MS = 0.05


def _share(part: float) -> str:
    return "<1%" if 0 < part < 0.005 else f"{part:.0%}"


def _line(line: list[Any], editor_url: str) -> dict[str, Any]:
    return {
        "place": place_html(line, editor_url),
        "path": line[0],
        "number": line[1],
        "function": line[2],
        "text": line[3],
    }


def _bars(spans: list[int], half: float) -> SafeString:
    """Spans as an SVG path, ``half`` above and below the middle of a row of 16."""
    return mark_safe(  # noqa: S308 - numbers
        "".join(
            f"M{int(start)} {8 - half:.2f}h{int(length)}v{2 * half:.2f}h-{int(length)}z"
            for start, length in zip(spans[::2], spans[1::2], strict=True)
        )
    )


def _phase_marks(stats: Mapping[str, Any]) -> SafeString:
    """Where the phases begin, as an SVG path; the first begins with the request."""
    whole = stats["totals"]["duration_ms"] or 1.0
    return mark_safe(  # noqa: S308 - numbers
        "".join(f"M{start / whole * 1000:.0f} 0v16" for _, start in stats["phases"][1:])
    )
