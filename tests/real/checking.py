"""What must hold of every report, whatever the program."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]

Report = dict[str, Any]
Row = dict[str, Any]
Line = list[Any]


class Dispatch(NamedTuple):
    """A row of a dispatch, with lines in place of their indexes."""

    signal: str
    sender: str
    line: Line | None
    via: list[Line]
    stack: list[tuple[Line, bool]] | None
    """Innermost first, with whether it is the project's; not every one is kept."""


OF_MODELS = {"pre_save", "post_save", "pre_delete", "post_delete"}
# These hand on what a line further out has begun: nobody would look for the cause there.
HANDS_ON = re.compile(r"\b(get_response|view_func)\(request\b|\bsuper\(\)\.a?(save|delete)\(")
# These stand around what a program is made of, and Django's own apps are part of that.
FRAMEWORK = re.compile(r"asgiref/|debug_toolbar/|django/(?!contrib/)")
# Milliseconds are rounded, and sums of them are compared.
TOLERANCE_MS = 0.05


def dispatches(report: Report) -> Iterator[Dispatch]:
    """All but those that begin and end the request: no line sends them."""
    lines = report["lines"]
    for index, row in enumerate(report["rows"]):
        if row["kind"] == "dispatch" and not row["signal"].startswith("django.core.signals."):
            at = row["sent_from"]
            stack = report["details"].get(str(index), {}).get("stack")
            yield Dispatch(
                row["signal"].rpartition(".")[2],
                str(row["sender"]),
                None if at is None else lines[at],
                [lines[i] for i in row.get("via") or ()],
                None if stack is None else [(lines[i], is_project) for i, is_project in stack],
            )


def line_text(line: Line | None) -> str:
    """``wagtail/models/pages.py:12 self.save()``: from where its package or the repository is."""
    if line is None:
        return "-"
    path, number, _, text = line[:4]
    inside = _installed(path) or os.path.relpath(path, REPOSITORY)
    return f"{inside}:{number} {' '.join(text.split())}"


def _installed(path: str) -> str:
    """From the package on, ``wagtail/models/pages.py``; nothing if it isn't installed."""
    return path.rpartition("/site-packages/")[2] if "/site-packages/" in path else ""


def problems_of(report: Report) -> Iterator[str]:
    """What is wrong with the report of a request."""
    for fault in report["faults"]:
        yield f"the panel had a fault: {fault}"
    for dispatch in dispatches(report):
        told = f"{dispatch.signal} from {dispatch.sender}"
        if dispatch.line is None:
            if dispatch.signal in OF_MODELS and _has_a_line_to_name(dispatch):
                yield f"{told} has no line"
        elif HANDS_ON.search(dispatch.line[3]) and _has_a_line_to_name(dispatch):
            yield f"{told} is said to be sent by {line_text(dispatch.line)}"
    yield from _wrong_totals(report)
    if not any(row["kind"] == "more" for row in report["rows"]):
        yield from _wrong_sums(report["rows"])


def _has_a_line_to_name(dispatch: Dispatch) -> bool:
    """Whether anybody's code in the stack did more than hand on.

    It may be Django alone, as where one of its views saves a form.
    """
    return dispatch.stack is None or any(
        not HANDS_ON.search(line[3])
        and (is_project or (_installed(line[0]) and not FRAMEWORK.match(_installed(line[0]))))
        for line, is_project in dispatch.stack
    )


def _wrong_totals(report: Report) -> Iterator[str]:
    """Rows make up the totals, and no part is more than the whole."""
    totals, rows, time = report["totals"], report["rows"], report["time"]
    for kind, name in (("dispatch", "dispatches"), ("call", "calls")):
        counted = sum(row["count"] for row in rows if row["kind"] == kind)
        counted += sum(row[name] for row in rows if row["kind"] == "more")
        if counted != totals[name]:
            yield f"{counted} {name} in rows, {totals[name]} in the totals"
    unheard = sum(row[2] for row in report["unheard"]) + report["unheard_more"]["count"]
    if unheard != totals["unheard"]:
        yield f"{unheard} unheard in rows, {totals['unheard']} in the totals"
    if totals["queries"] > totals["all_queries"]:
        yield f"{totals['queries']} queries in receivers, of {totals['all_queries']} in all"
    for name, ms in {
        "in receivers": totals["receiver_ms"],
        "split up": time["outside"] + time["python"] + sum(time["effects"].values()),
    }.items():
        if not 0 <= ms <= totals["duration_ms"] + TOLERANCE_MS:
            yield f"{ms} ms {name}, of {totals['duration_ms']} ms"
    # The toolbar's own comes on top of the program's.
    if totals.get("toolbar_ms", 0) < 0:
        yield f"{totals['toolbar_ms']} ms of the toolbar"


_NAMED = {"dispatch": "signal", "call": "receiver", "operation": "operation"}


def _wrong_sums(rows: list[Row]) -> Iterator[str]:
    """The effects below a row make up its sums; what stands right below it takes no longer."""
    for index, row in enumerate(rows):
        if row["kind"] not in _NAMED:
            continue
        below = list(_below(rows, index))
        name = row[_NAMED[row["kind"]]]
        # At any depth: a query may be part of a cache operation.
        effects = Counter()
        for inner in _inside(rows, index):
            if inner["kind"] == "effect":
                effects[inner["effect"]] += inner["count"]
        if effects != Counter(row["effects"]):
            yield f"{name} has {row['effects']}, and {dict(effects)} below it"
        ms = sum(inner["ms"] for inner in below)
        if ms > row["ms"] + TOLERANCE_MS and not row.get("concurrent"):
            yield f"{name} took {row['ms']} ms, and what is below it {ms} ms"


def _inside(rows: list[Row], index: int) -> Iterator[Row]:
    """What is below a row, without what it put off: that isn't part of it."""
    level = rows[index]["level"]
    put_off = None
    for row in rows[index + 1 :]:
        if row["level"] <= level:
            return
        if put_off is not None and row["level"] > put_off:
            continue
        put_off = row["level"] if row["kind"] == "deferred" else None
        if put_off is None:
            yield row


def _below(rows: list[Row], index: int) -> Iterator[Row]:
    level = rows[index]["level"]
    return (row for row in _inside(rows, index) if row["level"] == level + 1)
