"""Replacing methods of a class, or functions of a module, and giving back what is still ours."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

_MISSING = object()

Method = Callable[..., Any]


class Layer:
    """One replacement of one method.

    Another tool may have replaced ours in turn when we leave. It will go on calling ours, so
    that stays where it is, inactive; the replacement asks ``active`` and passes through.
    """

    __slots__ = ("active", "before", "replacement")

    active: bool
    replacement: Method
    before: object

    def __init__(self) -> None:
        self.active = False


class Patches:
    """A set of methods of one class (or functions of a module), replaced and restored together.

    ``makers`` gives for each method's name a function of the original and the ``Layer`` that
    returns the replacement.
    """

    def __init__(
        self, owner: type | ModuleType, makers: Mapping[str, Callable[[Method, Layer], Method]]
    ) -> None:
        self._owner = owner
        self._makers = makers
        self._placed: dict[str, Layer] = {}
        self._left: dict[str, list[Layer]] = {}
        # One of each, to be used again where it fits: on what was there from the beginning.
        # What another tool puts there later isn't kept alive.
        self._made: dict[str, Layer] = {}
        self._first = {name: owner.__dict__.get(name, _MISSING) for name in makers}

    def install(self) -> None:
        """Replace each method, on top of whatever other tools have put there."""
        new = [name for name in self._makers if name not in self._placed and self._binds(name)]
        # All are looked up before any is replaced: a class that was changed has to be learnt
        # anew by the interpreter at the next look-up, and from Python 3.13 on it gives up on
        # one after a thousand times.
        layers = [self._layer_for(name) for name in new]
        for name, layer in zip(new, layers, strict=True):
            # Noted first: a timeout may be raised in between, and it is to be found then.
            self._placed[name] = layer
            layer.active = True
            if self._owner.__dict__.get(name) is not layer.replacement:
                self._set(name, layer.replacement)

    def _binds(self, name: str) -> bool:
        """Whether what stands there is called with the object, as a replacement would be."""
        if isinstance(self._owner, ModuleType):
            return True
        top = self._owner.__dict__.get(name, _MISSING)
        if top is _MISSING:
            # It is inherited.
            return True
        return hasattr(type(top), "__get__") and not isinstance(top, (staticmethod, classmethod))

    def _set(self, name: str, value: object) -> None:
        # A class's own class may have its own idea of setting attributes.
        if isinstance(self._owner, ModuleType):
            setattr(self._owner, name, value)
        else:
            type.__setattr__(self._owner, name, value)

    def _layer_for(self, name: str) -> Layer:
        top = self._owner.__dict__.get(name, _MISSING)
        left = self._left.get(name, [])
        for layer in left:
            # Another tool has put back what it found: ours, from an earlier recording.
            if layer.replacement is top:
                left.remove(layer)
                return layer
        made = self._made.get(name)
        is_first = top is self._first[name] is not _MISSING
        if made and is_first and made not in left:
            return made
        layer = Layer()
        layer.before = top
        layer.replacement = self._makers[name](getattr(self._owner, name), layer)
        if is_first:
            self._made[name] = layer
        return layer

    def refresh(self) -> None:
        """Hook again what somebody has put back, or a timeout has left out."""
        for name, layer in list(self._placed.items()):
            if self._owner.__dict__.get(name, _MISSING) is layer.before:
                self._set(name, layer.replacement)
        if len(self._placed) < len(self._makers):
            self.install()

    def is_lasting(self) -> bool:
        """Whether the owner is a module, or the class that its module has under its name."""
        if isinstance(self._owner, ModuleType):
            return True
        home = sys.modules.get(self._owner.__module__)
        return vars(home).get(self._owner.__name__) is self._owner if home is not None else False

    def seams(self) -> list[tuple[type | ModuleType, str]]:
        """Each owner, with a name in it that is replaced."""
        return [(self._owner, name) for name in self._makers]

    def uninstall(self) -> None:
        """Restore each method that is still ours; silence the others."""
        for name in self._makers:
            # The garbage collector may have had a lost recording do this meanwhile.
            layer = self._placed.get(name)
            if layer is None:
                continue
            layer.active = False
            top = self._owner.__dict__.get(name, _MISSING)
            if top is layer.replacement:
                if layer.before is _MISSING:
                    type.__delattr__(self._owner, name)
                else:
                    self._set(name, layer.before)
            elif top is not layer.before:
                self._left.setdefault(name, []).append(layer)
            # Else it had been restored, or never replaced, when a timeout was raised.
            self._placed.pop(name, None)
