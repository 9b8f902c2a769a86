"""As Markdown, to be committed: without line numbers, which every edit would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from signals_panel.exports.connected.contents import Contents, without_djangos
from signals_panel.exports.marking import code_span
from signals_panel.wiring import ConnectedReceiver, ConnectedSignal, Run, RunsFor
from signals_panel.wording.connected import (
    COLUMNS,
    DELETED,
    DELETED_WITH,
    MODELS_HEADING,
    NOT_DJANGOS,
    RELATED,
    SAVED,
    SIGNALS_HEADING,
    TITLE,
    UNHEARD_HEADING,
    how_texts,
    made_by_text,
    sender_text,
    signal_text,
)


def markdown(contents: Contents) -> str:
    """A page: what runs for each model, then each signal with its receivers."""
    shown = without_djangos(contents)
    parts = [f"# {TITLE}", made_by_text(code_span(shown.command)), NOT_DJANGOS]
    if shown.runs:
        parts.append(f"## {MODELS_HEADING}")
        for runs in shown.runs:
            parts += _model(runs)
    heard = [each for each in shown.signals if each.receivers]
    if heard:
        parts.append(f"## {SIGNALS_HEADING}")
        for signal in heard:
            parts += [f"### {code_span(signal.signal)}", "\n".join(_table(signal))]
    unheard = [f"- {code_span(each.signal)}" for each in shown.signals if not each.receivers]
    if unheard:
        parts += [f"## {UNHEARD_HEADING}", "\n".join(unheard)]
    return "\n\n".join(parts) + "\n"


def _model(runs: RunsFor) -> Iterator[str]:
    yield f"### {code_span(runs.model)}"
    for heading, those in (
        (SAVED, runs.saved),
        (DELETED, runs.deleted),
        (DELETED_WITH, runs.deleted_with),
        (RELATED, runs.related),
    ):
        if those:
            yield heading
            yield "\n".join(line for run in those for line in _run(run, runs.model))


def _run(run: Run, model: str) -> Iterator[str]:
    sender = "" if run.sender == model else f" from {code_span(run.sender)}"
    yield f"- {code_span(signal_text(run.signal))}{sender}"
    for number, each in enumerate(run.receivers, 1):
        yield f"  {number}. {code_span(each.receiver)}"


def _table(signal: ConnectedSignal) -> Iterator[str]:
    rows = [COLUMNS, *(tuple(_cells(each)) for each in signal.receivers)]
    if not any(how for *_, how in rows[1:]):
        # All are connected as usual.
        rows = [cells[:-1] for cells in rows]
    yield _row(rows[0])
    yield _row("---" for _ in rows[0])
    for cells in rows[1:]:
        yield _row(cell.replace("|", r"\|") for cell in cells)


def _cells(each: ConnectedReceiver) -> Iterator[str]:
    yield sender_text(None) if each.sender is None else code_span(each.sender)
    yield code_span(each.receiver)
    yield code_span(each.file) if each.file else ""
    yield ", ".join(map(code_span, how_texts(each)))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
