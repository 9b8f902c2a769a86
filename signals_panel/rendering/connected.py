"""What is connected to signals, as the context of ``signals_panel/fetched/connected.html``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from signals_panel.conf import Config
from signals_panel.rendering.links import place_html
from signals_panel.rendering.names import name_html
from signals_panel.wiring import (
    PROJECT,
    ConnectedReceiver,
    ConnectedSignal,
    Run,
    RunsFor,
    is_projects,
)
from signals_panel.wording import models_titles, runs_titles

Context = dict[str, Any]


def connected_context(connected: Iterable[ConnectedSignal], config: Config) -> Context:
    """Every signal with its receivers, those first that the project has a part in."""
    signals = sorted(connected, key=_by_project)
    groups = [
        _group(signal.signal, None, signal.receivers, config)
        for signal in signals
        if signal.receivers
    ]
    return {
        "models": _models(),
        "parts": [{"groups": groups}],
        "unheard": [name_html(each.signal) for each in signals if not each.receivers],
    }


def runs_context(runs: RunsFor, config: Config) -> Context:
    """What runs for one model."""
    saved, deleted, deleted_with, related = runs_titles(runs.model)
    parts = [(saved, runs.saved), (deleted, runs.deleted)]
    # That others may run, too, is only told where they do.
    parts += [
        part for part in ((deleted_with, runs.deleted_with), (related, runs.related)) if part[1]
    ]
    return {
        "models": _models(),
        "model": runs.model,
        "parts": [
            {"title": title, "groups": [_run(run, config) for run in found]}
            for title, found in parts
        ],
    }


def _by_project(signal: ConnectedSignal) -> tuple[bool, bool, str]:
    has_own = any(each.origin == PROJECT for each in signal.receivers)
    return not has_own, signal.origin != PROJECT, signal.signal


def _run(run: Run, config: Config) -> Context:
    return _group(run.signal, run.sender, run.receivers, config)


def _group(
    signal: str, sender: str | None, receivers: Iterable[ConnectedReceiver], config: Config
) -> Context:
    return {
        "name": name_html(signal),
        "sender": sender,
        "find": f"{signal} {sender or ''}",
        "rows": [_row(number, each, config) for number, each in enumerate(receivers, 1)],
    }


def _row(number: int, each: ConnectedReceiver, config: Config) -> Context:
    line = each.defined_at
    return {
        **each._asdict(),
        "number": str(number),
        "name": name_html(each.receiver),
        "place": place_html(list(line), config.editor_url) if line else None,
    }


def _models() -> list[Context]:
    """The models to choose from, the project's first."""
    own: list[str] = []
    others: list[str] = []
    for app in apps.get_app_configs():
        labels = [model._meta.label for model in app.get_models()]
        (own if is_projects(app) else others).extend(labels)
    return [
        {"title": title, "labels": sorted(labels)}
        for title, labels in zip(models_titles(), (own, others), strict=True)
        if labels
    ]
