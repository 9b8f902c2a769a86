"""The probe on models, querysets and their managers."""

from __future__ import annotations

import functools
import sys
from types import ModuleType
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.deletion import Collector
from django.db.models.fields import related_descriptors

from signals_panel.probes.operations import deleting, many_to_many, models
from signals_panel.probes.operations.around import Begin, End, hook_around
from signals_panel.probes.patches import Layer, Method, Patches

_MAKER = "create_forward_many_to_many_manager"


def _patches(owner: type, methods: dict[str, tuple[Begin, End]]) -> Patches:
    return Patches(
        owner,
        {
            name: functools.partial(hook_around, begin, end)
            for name, (begin, end) in methods.items()
            # What another version of Django doesn't have isn't hooked.
            if name in vars(owner)
        },
    )


class ModelsProbe:
    """The hooks on everything that is an operation."""

    def __init__(self) -> None:
        self._patches = [
            _patches(Model, models.MODEL_METHODS),
            _patches(QuerySet, models.QUERYSET_METHODS),
            _patches(Collector, deleting.METHODS),
            Patches(related_descriptors, {_MAKER: self._hook_on_maker}),
        ]
        self._relations = many_to_many.Relations()
        # By the manager class, which lives as long as its models.
        self._managers: dict[type, Patches] = {}

    def install(self) -> None:
        """Put the hooks in place."""
        for patches in self._all():
            patches.install()
        self._find_managers()

    def refresh(self) -> None:
        """Hook managers that have been made since."""
        for patches in self._all():
            patches.refresh()
        self._find_managers()

    def uninstall(self) -> None:
        """Take out what is still ours."""
        for patches in self._all():
            patches.uninstall()

    def seams(self) -> list[tuple[type | ModuleType, str]]:
        """The methods that are replaced."""
        return [seam for patches in self._all() for seam in patches.seams()]

    def _all(self) -> list[Patches]:
        return [*self._patches, *self._managers.values()]

    def _find_managers(self) -> None:
        for cls in self._relations.managers():
            self._add_manager(cls)

    def _add_manager(self, cls: Any) -> None:
        if cls not in self._managers:
            self._managers[cls] = patches = _patches(cls, many_to_many.METHODS)
            patches.install()

    def _hook_on_maker(self, original: Method, layer: Layer) -> Method:
        @functools.wraps(original)
        def make_manager(*args: Any, **kwargs: Any) -> Any:
            made = original(*args, **kwargs)
            if layer.active and sys._getframe(1).f_code.co_name == many_to_many.LASTING:
                self._add_manager(made)
            return made

        return make_manager
