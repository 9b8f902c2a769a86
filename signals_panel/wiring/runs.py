"""What runs if an object of a model is saved, if it is deleted, if its relations change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import CASCADE, ForeignObjectRel, Model

from signals_panel.wiring.connected import M2M_CHANGED, connected, through_labels
from signals_panel.wiring.named import find_model
from signals_panel.wiring.reading import ConnectedReceiver, ConnectedSignal

_SIGNALS = "django.db.models.signals."
_SAVING = (f"{_SIGNALS}pre_save", f"{_SIGNALS}post_save")
_DELETING = (f"{_SIGNALS}pre_delete", f"{_SIGNALS}post_delete")


class Run(NamedTuple):
    """One signal from one sender, and whom it calls; there is at least one."""

    signal: str
    sender: str
    receivers: tuple[ConnectedReceiver, ...]
    """In the order in which they run."""


class RunsFor(NamedTuple):
    """What runs for a model; each is empty where nothing does."""

    model: str
    """Its label."""
    saved: tuple[Run, ...]
    deleted: tuple[Run, ...]
    deleted_with: tuple[Run, ...]
    """For what Django deletes with it: the rows of its parents, and those that point to it with
    ``CASCADE`` and that it therefore loads, one by one. They are of other models, by name."""
    related: tuple[Run, ...]
    """If its many-to-many relations change; the sender is the model between."""

    @property
    def is_by_name(self) -> bool:
        """Whether a receiver is connected for this very model, or for one of its relations."""
        runs = (*self.saved, *self.deleted, *self.related)
        return any(each.sender is not None for run in runs for each in run.receivers)


def runs_for(model: str | type[Model], among: Iterable[ConnectedSignal] | None = None) -> RunsFor:
    """What runs if an object of ``model`` is saved, deleted, or related to others.

    Receivers of that very model, and those of all models: a proxy sends its own class, and the
    parents of a model with several tables send nothing for its save (but do for its deletion).
    ``among`` is what ``connected()`` gave, so that it needn't be read again. Raises
    ``UnknownName`` for a label that no model has.
    """
    found = find_model(model)
    signals = {each.signal: each for each in (connected() if among is None else among)}
    label = found._meta.label
    # A model that Django has made for a relation sends no signals of its own.
    senders = [] if found._meta.auto_created else [label]
    return RunsFor(
        model=label,
        saved=tuple(_runs(signals, _SAVING, senders)),
        deleted=tuple(_runs(signals, _DELETING, senders)),
        deleted_with=tuple(_runs(signals, _DELETING, sorted(_deleted_with(found) - {label}))),
        related=tuple(_runs(signals, (M2M_CHANGED,), through_labels(found))),
    )


def all_runs(among: Iterable[ConnectedSignal]) -> list[RunsFor]:
    """What runs for each model that receivers are connected for by name, by label."""
    signals = list(among)
    runs = (runs_for(model, signals) for model in apps.get_models())
    return sorted((each for each in runs if each.is_by_name), key=lambda each: each.model)


def _runs(
    signals: dict[str, ConnectedSignal], names: Iterable[str], senders: Iterable[str]
) -> Iterator[Run]:
    for sender in senders:
        for name in names:
            signal = signals.get(name)
            receivers = () if signal is None else signal.receivers
            called = tuple(each for each in receivers if each.sender in (None, sender))
            if called:
                yield Run(name, sender, called)


def _deleted_with(model: type[Model]) -> set[str]:
    """The labels of the models whose objects Django collects to delete one of this model.

    As ``django.db.models.deletion.Collector.collect`` goes about it.
    """
    seen: set[type[Model]] = set()
    parents: set[type[Model]] = set()
    waiting = [model]
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            parents.update(_parents(each))
            waiting += _pointing_to(each)
    found = seen | parents
    return {each._meta.label for each in found if not each._meta.auto_created}


def _parents(model: type[Model]) -> Iterator[type[Model]]:
    """Whose tables have a part of each object. What points to them points to the model, too."""
    concrete = model._meta.concrete_model or model
    links: list[Any] = list(concrete._meta.parents.values())
    for link in links:
        if link is not None:
            parent = link.remote_field.model
            yield parent
            yield from _parents(parent)


def _pointing_to(model: type[Model]) -> Iterator[type[Model]]:
    for relation in model._meta.get_fields(include_hidden=True):
        # As Django picks them; what the database deletes by itself is never loaded.
        if (
            isinstance(relation, ForeignObjectRel)
            and (relation.one_to_one or relation.one_to_many)
            and relation.on_delete is CASCADE
        ):
            yield relation.related_model
    for field in model._meta.private_fields:
        if hasattr(field, "bulk_related_objects"):
            # A generic relation, which has no on_delete.
            yield field.remote_field.model
