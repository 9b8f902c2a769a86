"""Many-to-many relations: each side has a manager class of its own, made when it is first used.

One that is made for a single use, as by ``book.authors(manager="people")``, isn't hooked: it would
be kept alive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from signals_panel.probes.operations.around import Begin, End, new_operation
from signals_panel.recording import Node, OperationNode

# The name under which a relation's descriptor keeps the class, once there is one.
LASTING = "related_manager_cls"


class Relations:
    """Both sides of all many-to-many relations."""

    def __init__(self) -> None:
        self._number_of_models = 0
        self._descriptors: list[dict[str, Any]] = []

    def managers(self) -> list[type]:
        """The classes that there are now."""
        models = apps.get_models() if apps.models_ready else []
        if len(models) != self._number_of_models:
            self._number_of_models = len(models)
            self._descriptors = [found for model in models for found in _descriptors(model)]
        return [each[LASTING] for each in self._descriptors if LASTING in each]


def _descriptors(model: Any) -> Iterator[dict[str, Any]]:
    for field in model._meta.local_many_to_many:
        remote = field.remote_field
        for owner, name in (
            (model, field.name),
            (remote.model, "" if remote.hidden else remote.get_accessor_name() or ""),
        ):
            descriptor = vars(owner).get(name) if isinstance(owner, type) else None
            if hasattr(descriptor, "__dict__"):
                yield vars(descriptor)


def _begin_of(name: str) -> Begin:
    def begin(node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> OperationNode | None:
        through = object.__getattribute__(args[0], "__dict__").get("through")
        return new_operation(node, "m2m", through, name)

    return begin


def _end(operation: OperationNode, value: Any) -> None:
    """What it returns doesn't say how many rows it was about."""


METHODS: dict[str, tuple[Begin, End]] = {
    name: (_begin_of(name), _end) for name in ("add", "remove", "clear", "set", "create")
}
