"""The probe on everything that causes an effect: where the hooks of all kinds are."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

from signals_panel.conf import get_config
from signals_panel.effects.kinds import Owner, Watch, load, watches
from signals_panel.effects.leaves import leaf_hook
from signals_panel.effects.spans import hook_around
from signals_panel.probes.patches import Patches
from signals_panel.recording import logger


class WatchProbe:
    """The hooks of all watches; owners are found when they have been imported."""

    def __init__(self) -> None:
        self._patches: dict[tuple[int, int], Patches] = {}
        # The modules of the setting that were loaded, or couldn't be.
        self._asked: set[str] = set()

    def install(self) -> None:
        """Hook all owners that are there."""
        self._load_own_kinds()
        for patches in self._patches.values():
            patches.install()
        self.refresh()

    def refresh(self) -> None:
        """Hook owners that have been imported since, and new subclasses of others."""
        for patches in self._patches.values():
            patches.refresh()
        for number, watch in enumerate(watches):
            for owner in _owners(watch):
                key = (number, id(owner))
                if key in self._patches:
                    continue
                makers = _makers(watch, owner)
                # A subclass that overrides nothing is none of ours: there may be thousands.
                if makers:
                    # It refers to the owner, whose id stays its own so.
                    self._patches[key] = patches = Patches(owner, makers)
                    patches.install()

    def seams(self) -> list[tuple[type | ModuleType, str]]:
        """The methods that are replaced, for owners that are there."""
        return [
            (owner, name)
            for watch in watches
            for owner in _owners(watch)
            for name in _makers(watch, owner)
        ]

    def _load_own_kinds(self) -> None:
        for path in get_config().effects:
            if path not in self._asked:
                wrong = load(path)
                self._asked.add(path)
                if wrong is not None:
                    logger.error("SIGNALS_PANEL['EFFECTS'] names %r, but %s.", path, wrong)

    def uninstall(self) -> None:
        """Take out what is still ours."""
        for key, patches in list(self._patches.items()):
            patches.uninstall()
            if not patches.is_lasting():
                # A class that was made as the program ran may go when nobody needs it.
                self._patches.pop(key, None)


def _makers(watch: Watch, owner: type | ModuleType) -> dict[str, Any]:
    make = watch.hook or (leaf_hook if watch.is_leaf else hook_around)
    is_method = not isinstance(owner, ModuleType)
    return {
        name: functools.partial(make, watch, name, is_method)
        for name in watch.methods
        if type(vars(owner).get(name)) is FunctionType
    }


def _owners(watch: Watch) -> Iterator[type | ModuleType]:
    owners = watch.owners() if callable(watch.owners) else watch.owners
    for each in owners:
        owner = _imported(each)
        if owner is not None:
            yield owner
            if watch.with_subclasses and isinstance(owner, type):
                yield from _subclasses(owner)


def _imported(owner: Owner) -> Any:
    """A class or module by its path; None as long as nobody has imported it."""
    if type(owner) is not str:
        return owner
    module = sys.modules.get(owner)
    if module is not None:
        return module
    home, _, name = owner.rpartition(".")
    return vars(sys.modules[home]).get(name) if home in sys.modules else None


def _subclasses(cls: type) -> Iterator[type]:
    found: list[type] = type.__subclasses__(cls)
    for subclass in found:
        yield subclass
        yield from _subclasses(subclass)


probe = WatchProbe()
