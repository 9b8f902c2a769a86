"""What is said of a recording in which no receiver was called, but for Django's housekeeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.wording.numbers import count_text
from signals_panel.wording.sentences import Sentence, sentence

_MAX_NAMES = 3

_SENT_FOR_EACH_OBJECT = frozenset(
    {"django.db.models.signals.pre_init", "django.db.models.signals.post_init"}
)


def without_receivers(report: Mapping[str, Any]) -> Sentence:
    """What was sent, and what is connected to that."""
    sent = report["totals"]["unheard"]
    if not sent:
        if report["housekeeping"]["dispatches"]:
            return sentence(
                "No signal was sent but Django's own at the beginning and end of the {recording}.",
                recording=recording_word(report),
            )
        return sentence("No signal was sent in this {recording}.", recording=recording_word(report))
    if _only_reads(report):
        return sentence(
            "This {recording} only reads: no receiver is connected to what was sent for the "
            "{objects} that it loaded.",
            recording=recording_word(report),
            objects=count_text(_objects(report), "object"),
        )
    if sent == 1:
        text = "1 signal was sent, and had no receivers: {names}."
    else:
        text = "{count} signals were sent, none had receivers: {names}."
    return sentence(text, count=f"{sent:,}", names=_signals(report)) + _silent(report)


def _only_reads(report: Mapping[str, Any]) -> bool:
    """Whether it asked the database for objects, and did nothing else that is recorded."""
    signals = {signal for signal, _, _ in report["unheard"]}
    if not signals <= _SENT_FOR_EACH_OBJECT or report["unheard_more"]["count"]:
        return False
    kinds = {kind for kind, number in report["totals"]["all_effects"].items() if number}
    return kinds == {"sql"} and all(
        row["kind"] in ("phase", "line")
        or row.get("housekeeping")
        or (row["kind"] == "call" and row["housekeeping"])
        or (row["kind"] == "effect" and _is_select(report["texts"][row["text"]]))
        for row in report["rows"]
    )


def _is_select(text: str) -> bool:
    return text.lstrip(" (\n").upper().startswith("SELECT")


def _objects(report: Mapping[str, Any]) -> int:
    counts: dict[str, int] = {}
    for signal, _, number in report["unheard"]:
        counts[signal] = counts.get(signal, 0) + number
    return max(counts.values())


def _signals(report: Mapping[str, Any]) -> str:
    """The signals that were sent, by name: ``pre_init, post_init and 2 others``."""
    names = list(dict.fromkeys(short_signal(signal) for signal, _, _ in report["unheard"]))
    shown, others = names[:_MAX_NAMES], len(names) - _MAX_NAMES
    if others > 0:
        return f"{', '.join(shown)} and {count_text(others, 'other')}"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _silent(report: Mapping[str, Any]) -> Sentence:
    number = len(report["silent"]) + report["left_out"]["silent"]
    if not number:
        return ()
    if number == 1:
        return (" 1 receiver is connected to what was sent, and wasn't called.",)
    return (f" {number:,} receivers are connected to what was sent, and weren't called.",)


def short_signal(signal: str) -> str:
    """``post_save``: what a signal is called, without its module."""
    return signal.rpartition(".")[2]


def recording_word(report: Mapping[str, Any]) -> str:
    """A request has phases; a block has none."""
    return "request" if report["phases"] else "block"
