"""Replacing methods of a class, and giving back only what is still ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
        self.active = True


class Patches:
    """A set of methods of one class, replaced and restored together.

    ``makers`` gives for each method's name a function of the original and the ``Layer`` that
    returns the replacement.
    """

    def __init__(
        self, owner: type, makers: Mapping[str, Callable[[Method, Layer], Method]]
    ) -> None:
        self._owner = owner
        self._makers = makers
        self._placed: dict[str, Layer] = {}
        self._left: dict[str, list[Layer]] = {}

    def install(self) -> None:
        """Replace each method, on top of whatever other tools have put there."""
        for name, make in self._makers.items():
            if name in self._placed:
                continue
            top = self._owner.__dict__.get(name, _MISSING)
            for layer in self._left.get(name, ()):
                # Another tool has put back what it found: ours, from an earlier recording.
                if layer.replacement is top:
                    self._left[name].remove(layer)
                    layer.active = True
                    break
            else:
                layer = Layer()
                layer.before = top
                layer.replacement = make(getattr(self._owner, name), layer)
                setattr(self._owner, name, layer.replacement)
            self._placed[name] = layer

    def uninstall(self) -> None:
        """Restore each method that is still ours; silence the others."""
        while self._placed:
            name, layer = self._placed.popitem()
            layer.active = False
            if self._owner.__dict__.get(name) is not layer.replacement:
                self._left.setdefault(name, []).append(layer)
            elif layer.before is _MISSING:
                delattr(self._owner, name)
            else:
                setattr(self._owner, name, layer.before)
