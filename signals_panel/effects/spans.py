"""The hook on what others may be part of: an effect is the current node until it is over."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Coroutine
from types import CoroutineType
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.effects.describing import described, result_of
from signals_panel.effects.kinds import Invocation, Watch
from signals_panel.probes.passing import passing_through
from signals_panel.probes.patches import Layer, Method
from signals_panel.probes.steps import Stepped
from signals_panel.recording import (
    CallNode,
    EffectNode,
    Node,
    begin_effect,
    current,
    end_effect,
    live,
    parent_of,
    take_fault,
)


def _is_inner(watch: Watch, node: Node | None) -> bool:
    """Whether what happens while a node is current is a part of an operation of its kind."""
    # One whose own work has begun has no method any more: see work.py.
    return type(node) is EffectNode and node.kind == watch.kind.name and node.method != ""


def _hand_on(watch: Watch, node: Node, operation: Invocation, value: Any) -> None:
    """An operation inside another has given this."""
    if type(node) is EffectNode and node.method in watch.inner and node.result is None:
        node.result = result_of(watch, node.root, operation, value)


def begin(watch: Watch, node: Node, operation: Invocation) -> EffectNode | None:
    """The effect that begins; None inside of another of its kind, or where nobody records.

    When it starts is for the caller to say.
    """
    try:
        found = node if node.root.is_open else live(node)
        if found is None or _is_inner(watch, found):
            return None
        text, alias, note, data = described(watch, found.root, operation)
        parent = found if type(found) is CallNode else parent_of(found)
        effect = EffectNode(watch.kind.name, text, alias, parent, note, data)
        effect.method = operation.method
        begin_effect(effect)
    except Exception as error:
        if not take_fault(node.root, f"an effect ({watch.kind.name})", error):
            raise
        return None
    return effect


def end(
    watch: Watch, effect: EffectNode, operation: Invocation, value: Any, error: BaseException | None
) -> None:
    """It is over: ``value`` was returned, or ``error`` raised."""
    effect.end = effect.end or perf_counter_ns()
    try:
        if error is not None:
            effect.error = watch.error(error)
        elif effect.result is None:
            effect.result = result_of(watch, effect.root, operation, value)
        end_effect(effect)
        if error is None and watch.ended is not None:
            watch.ended(effect, operation, value)
    except Exception as fault:
        if not take_fault(effect.root, f"an effect ({watch.kind.name})", fault):
            raise


def _invocation(
    name: str, is_method: bool, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Invocation:
    called = (name, args[0], args[1:], kwargs) if is_method else (name, None, args, kwargs)
    # Without the function that a named tuple is usually made with.
    return tuple.__new__(Invocation, called)


def hook_around(watch: Watch, name: str, is_method: bool, original: Method, layer: Layer) -> Method:
    """What stands in place of ``original``."""
    if inspect.iscoroutinefunction(original):
        recorded = _around_coroutine(watch, name, is_method, original, layer)
    else:
        recorded = _around_function(watch, name, is_method, original, layer)
    # Nothing of the method's own is lost on the way: its attributes, and who it says it is.
    return functools.wraps(original)(passing_through(original, recorded))


def _around_function(
    watch: Watch, name: str, is_method: bool, original: Method, layer: Layer
) -> Method:
    @functools.wraps(original)
    def operation(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        called = _invocation(name, is_method, args, kwargs)
        effect = begin(watch, node, called)
        if effect is None:
            value = original(*args, **kwargs)
            _hand_on(watch, node, called, value)
            return value
        # A timeout may be raised at any line: what was current is put back twice.
        try:
            try:
                current.set(effect)
                effect.start = perf_counter_ns()
                value = original(*args, **kwargs)
                effect.end = perf_counter_ns()
            except BaseException as error:
                end(watch, effect, called, None, error)
                raise
            finally:
                current.set(node)
        except BaseException:
            current.set(node)
            raise
        if type(value) is CoroutineType:
            # It does its work when it is awaited.
            effect.end = 0
            return _finished_later(watch, effect, called, value)
        end(watch, effect, called, value, None)
        return value

    return operation


def _finished_later(
    watch: Watch, effect: EffectNode, called: Invocation, coroutine: Any
) -> Coroutine[Any, Any, Any]:
    # It may never be awaited.
    effect.start = 0

    async def finished() -> Any:
        __traceback_hide__ = True
        effect.start = perf_counter_ns()
        try:
            value = await Stepped(coroutine, current, effect)
        except BaseException as error:
            end(watch, effect, called, None, error)
            raise
        end(watch, effect, called, value, None)
        return value

    waiting: Any = finished()
    waiting.__name__, waiting.__qualname__ = coroutine.__name__, coroutine.__qualname__
    return waiting  # type: ignore[no-any-return]


def _around_coroutine(
    watch: Watch, name: str, is_method: bool, original: Method, layer: Layer
) -> Method:
    @functools.wraps(original)
    async def operation(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return await original(*args, **kwargs)
        called = _invocation(name, is_method, args, kwargs)
        effect = begin(watch, node, called)
        if effect is None:
            value = await original(*args, **kwargs)
            _hand_on(watch, node, called, value)
            return value
        effect.start = perf_counter_ns()
        try:
            value = await Stepped(original(*args, **kwargs), current, effect)
        except BaseException as error:
            end(watch, effect, called, None, error)
            raise
        end(watch, effect, called, value, None)
        return value

    return operation
