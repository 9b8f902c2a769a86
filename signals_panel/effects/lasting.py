"""Effects that go on after the call that caused them, such as a process that is waited for.

An effect ends with the call that has caused it, and is extended by calls of ``lasting`` methods
on the object that it gave: those that are made in the same receiver call, while that runs.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.effects.describing import result_of
from signals_panel.effects.following import Trail, Trails
from signals_panel.effects.kinds import EffectKind, Invocation, Owner, Result, Watch, watches
from signals_panel.probes.passing import passing_through
from signals_panel.probes.patches import Layer, Method
from signals_panel.recording import (
    EffectNode,
    Node,
    current,
    extend_effect,
    holder_of,
    live,
    take_fault,
)

Of = Callable[[Any], Any]

trails = Trails(Trail.take)


def remember(effect: EffectNode, thing: object) -> None:
    """An effect that has ended may be extended, by calls on an object."""
    trail = Trail()
    if trails.put(thing, trail):
        trail.lead_to(effect)


def lasting(
    kind: EffectKind,
    *,
    owners: Iterable[Owner],
    methods: Iterable[str],
    of: Of,
    result: Result,
) -> None:
    """Extend effects of this kind by each call of these methods, whatever comes of it.

    ``of`` gives the object that the effect was remembered by, from the one whose method it is.
    ``result`` makes a word of it once the effect is over, and None before.
    """
    watches.append(
        Watch(
            kind,
            tuple(owners),
            tuple(methods),
            _undescribed,
            result,
            with_subclasses=False,
            is_leaf=False,
            inner=frozenset(),
            is_own=True,
            hook=functools.partial(_hook, of),
        )
    )


def _undescribed(operation: Invocation) -> str:
    return operation.method


def _extend(watch: Watch, of: Of, node: Node, name: str, args: Any, kwargs: Any) -> None:
    try:
        trail = trails.get(of(args[0]))
        effect = trail.effect() if trail is not None else None
        if trail is None or effect is None or not _is_same_place(effect, node):
            return
        extend_effect(effect, perf_counter_ns())
        operation = Invocation(name, args[0], args[1:], kwargs)
        result = result_of(watch, effect.root, operation, None)
        if result is not None:
            # Of one that was added up, it is known too late.
            effect.result = result
            trail.take()
    except Exception as error:
        if not take_fault(node.root, f"an effect ({watch.kind.name})", error):
            raise


def _is_same_place(effect: EffectNode, node: Node) -> bool:
    """Whether what happens while ``node`` is current does so where the effect was caused."""
    found = live(node)
    holder = holder_of(effect.around)
    return found is not None and holder_of(found) is holder and not holder.end


def _hook(
    of: Of, watch: Watch, name: str, is_method: bool, original: Method, layer: Layer
) -> Method:
    """What stands in place of ``original``, a method."""

    @functools.wraps(original)
    def extending(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        try:
            return original(*args, **kwargs)
        finally:
            _extend(watch, of, node, name, args, kwargs)

    @functools.wraps(original)
    async def extending_coroutine(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return await original(*args, **kwargs)
        try:
            return await original(*args, **kwargs)
        finally:
            _extend(watch, of, node, name, args, kwargs)

    recorded = extending_coroutine if inspect.iscoroutinefunction(original) else extending
    return functools.wraps(original)(passing_through(original, recorded))
