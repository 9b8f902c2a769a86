"""Models and other senders as expressions, and many-to-many relations by their tables."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.apps import apps

from signals_panel.describe import class_module, class_name, named
from signals_panel.exports.written_out.source import Names, is_path, quoted


class Relation(NamedTuple):
    """One side of a many-to-many relation."""

    model: Any
    """Whose objects are changed."""
    name: str
    """Of the attribute that has the manager."""
    target: Any
    """The model on the other side."""
    is_reverse: bool


def model_of(label: str) -> Any:
    """The model with this label, such as ``shop.Product``; None where there is none."""
    app_label, _, name = label.rpartition(".")
    try:
        return apps.get_model(app_label, name)
    except (LookupError, ValueError):
        return None


def model_text(model: Any, names: Names) -> str:
    """An expression for a model."""
    owner = model._meta.auto_created
    if owner and (relation := relation_of(model)) is not None:
        field = next(
            each.name
            for each in owner._meta.local_many_to_many
            if each.remote_field.through is model
        )
        return f"{model_text(relation.model, names)}.{field}.through"
    module, name = class_module(model), type.__getattribute__(model, "__qualname__")
    found = named(f"{module}.{name}") if is_path(f"{module}.{name}") else None
    if found is not None and found.value is model and found.module != "__main__":
        return names.imported(found.module, found.name)
    return f"{names.imported('django.apps', 'apps')}.get_model({quoted(model._meta.label)})"


def sender_text(sender: str, names: Names) -> str | None:
    """An expression for a dispatch's sender by its name; None where it can't be imported."""
    model = model_of(sender)
    if model is not None:
        return model_text(model, names)
    found = named(sender) if is_path(sender) else None
    if found is None or found.module == "__main__":
        return None
    return names.imported(found.module, found.name)


def relation_of(through: Any, attribute: str = "") -> Relation | None:
    """The relation that a table is of, from the side that has ``attribute``.

    From the side that defines it where no side has it.
    """
    for model in apps.get_models():
        for field in model._meta.local_many_to_many:
            remote = field.remote_field
            if remote.through is through:
                accessor = "" if remote.hidden else remote.get_accessor_name()
                if attribute and attribute == accessor and attribute != field.name:
                    return Relation(remote.model, accessor, model, True)
                return Relation(model, field.name, remote.model, False)
    return None


def short(model: Any) -> str:
    """A model's name alone."""
    return class_name(model)
