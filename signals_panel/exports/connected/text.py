"""As text, to be read in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from signals_panel.exports.connected.contents import Contents
from signals_panel.wiring import ConnectedReceiver, Run
from signals_panel.wording.connected import (
    DELETED,
    DELETED_WITH,
    NOT_DELETED,
    NOT_SAVED,
    RELATED,
    SAVED,
    UNHEARD_HEADING,
    how_texts,
    run_text,
    sender_text,
)


def text(contents: Contents) -> str:
    """What runs for the model, if one was asked for; then each signal with its receivers."""
    lines = list(_model(contents)) if contents.is_of_one_model else []
    for signal in contents.signals:
        if signal.receivers:
            lines.append(signal.signal)
            for sender, receivers in groupby(signal.receivers, key=lambda each: each.sender):
                lines.append(f"  from {sender_text(sender)}")
                lines += [f"    {_receiver(each)}" for each in receivers]
            lines.append("")
    unheard = [f"  {each.signal}" for each in contents.signals if not each.receivers]
    lines += [UNHEARD_HEADING, *unheard] if unheard else []
    return "\n".join(lines).rstrip("\n") + "\n"


def _model(contents: Contents) -> Iterator[str]:
    for runs in contents.runs:
        yield runs.model
        yield from _runs(SAVED, runs.saved, runs.model, NOT_SAVED)
        yield from _runs(DELETED, runs.deleted, runs.model, NOT_DELETED)
        yield from _runs(DELETED_WITH, runs.deleted_with, runs.model)
        yield from _runs(RELATED, runs.related, runs.model)
        yield ""


def _runs(heading: str, runs: Iterable[Run], model: str, nothing: str = "") -> Iterator[str]:
    runs = tuple(runs)
    if runs:
        yield f"  {heading}"
    elif nothing:
        yield f"  {nothing}"
    for run in runs:
        yield f"    {run_text(run, model)}"
        for number, each in enumerate(run.receivers, 1):
            yield f"      {number}. {_receiver(each)}"


def _receiver(each: ConnectedReceiver) -> str:
    line = each.defined_at.line if each.defined_at is not None else 0
    place = [] if each.file is None else [f"({each.file}:{line})"]
    return " ".join([each.receiver, *place, ", ".join(how_texts(each))]).rstrip()
