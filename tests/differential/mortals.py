"""Objects that die, and send or query when they do."""

from __future__ import annotations

import weakref
from typing import Any

from differential.interpreter import run_apart
from differential.programs import Body
from differential.world import Env, World

_MAX_DEPTH = 2


class Holder:
    """What a dying object leaves: statements, and where they stand if that is known before."""

    def __init__(self, world: World, body: Any, env: Env | None = None) -> None:
        self.world = world
        self.body = body
        self.env = env


class Mortal:
    """An object with a ``__del__``."""

    def __init__(self, holder: Holder) -> None:
        self._holder = holder

    def __repr__(self) -> str:
        return "mortal"

    def __del__(self) -> None:
        run_last(self._holder)


class Weakling:
    """An object that ``weakref.finalize`` watches."""

    def __init__(self, holder: Holder) -> None:
        weakref.finalize(self, run_last, holder).atexit = False


def fresh(env: Env, body: Body | None = None) -> Any:
    """An object that only who asks for it holds; None where its death would be uncertain.

    Python puts off what dies deep in what dies, and a recorder's frames are some more.
    """
    world = env.world
    if not world.program.has_mortals or world.dying or env.depth > _MAX_DEPTH:
        return None
    return Mortal(Holder(world, world.program.on_death if body is None else body))


def run_last(holder: Holder) -> None:
    """What happens when an object dies."""
    env = holder.env or holder.world.here
    if holder.world.is_over or env is None:
        return
    env.log("dies")
    holder.world.dying += 1
    run_apart(holder.body, env.sync(depth=env.depth + 1, trail="dead"))
    holder.world.dying -= 1
