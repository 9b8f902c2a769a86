"""Finding an effect again by an object of the program's, in a later call.

What is known is kept beside the object: nothing is written to it, it isn't kept alive, and it is
told from others by identity, so that none of its code runs. The effect itself is kept by its
recording, so that a connection in a pool keeps none of a recording that is gone.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from signals_panel.recording import EffectNode, Root


class Trail:
    """What leads from an object to the effect that it stands for."""

    __slots__ = ("_root", "noted", "opened", "unanswered")

    def __init__(self, unanswered: str | None = None) -> None:
        # The result of an effect that never comes to its end.
        self.unanswered = unanswered
        self._root: weakref.ref[Root] | None = None
        # From when to when it was opened, readings of the clock, if nothing was begun since.
        self.opened: tuple[int, int] | None = None
        # The number of the last thing that was noted of its effect.
        self.noted = 0

    def effect(self) -> EffectNode | None:
        """The effect, as long as its recording is open and it may change."""
        root = self._root() if self._root is not None else None
        return root.followed.get(self) if root is not None else None

    def lead_to(self, effect: EffectNode) -> None:
        """From now on it leads there."""
        if effect.root.is_open:
            self._root = weakref.ref(effect.root)
            effect.root.followed[self] = effect

    def take(self) -> EffectNode | None:
        """The effect, to which nothing leads any more; one of several threads gets it."""
        root = self._root() if self._root is not None else None
        return root.followed.pop(self, None) if root is not None else None


class Trails:
    """The trails of objects. ``gone`` is told of one whose object is no more."""

    def __init__(self, gone: Callable[[Trail], object]) -> None:
        self._gone = gone
        self._known: dict[int, tuple[weakref.ref[Any], Trail]] = {}

    def get(self, thing: object) -> Trail | None:
        """The trail of an object; None if it has none."""
        found = self._known.get(id(thing))
        return found[1] if found is not None else None

    def put(self, thing: object, trail: Trail) -> bool:
        """Give an object a trail; whether it can have one."""
        key, known, gone = id(thing), self._known, self._gone

        def evict(reference: weakref.ref[Any]) -> None:
            found = known.get(key)
            # Only our own entry: it may have got another trail since.
            if found is not None and found[0] is reference:
                known.pop(key, None)
                gone(found[1])

        try:
            known[key] = weakref.ref(thing, evict), trail
        except TypeError:
            return False
        return True

    def __len__(self) -> int:
        return len(self._known)
