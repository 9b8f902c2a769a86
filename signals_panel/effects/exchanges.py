"""Effects that begin in one call and end in another, such as a request and its response.

``exchange`` declares them, as ``watch`` does the others. Such an effect isn't the current node:
what happens until it ends is beside it, not in it. Of methods that call those they override, and
of a method that calls another that is watched, it makes one effect.

What is noted of its end may be made up for by a later call: a request whose sending has failed
may still be answered, and a connection is closed before the response is handed out. So the end is
final when the response is there, when the next one begins, or when the object or the recording
is no more.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import error_text
from signals_panel.effects.describing import result_of
from signals_panel.effects.following import Trail, Trails
from signals_panel.effects.kinds import (
    Describe,
    EffectKind,
    Operation,
    Owner,
    Result,
    Watch,
    register,
    watches,
)
from signals_panel.effects.spans import begin
from signals_panel.probes.passing import passing_through
from signals_panel.probes.patches import Layer, Method
from signals_panel.recording import (
    EffectNode,
    Node,
    call_around,
    current,
    end_effect,
    lock,
    take_fault,
)

# What was opened is part of what begins within these nanoseconds.
_JUST_BEFORE = 100_000_000

OPENS, BEGINS, SENDS, ENDS, CLOSES = "opens", "begins", "sends", "ends", "closes"

_numbers = itertools.count(1)


class _Exchange(NamedTuple):
    """What one call of ``exchange`` has declared."""

    roles: dict[str, str]
    of: Callable[[Operation, Any], Any] | None
    unanswered: str | None


def exchange(
    kind: EffectKind,
    *,
    owners: Iterable[Owner],
    roles: dict[str, str],
    describe: Describe,
    result: Result | None = None,
    of: Callable[[Operation, Any], Any] | None = None,
    error: Callable[[BaseException], str] = error_text,
    unanswered: str | None = None,
    with_subclasses: bool = False,
) -> None:
    """Record an effect of this kind from a call of one method to a call of another.

    ``roles`` says what each method does: it ``OPENS`` what may be used for several (its time is
    that of the effect that begins just after; where it raises, that is an effect of its own),
    ``BEGINS`` one, ``SENDS`` a part of it, ``ENDS`` it with its result, or ``CLOSES`` what was
    opened, which ends it as well.

    They belong together by the object whose methods they are, or by the one that ``of`` finds in
    the operation and in what it gave (None while it has given nothing). ``unanswered`` is the
    result of one that was closed before its end. For the rest see ``watch``.
    """
    register(kind)
    declared = _Exchange(roles, of, unanswered)
    watches.append(
        Watch(
            kind,
            tuple(owners),
            tuple(roles),
            describe,
            result,
            with_subclasses,
            is_leaf=False,
            inner=frozenset(),
            is_own=describe.__module__.startswith("signals_panel."),
            error=error,
            hook=functools.partial(_hook, declared),
        )
    )


def _gone(trail: Trail) -> None:
    """An object is no more, and what it has begun is over. Called by the garbage collector."""
    effect = trail.effect()
    if effect is None:
        return
    if not effect.end:
        effect.end, effect.result = perf_counter_ns(), trail.unanswered
    # Another thread may hold the lock and wait for what this one holds; then it is added up
    # when the recording ends.
    if lock.acquire(blocking=False):
        try:
            _settle(trail)
        except Exception as error:
            if not take_fault(effect.root, "an effect's end", error):
                raise
        finally:
            lock.release()


trails = Trails(_gone)


def _settle(trail: Trail) -> None:
    """What is noted of its effect is final."""
    effect = trail.take()
    if effect is not None:
        end_effect(effect)


class _Step:
    """One call of one of the methods, while somebody records."""

    __slots__ = (
        *("_begun", "_declared", "_node", "_number", "_operation"),
        *("_role", "_start", "_watch"),
    )

    def __init__(
        self, watch: Watch, declared: _Exchange, node: Node, method: str, called: tuple[Any, ...]
    ) -> None:
        self._watch, self._declared, self._node = watch, declared, node
        self._operation = Operation(method, *called)
        self._role = declared.roles[method]
        self._number = next(_numbers)
        # What begins with it, if something does.
        self._begun: Trail | None = None
        self._start = perf_counter_ns()

    def called(self) -> None:
        """It is about to be called."""
        if self._role == BEGINS:
            self._guarded(self._begin)

    def returned(self, value: Any) -> None:
        """It has given ``value``."""
        self._guarded(self._returned, value)

    def raised(self, error: BaseException) -> None:
        """It has raised."""
        self._guarded(self._raised, error)

    def _guarded(self, work: Callable[..., None], *args: Any) -> None:
        try:
            work(*args)
        except Exception as fault:
            where = f"an effect ({self._watch.kind.name})"
            if not take_fault(self._node.root, where, fault):
                raise

    def _trail(self, value: Any = None) -> Trail | None:
        of = self._declared.of
        return trails.get(self._operation.owner if of is None else of(self._operation, value))

    # What becomes of it ------------------------------------------------------------------

    def _begin(self) -> None:
        trail = None
        if self._declared.of is None:
            trail = self._trail_of_owner()
            before = trail.effect()
            if before is not None and not before.end:
                # A method that this one overrides, or one too many, which raises.
                return
            _settle(trail)
        effect = self._new_effect(trail)
        if effect is not None:
            self._begun = trail = trail or Trail(self._declared.unanswered)
            trail.lead_to(effect)

    def _trail_of_owner(self) -> Trail:
        owner = self._operation.owner
        trail = trails.get(owner)
        if trail is None:
            trail = Trail(self._declared.unanswered)
            trails.put(owner, trail)
        return trail

    def _new_effect(self, trail: Trail | None) -> EffectNode | None:
        effect = begin(self._watch, self._node, self._operation)
        if effect is None:
            return None
        effect.start = self._start
        if trail is not None and trail.opened is not None:
            since, until = trail.opened
            trail.opened = None
            inside = call_around(effect.around) or effect.root
            if self._start - until <= _JUST_BEFORE and since >= inside.start:
                effect.start = since
        return effect

    def _returned(self, value: Any) -> None:
        role = self._role
        if role == BEGINS:
            if self._begun is not None and self._declared.of is not None:
                trails.put(self._declared.of(self._operation, value), self._begun)
            return
        trail = self._trail_of_owner() if role == OPENS else self._trail(value)
        if trail is None:
            return
        effect = trail.effect()
        if role == OPENS:
            if effect is None or effect.end:
                trail.opened = self._start, perf_counter_ns()
        elif role == CLOSES:
            trail.opened = None
            if effect is not None and not effect.end:
                self._note(trail, effect, None, trail.unanswered)
        elif role == ENDS and effect is not None:
            result = result_of(self._watch, effect.root, self._operation, value)
            self._note(trail, effect, None, result)
            _settle(trail)

    def _raised(self, error: BaseException) -> None:
        text = self._watch.error(error)
        trail = self._begun
        if trail is not None:
            effect = trail.effect()
            if effect is not None:
                self._note(trail, effect, text)
                _settle(trail)
            return
        trail = self._trail_of_owner() if self._role == OPENS else self._trail()
        if trail is None or self._role == BEGINS:
            return
        effect = trail.effect()
        is_later = self._role == ENDS or trail.noted > self._number
        if effect is not None and (not effect.end or is_later):
            # It has failed in this call at the latest; or that it did wasn't the end of it.
            self._note(trail, effect, text)
        elif self._role == OPENS:
            _settle(trail)
            trail.opened = None
            effect = self._new_effect(None)
            if effect is not None:
                trail.lead_to(effect)
                self._note(trail, effect, text)

    def _note(
        self, trail: Trail, effect: EffectNode, error: str | None, result: str | None = None
    ) -> None:
        effect.end = perf_counter_ns()
        effect.error, effect.result = error, result
        trail.noted = next(_numbers)


def _hook(
    declared: _Exchange, watch: Watch, name: str, is_method: bool, original: Method, layer: Layer
) -> Method:
    """What stands in place of ``original``."""

    def step_of(node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Step:
        owner, rest = (args[0], args[1:]) if is_method else (None, args)
        step = _Step(watch, declared, node, name, (owner, rest, kwargs))
        step.called()
        return step

    @functools.wraps(original)
    def followed(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        step = step_of(node, args, kwargs)
        try:
            value = original(*args, **kwargs)
        except BaseException as error:
            step.raised(error)
            raise
        step.returned(value)
        return value

    @functools.wraps(original)
    async def followed_coroutine(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return await original(*args, **kwargs)
        step = step_of(node, args, kwargs)
        try:
            value = await original(*args, **kwargs)
        except BaseException as error:
            step.raised(error)
            raise
        step.returned(value)
        return value

    recorded = followed_coroutine if inspect.iscoroutinefunction(original) else followed
    return functools.wraps(original)(passing_through(original, recorded))
