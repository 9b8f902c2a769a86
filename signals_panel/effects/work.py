"""The hook on what does the work that an operation has asked for.

Without it, a task that runs as soon as it is enqueued would be taken for a part of its enqueuing,
and so would each task that it enqueues in turn.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable
from typing import Any

from signals_panel.effects.kinds import EffectKind, Invocation, Owner, Watch, watches
from signals_panel.probes.passing import passing_through
from signals_panel.probes.patches import Layer, Method
from signals_panel.recording import EffectNode, current


def watch_work(kind: EffectKind, *, owners: Iterable[Owner], methods: Iterable[str]) -> None:
    """Say which methods do the work of an operation of this kind, where that does it itself.

    Once one is called, operations of this kind inside are ones of their own. ``owners`` and
    ``methods`` are those of ``watch``, subclasses included.
    """
    watches.append(
        Watch(
            kind,
            tuple(owners),
            tuple(methods),
            _no_operation,
            result=None,
            with_subclasses=True,
            is_leaf=False,
            inner=frozenset(),
            is_own=True,
            hook=_work_hook,
        )
    )


def _no_operation(operation: Invocation) -> str:
    raise AssertionError("what does the work of an operation is none itself")


def _work_hook(watch: Watch, name: str, is_method: bool, original: Method, layer: Layer) -> Method:
    """What stands in place of ``original``."""

    def begin() -> None:
        node = current.get()
        if layer.active and type(node) is EffectNode and node.kind == watch.kind.name:
            # Nothing inside is part of it any more.
            node.method = ""

    @functools.wraps(original)
    def work(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        begin()
        return original(*args, **kwargs)

    @functools.wraps(original)
    async def awaited_work(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        begin()
        return await original(*args, **kwargs)

    recorded = awaited_work if inspect.iscoroutinefunction(original) else work
    return functools.wraps(original)(passing_through(original, recorded))
