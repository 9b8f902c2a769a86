"""What a list of connected receivers is made of, in whichever format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from signals_panel.wiring import (
    DJANGO,
    PROJECT,
    ConnectedSignal,
    Run,
    RunsFor,
    all_runs,
    connected,
    runs_for,
)


class Contents(NamedTuple):
    """Signals, and what runs for models."""

    signals: list[ConnectedSignal]
    runs: list[RunsFor]
    """For the model that was asked for, or for all that receivers are connected for by name."""
    is_of_one_model: bool
    command: str
    """What writes it: ``manage.py signals --format markdown``."""


def contents(
    command: str, model: str | None = None, signal: str | None = None, app: str | None = None
) -> Contents:
    """Read what is connected now, all of it or a part; see ``wiring.connected()``."""
    signals = connected(model, signal, app)
    # A part is only what is listed: for its models everything runs that would without it.
    everything = connected(signal=signal)
    if model is not None:
        runs = [runs_for(model, everything)]
    else:
        runs = [runs_for(each.model, everything) for each in all_runs(signals)]
    return Contents(signals, runs, model is not None, command)


def without_djangos(whole: Contents) -> Contents:
    """What a document is about: no receivers of Django's, which differ from version to version.

    Of the signals that nobody hears, only the project's own are left.
    """
    signals = [
        each._replace(receivers=tuple(one for one in each.receivers if one.origin != DJANGO))
        for each in whole.signals
    ]
    kept = [each for each in signals if each.receivers or each.origin == PROJECT]
    runs = [_without_djangos(each) for each in whole.runs]
    if not whole.is_of_one_model:
        runs = [each for each in runs if each.is_by_name]
    return whole._replace(signals=kept, runs=runs)


def _without_djangos(runs: RunsFor) -> RunsFor:
    return runs._replace(
        saved=_cut(runs.saved),
        deleted=_cut(runs.deleted),
        deleted_with=_cut(runs.deleted_with),
        related=_cut(runs.related),
    )


def _cut(runs: Iterable[Run]) -> tuple[Run, ...]:
    cut = (
        run._replace(receivers=tuple(each for each in run.receivers if each.origin != DJANGO))
        for run in runs
    )
    return tuple(run for run in cut if run.receivers)
