"""Many-to-many relations: each has a manager class of its own, made when it is first used."""

from __future__ import annotations

from typing import Any

from django.db.models.utils import AltersData

from signals_panel.probes.operations.around import Begin, End, new_operation
from signals_panel.recording import Node, OperationNode

_NAME = "create_forward_many_to_many_manager.<locals>.ManyRelatedManager"


def managers() -> list[type]:
    """The classes that there are now: this is a base of them all, and of few others."""
    subclasses: list[type] = type.__subclasses__(AltersData)
    return [cls for cls in subclasses if type.__dict__["__qualname__"].__get__(cls) == _NAME]


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
