"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from signals_panel.analysis import Analysis
from signals_panel.recording import Group

ERRORS, TIME, WIRING = range(3)
"""What comes first: what went wrong, what costs time, and what is only about how it is wired."""


class Found(NamedTuple):
    """What a rule found."""

    code: str
    group: Group
    """What it is about: receiver calls, dispatches, an operation or deferred work."""
    figures: dict[str, Any]
    """What its sentence is made of, in plain JSON types; times are in milliseconds."""
    saves_ms: float = 0.0
    """The time that could be saved, at most."""


Find = Callable[[Analysis, float], Iterable[Found]]
"""Looks for what a rule is about, with the threshold in force; changes nothing."""


class Rule(NamedTuple):
    """One rule."""

    code: str
    rank: int
    find: Find
    threshold: float | None
    """From which figure on it says something; None where there is no figure."""
    unit: str
    """What the threshold counts: ``ms``, ``times``, ``queries``, ``calls``, ``rows``."""


CODES = (
    "raised",
    "irreversible",
    "enqueued-early",
    "waits-in-transaction",
    "background",
    "repeated",
    "slow",
    "switch",
    "slow-delete",
    "recursion",
    "per-object",
    "connected-twice",
    "bypassed",
    "raw",
    "weak",
    "connected-broadly",
    "same-app",
)
"""The codes of all rules, in the order of their findings when nothing else decides."""

RULES: dict[str, Rule] = {}
"""All rules by code."""


def rule(
    code: str, rank: int, threshold: float | None = None, unit: str = ""
) -> Callable[[Find], Find]:
    """Register a function as the rule with this code, which is among ``CODES``."""

    def register(find: Find) -> Find:
        RULES[code] = Rule(code, rank, find, threshold, unit)
        return find

    return register
