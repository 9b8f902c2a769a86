"""Every signal that the process knows, and all that is connected to it, sent or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Model

from signals_panel.describe import defined_signals
from signals_panel.wiring.named import app_label_of, find_app, find_model, find_signals
from signals_panel.wiring.origin import is_the_programs
from signals_panel.wiring.reading import ConnectedReceiver, ConnectedSignal, read_signals

Fits = Callable[[str, ConnectedReceiver], bool]

_OF_MODELS = "django.db.models.signals."
SENT_BY_MODELS = frozenset(
    _OF_MODELS + name
    for name in ("pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete")
)
M2M_CHANGED = f"{_OF_MODELS}m2m_changed"


def connected(
    model: str | type[Model] | None = None, signal: str | None = None, app: str | None = None
) -> list[ConnectedSignal]:
    """Every signal that a loaded module or class defines, by name, with its receivers.

    ``model`` (``"shop.Product"`` or the class) leaves what runs for it: what is connected for
    that very model, to its many-to-many relations, or for all models. ``signal`` is a dotted
    path or its last part, and ``app`` a label, which leaves signals and receivers that are in
    it, and what hears its models. With a filter, signals for which nothing is left are left
    out, but for those that the filter names.

    The panel's and the toolbar's own receivers and signals aren't listed. Raises ``UnknownName``, a
    ``LookupError``, for a model, signal or app that isn't there. Imports nothing.
    """
    wanted = None if model is None else find_model(model)
    label = None if app is None else find_app(app)
    names = defined_signals()
    if signal is not None:
        names = find_signals(signal, names)
    found = [
        each
        for each in read_signals(names)
        if each.receivers or signal is not None or is_the_programs(each.signal)
    ]
    if wanted is not None:
        fits = _fitting_model(wanted)
        found = _only(found, lambda name, each: fits(name, each))
    if label is not None:
        found = _only(found, lambda _, each: label in _apps_of(each), keep=_defined_in(label))
    if signal is None and (wanted is not None or label is not None):
        in_app = _defined_in(label)
        found = [each for each in found if each.receivers or in_app(each.signal)]
    return found


def through_labels(model: type[Model]) -> list[str]:
    """The labels of the models that send ``m2m_changed`` for a model's relations, by name."""
    options = model._meta
    relations: list[Any] = [field.remote_field for field in options.many_to_many]
    relations += [each for each in options.related_objects if each.many_to_many]
    throughs = [each.through for each in relations]
    # A relation to a model that isn't there has none, or its name.
    return sorted({each._meta.label for each in throughs if each and not isinstance(each, str)})


def _fitting_model(model: type[Model]) -> Fits:
    label, throughs = model._meta.label, set(through_labels(model))

    def fits(signal: str, each: ConnectedReceiver) -> bool:
        if each.sender is None:
            return signal in SENT_BY_MODELS or (signal == M2M_CHANGED and bool(throughs))
        return each.sender == label or (signal == M2M_CHANGED and each.sender in throughs)

    return fits


def _apps_of(each: ConnectedReceiver) -> set[str | None]:
    """The labels of the apps of a receiver and of the sender that it is connected for."""
    found = {app_label_of(each.receiver.removeprefix("partial("))}
    if each.sender is not None:
        label = each.sender.partition(".")[0]
        is_model = each.sender.count(".") == 1 and apps.app_configs.get(label) is not None
        found.add(label if is_model else app_label_of(each.sender))
    return found


def _defined_in(app: str | None) -> Callable[[str], bool]:
    return lambda signal: app is not None and app_label_of(signal) == app


def _only(
    found: list[ConnectedSignal], fits: Fits, keep: Callable[[str], bool] = lambda signal: False
) -> list[ConnectedSignal]:
    return [
        signal
        if keep(signal.signal)
        else signal._replace(
            receivers=tuple(each for each in signal.receivers if fits(signal.signal, each))
        )
        for signal in found
    ]
