"""The shapes of a comparison: plain data, of which ``dataclasses.asdict`` makes JSON types.

Times are in milliseconds, effects are counts by kind. Each figure is a pair of what it was before
and what it is after; ``difference`` is the one less the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from signals_panel.wording import finding_text, verdict_text

NEW = "new"
"""It is in the second alone."""
GONE = "gone"
"""It was in the first alone."""
BOTH = "both"


class Figure(NamedTuple):
    """One figure of both."""

    before: float
    after: float

    @property
    def difference(self) -> float:
        """What was added; negative where it became less."""
        return self.after - self.before


Figures = dict[str, Figure]
"""Figures by kind of effect, of those that are in either: ``{"sql": Figure(0, 2)}``."""


@dataclass(frozen=True)
class Costs:
    """What a part of a recording cost, without the parts that stand beside it."""

    calls: Figure
    effects: Figures
    ms: Figure


@dataclass(frozen=True)
class ReceiverChange:
    """All calls of one receiver, by its dotted path."""

    receiver: str
    status: str
    """``new``, ``gone`` or ``both``."""
    origin: str
    """``project``, ``third-party`` or ``django``."""
    housekeeping: bool
    """It is Django's own, of every request's beginning and end."""
    calls: Figure
    errors: Figure
    ms: Figure
    """With the sends nested in its calls."""
    effects: Figures
    """Likewise."""
    own: Costs
    """Without them: these add up, over all receivers."""

    @property
    def is_changed(self) -> bool:
        """Whether anything but its time differs."""
        return any(
            each.difference
            for each in (
                self.calls,
                self.errors,
                *self.effects.values(),
                *self.own.effects.values(),
            )
        )


@dataclass(frozen=True)
class SignalChange:
    """All sends of one signal by one sender."""

    signal: str
    sender: str | None
    status: str
    heard: Figure
    """Sends that called a receiver."""
    unheard: Figure
    """Sends without receivers."""
    ms: Figure


@dataclass(frozen=True)
class FindingChange:
    """What a rule found; see ``docs/findings.md``."""

    code: str
    status: str
    is_error: bool
    figures: dict[str, Any]
    """What its sentence is made of: as they are after, or were before where it is gone."""

    @property
    def subject(self) -> str:
        """What it is about: mostly a receiver."""
        return finding_text(self.code, self.figures).subject

    @property
    def message(self) -> str:
        """What was found, in one sentence."""
        text = finding_text(self.code, self.figures)
        return f"{text.subject} {text.said}"

    @property
    def advice(self) -> str:
        """One thing to do about it."""
        return finding_text(self.code, self.figures).advice


@dataclass(frozen=True)
class TotalsChange:
    """The whole of both recordings."""

    calls: Figure
    """Receiver calls."""
    dispatches: Figure
    """Sends that called a receiver."""
    unheard: Figure
    """Sends without receivers."""
    raised: Figure
    """Exceptions of receivers."""
    effects: Figures
    """In receivers."""
    all_effects: Figures
    """In receivers and outside of them."""
    receiver_ms: Figure
    """Time during which at least one receiver was running."""
    duration_ms: Figure
    """All of the program's time, without the toolbar's."""


@dataclass(frozen=True)
class Comparison:
    """What two recordings differ in.

    ``totals.all_effects`` and ``totals.calls`` are the sums of ``own`` of all receivers,
    ``outside`` and ``rest``; so is ``totals.duration_ms``.
    """

    totals: TotalsChange
    receivers: tuple[ReceiverChange, ...]
    """New and gone ones first, then those that changed, then by the difference in time."""
    outside: Costs
    """What happened outside of receivers, deferred work included."""
    rest: Costs
    """What is in receivers and in none of the rows.

    Of time, what sending itself took, less what receivers that overlap have in common. Calls and
    effects are 0, unless receivers had no room in a report, or a recording kept some of its calls
    as counts alone.
    """
    signals: tuple[SignalChange, ...]
    findings: tuple[FindingChange, ...]
    """Those that are new or gone, errors first, and then those that are in both."""
    left_out: dict[str, Figure]
    """How many rows of ``receivers``, ``signals`` and ``findings`` had no room in the reports.

    Where a list has some, what seems new or gone may be among them. Empty where all had room.
    """

    @property
    def is_exact(self) -> bool:
        """Whether every call and effect of receivers is in the row of its receiver."""
        figures = (self.rest.calls, *self.rest.effects.values())
        return not self.left_out and not any(any(figure) for figure in figures)

    @property
    def new_receivers(self) -> list[str]:
        """The receivers that weren't called before, housekeeping aside."""
        return self._receivers_that_are(NEW)

    @property
    def gone_receivers(self) -> list[str]:
        """The receivers that aren't called any more, housekeeping aside."""
        return self._receivers_that_are(GONE)

    def _receivers_that_are(self, status: str) -> list[str]:
        return [
            each.receiver
            for each in self.receivers
            if each.status == status and not each.housekeeping
        ]

    @property
    def verdict(self) -> str:
        """The difference in one line: ``+1 receiver, +2 queries, +68 ms``.

        Effects and time are those of the whole, in receivers and outside of them: what only moves
        from a receiver into a function saves nothing.
        """
        totals = self.totals
        return verdict_text(
            new=len(self.new_receivers),
            gone=len(self.gone_receivers),
            calls=int(totals.calls.difference),
            raised=int(totals.raised.difference),
            effects={kind: int(each.difference) for kind, each in totals.all_effects.items()},
            ms=totals.duration_ms.difference,
            receiver_ms=totals.receiver_ms.difference,
        )
