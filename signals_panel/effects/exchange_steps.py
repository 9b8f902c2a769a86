"""What each call of a method that is watched does to an exchange: see ``exchange``.

What is noted of its end may be made up for by a later call: a request whose sending has failed
may still be answered, and a connection is closed before the response is handed out. So the end is
final when the response is there, when the next one begins, or when the object or the recording
is no more.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

from signals_panel.clock import perf_counter_ns
from signals_panel.effects.describing import result_of
from signals_panel.effects.following import Trail, Trails
from signals_panel.effects.kinds import Invocation, Watch
from signals_panel.effects.spans import begin
from signals_panel.recording import EffectNode, Node, end_effect, holder_of, lock, take_fault

# What was opened is part of what begins within these nanoseconds.
_JUST_BEFORE = 100_000_000

OPENS, BEGINS, SENDS, ENDS, CLOSES = "opens", "begins", "sends", "ends", "closes"

next_number = itertools.count(1).__next__
"""In which order calls are made, and ends noted."""


class Exchange(NamedTuple):
    """What one call of ``exchange`` has declared."""

    roles: dict[str, str]
    of: Callable[[Invocation, Any], Any] | None
    unanswered: str | None


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


class Step:
    """One call of one of the methods, while somebody records."""

    __slots__ = (
        *("_begun", "_declared", "_node", "_number", "_operation"),
        *("_role", "_start", "_watch"),
    )

    def __init__(
        self,
        watch: Watch,
        declared: Exchange,
        node: Node,
        called: Invocation,
        number: int,
    ) -> None:
        self._watch, self._declared, self._node = watch, declared, node
        self._operation = called
        self._role = declared.roles[called.method]
        self._number = number
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
            inside = holder_of(effect.around)
            if self._start - until <= _JUST_BEFORE and since >= inside.start:
                # As long as it took: what the program did in between isn't part of it.
                effect.start = self._start - (until - since)
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
        trail.noted = next_number()
