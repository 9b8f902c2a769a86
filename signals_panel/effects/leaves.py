"""The hook on what nothing is part of: an effect is added when it is over."""

from __future__ import annotations

import functools
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.effects.describing import described, result_of
from signals_panel.effects.kinds import Invocation, Watch
from signals_panel.probes.patches import Layer, Method
from signals_panel.recording import (
    CallNode,
    EffectNode,
    Node,
    add_effect,
    current,
    live,
    parent_of,
    take_fault,
)


def leaf_hook(watch: Watch, name: str, is_method: bool, original: Method, layer: Layer) -> Method:
    """What stands in place of ``original``."""

    @functools.wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        failure = None
        value: Any = None
        start = perf_counter_ns()
        try:
            value = original(*args, **kwargs)
            return value
        except BaseException as error:
            failure = watch.error(error)
            raise
        finally:
            end = perf_counter_ns()
            called = (name, args[0], args[1:], kwargs) if is_method else (name, None, args, kwargs)
            # An Invocation without the function that makes one.
            operation = tuple.__new__(Invocation, called)
            _add_leaf(watch, node, operation, value, start, end, failure)

    return watched


def _add_leaf(
    watch: Watch,
    node: Node,
    operation: Invocation,
    value: Any,
    start: int,
    end: int,
    failure: str | None,
) -> None:
    try:
        found = node if node.root.is_open else live(node)
        if found is None:
            return
        text, alias, note, data = described(watch, found.root, operation)
        parent = found if type(found) is CallNode else parent_of(found)
        kind = watch.kind.name
        effect = EffectNode(kind, text, alias, parent, note, data, failure, start, end)
        if watch.result is not None and failure is None:
            effect.result = result_of(watch, found.root, operation, value)
        add_effect(effect)
    except Exception as error:
        if not take_fault(node.root, f"an effect ({watch.kind.name})", error):
            raise
