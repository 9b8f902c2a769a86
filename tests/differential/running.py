"""Running a program plain and recorded, and all that has to hold then."""

from __future__ import annotations

import contextlib
import gc
import logging
import warnings
from collections.abc import Iterator
from typing import Any

from asgiref.sync import SyncToAsync
from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal
from django.test import override_settings

from differential import comparing, pool, statements  # noqa: F401 - statements are registered
from differential.interpreter import run_apart
from differential.programs import Program
from differential.world import Env, Here, Recorded, World
from signals_panel import record_signals, remove_hooks
from signals_panel.conf import Config
from signals_panel.recording import current, lifecycle

# The values of MAX_KEPT to run with. 0 is none that is allowed, and leaves the default in force:
# a tenth of the programs try it.
_LIMITS: tuple[int | None, ...] = (None, 1, 5)
_EVERY = 10

_SENDS = ("send", "send_robust", "asend", "asend_robust", "_live_receivers")
_SEAMS: list[tuple[Any, str]] = [
    *((cls, name) for cls in (Signal, pool.OwnSignal, pool.OverridingSignal) for name in _SENDS),
    *((CursorWrapper, name) for name in ("execute", "executemany")),
    (SyncToAsync, "__call__"),
]


def _seams() -> list[Any]:
    return [vars(cls).get(name) for cls, name in _SEAMS]


_DJANGOS_OWN = _seams()


class _OnLog(logging.Handler):
    """Runs a program's statements for each failure that ``send_robust`` logs."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def createLock(self) -> None:
        # What it does may wait for another thread, in which the same happens.
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        sent = getattr(error, "fuzz_sent", None)
        if sent is not None and sent.env.world is self._world:
            env = sent.env.sync(depth=sent.env.depth + 1, trail="log")
            run_apart(self._world.program.on_log, env)


def run(program: Program, recorder: Any = None) -> World:
    """Run it once, with the blocks of a recorder, or none."""
    world = World(program, recorder)
    for signal in pool.SIGNALS.values():
        pool.disconnect_all(signal)
    logger = logging.getLogger("django.dispatch")
    handler = _OnLog(world)
    logger.addHandler(handler)
    kept = logger.propagate
    logger.propagate = False
    env = Env(world, None, "main")
    try:
        with Here(env), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run_apart(program.before, env)
            with Recorded(env) as inside:
                run_apart(program.body, inside)
            run_apart(program.after, env)
    finally:
        world.is_over = True
        logger.removeHandler(handler)
        logger.propagate = kept
        for signal in pool.SIGNALS.values():
            pool.disconnect_all(signal)
        world.kept.clear()
    for text in sorted(str(warning.message) for warning in caught):
        env.log("warned", text)
    for sent in world.sent:
        sent.settle()
    return world


@contextlib.contextmanager
def prepared() -> Iterator[None]:
    """What programs need; the garbage collector runs between them only."""
    is_enabled = gc.isenabled()
    gc.disable()
    # What is there already isn't gone through each time.
    gc.collect()
    gc.freeze()
    # It tells of tasks that ended with an exception after nobody waited for them any more.
    logger = logging.getLogger("asyncio")
    logger.disabled = True
    try:
        with pool.in_use():
            yield
    finally:
        _collect()
        _remove_hooks()
        logger.disabled = False
        gc.unfreeze()
        if is_enabled:
            gc.enable()


def failures(program: Program) -> list[str]:
    """All that is wrong, as lines to print; nothing if all is well."""
    _remove_hooks()
    plain = run(program)
    lines: list[str] = []
    if program.hooks_stay:
        lines.extend(_have_hooks_stay())
        found = list(_same(program, plain, run(program)))
        if found:
            lines.append("With hooks that have stayed, and nothing recorded:")
            lines.extend(found)
    for limit in (*_LIMITS, 0) if program.seed % _EVERY == 0 else _LIMITS:
        setting = {} if limit is None else {"MAX_KEPT": limit}
        with override_settings(SIGNALS_PANEL=setting):
            recorded = run(program, record_signals)
        found = list(_checked(program, plain, recorded, limit or Config.max_kept))
        if found:
            lines.append(f"With MAX_KEPT {limit}:")
            lines.extend(found)
    if program.seed % _EVERY == 0:
        _collect()
    return lines


def _remove_hooks() -> None:
    """After so many recordings they would stay. Should one still go on, they are seen below."""
    with contextlib.suppress(RuntimeError):
        remove_hooks()


def _have_hooks_stay() -> Iterator[str]:
    """As after so many recordings."""
    lifecycle._comings = lifecycle._MAX_COMINGS
    with record_signals():
        pass
    if not _are_hooked():
        yield "the hooks haven't stayed"


def _are_hooked() -> bool:
    """Whether something of ours stands at each seam that Django has."""
    return all(
        now is not own for now, own in zip(_seams(), _DJANGOS_OWN, strict=True) if own is not None
    )


def _collect() -> None:
    """Event loops and exceptions leave cycles, and threads that end with them."""
    with warnings.catch_warnings():
        # Of coroutines that were never awaited; those a program can notice are in its log.
        warnings.simplefilter("ignore")
        gc.collect()


def _same(program: Program, plain: World, other: World) -> Iterator[str]:
    """In what another run differs from a plain one, and what it has left behind."""
    if current.get() is not None:
        yield f"the current node is {current.get()!r}"
        current.set(None)
    if program.hooks_stay:
        if not _are_hooked():
            yield "a hook that had stayed is gone"
    elif _seams() != _DJANGOS_OWN:
        yield "something of Django's is still replaced"
    is_ordered = program.is_ordered
    if is_ordered or program.is_settled:
        yield from comparing.log_differences(plain.log, other.log, is_ordered)
    if len(plain.blocks) == len(other.blocks) and is_ordered:
        for (expected, _), (found, _) in zip(plain.blocks, other.blocks, strict=True):
            yield from comparing.model_differences(expected, found)


def _checked(program: Program, plain: World, recorded: World, limit: int) -> Iterator[str]:
    yield from _same(program, plain, recorded)
    limit = 2**31 if limit == Config.max_kept else limit
    for number, (block, recording) in enumerate(recorded.blocks):
        for line in comparing.differences(block, recording, program.is_ordered, limit):
            yield f"block {number}: {line}"
