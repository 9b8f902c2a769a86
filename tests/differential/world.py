"""One run of one program: what it has made, what has been observed, and where it stands."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import django

from differential import model
from differential.programs import Program

MAX_DEPTH = 4
# Of one receiver that is dropped and connected again: a limit folds a hundred at most apart.
MAX_MADE = 4
_MAX_SENDS = 60
_MAX_CALLS = 200
SHARES_CONTEXT = django.VERSION >= (6, 1)


class World:
    """A run: plain without a ``recorder``, else with blocks that it makes."""

    def __init__(self, program: Program, recorder: Callable[[], Any] | None) -> None:
        self.program = program
        self.recorder = recorder
        self.specs = {spec.name: spec for spec in program.receivers}
        # The only strong references to receivers but for those that signals have.
        self.receivers: dict[str, Any] = {}
        self.made: Counter[str] = Counter()
        self.connections = model.Connections()
        self.log: list[tuple[Any, ...]] = []
        self.blocks: list[tuple[model.Block, Any]] = []
        self.sent: list[Any] = []
        self.kept: list[tuple[Any, Any]] = []
        self.fuel = itertools.count()
        self.calls = itertools.count()
        self.is_over = False
        # How many finalizers run, one in the other.
        self.dying = 0
        # Without threads side by side there is nothing to lock, and a query may lead to another.
        self.database_lock: Any = contextlib.nullcontext()
        if not program.is_ordered:
            self.database_lock = threading.Lock()
        # Where a finalizer belongs that runs when a frame is left; of sync programs only.
        self.here: Env | None = None

    def may_send(self, env: Env) -> bool:
        """Whether there may be one more send: programs end."""
        if env.depth >= (MAX_DEPTH if self.program.is_ordered else MAX_DEPTH - 2):
            return False
        # Side by side, the order in which it is used up would not be certain.
        return not self.program.is_ordered or next(self.fuel) < _MAX_SENDS

    def may_run(self) -> bool:
        """Whether there may be one more receiver that does anything: they connect others."""
        return not self.program.is_ordered or next(self.calls) < _MAX_CALLS


class Env:
    """Where a statement stands: what it belongs to, and what it can do."""

    __slots__ = ("depth", "is_alone", "may_bridge", "nursery", "place", "scope", "trail", "world")

    def __init__(self, world: World, place: model.Place, trail: str) -> None:
        self.world = world
        self.place = place
        self.trail = trail
        self.depth = 0
        # Of the nearest ``Cancel`` and ``Loop`` around it.
        self.scope: Scope | None = None
        self.nursery: Nursery | None = None
        # Nothing runs beside it.
        self.is_alone = True
        # Sync code may wait for async code. In sync code that a loop waits for while it does
        # other things, asgiref can wait for itself, with or without a recorder.
        self.may_bridge = world.program.may_hop

    def at(self, **changes: Any) -> Env:
        """The same with changes."""
        new = Env(self.world, self.place, self.trail)
        for name in ("depth", "scope", "nursery", "is_alone", "may_bridge"):
            setattr(new, name, getattr(self, name))
        for name, value in changes.items():
            setattr(new, name, value)
        if "trail" in changes:
            new.trail = f"{self.trail}.{changes['trail']}"
        return new

    def sync(self, **changes: Any) -> Env:
        """The same for sync code."""
        return self.at(scope=None, nursery=None, **changes)

    def log(self, *what: Any) -> None:
        """Something that a program can observe has happened."""
        self.world.log.append((self.trail, *what))

    @property
    def may_mutate(self) -> bool:
        return self.world.program.is_ordered or (self.is_alone and self.depth == 0)


class Here:
    """Finalizers that run meanwhile, or when it is left, know where they are."""

    __slots__ = ("before", "env")

    def __init__(self, env: Env) -> None:
        self.env = env

    def __enter__(self) -> Env:
        self.before = self.env.world.here
        self.env.world.here = self.env
        return self.env

    def __exit__(self, *error: object) -> None:
        self.env.world.here = self.before


class Recorded:
    """A block, of the model and, in a recorded run, of the recorder."""

    def __init__(self, env: Env) -> None:
        self._env = env

    def __enter__(self) -> Env:
        world = self._env.world
        self._block = model.begin_block(self._env.place)
        self._real = contextlib.nullcontext() if world.recorder is None else world.recorder()
        world.blocks.append((self._block, self._real.__enter__()))
        inside = self._env.at(place=self._block)
        self._here = Here(inside)
        return self._here.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._here.__exit__()
        self._block.end()
        self._real.__exit__(*error)


class Scope:
    """What ``Cancel`` waits for."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.is_over = False


class Nursery:
    """Tasks that are awaited at the end of their loop."""

    def __init__(self) -> None:
        self.tasks: list[Any] = []
        self.loop = asyncio.get_running_loop()
