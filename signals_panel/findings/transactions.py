"""What receivers do before it is sure that their transaction will be committed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signals_panel.analysis import Analysis, TreeCall, milliseconds
from signals_panel.findings.reading import (
    AWAY,
    has_sql,
    in_transactions,
    is_for_good,
    sent,
)
from signals_panel.findings.rules import TIME, Found, rule
from signals_panel.recording import ROLLED_BACK


@rule("irreversible", TIME)
def irreversible(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """A mail or a request that can't be taken back when the transaction is rolled back."""
    for each in analysis.projects:
        effects = [effect for effect in each.effects if is_for_good(effect)]
        yield from _found("irreversible", analysis, each, effects)


@rule("enqueued-early", TIME)
def enqueued_early(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """A task that may begin before the rows that it is about are there.

    One that ran at once found them, and one that is kept in the database is committed with them.
    """
    for each in analysis.projects:
        effects = [
            effect
            for effect in each.effects
            if effect.key.kind == "task"
            and effect.key.result not in ("successful", "failed")
            and not has_sql(effect.members or ())
        ]
        yield from _found("enqueued-early", analysis, each, effects)


@rule("waits-in-transaction", TIME, 10, "ms")
def waits_in_transaction(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """So many milliseconds of waiting for others while the transaction holds its locks."""
    for each in analysis.projects:
        effects = [effect for effect in each.effects if effect.key.kind in AWAY]
        for found in _found("waits-in-transaction", analysis, each, effects):
            if found.figures["ms"] >= threshold:
                yield found


def _found(code: str, analysis: Analysis, each: TreeCall, effects: list[Any]) -> Iterator[Found]:
    kinds: dict[str, None] = {}
    aliases: dict[str, None] = {}
    times = rolled_back = ns = 0
    for effect in effects:
        for member, around in in_transactions(analysis, effect):
            kinds[effect.key.kind] = None
            aliases.update(dict.fromkeys(each.alias for each in around))
            times += 1
            rolled_back += any(each.fate == ROLLED_BACK for each in around)
            ns += max(0, member.end - member.start)
    if times:
        yield Found(
            code,
            each.call,
            {
                "receiver": each.call.key.receiver.text,
                **sent(each.dispatch),
                "kinds": list(kinds),
                "aliases": list(aliases),
                "times": times,
                "rolled_back": rolled_back,
                "ms": milliseconds(ns),
            },
            saves_ms=milliseconds(ns),
        )
