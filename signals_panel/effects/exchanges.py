"""Effects that begin in one call and end in another, such as a request and its response.

``exchange`` declares them, as ``watch`` does the others. Such an effect isn't the current node:
what happens until it ends is beside it, not in it. Of methods that call those they override, and
of a method that calls another that is watched, it makes one effect.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

from signals_panel.describe import error_text
from signals_panel.effects.exchange_steps import (
    BEGINS,
    CLOSES,
    ENDS,
    OPENS,
    SENDS,
    Exchange,
    Step,
    next_number,
)
from signals_panel.effects.kinds import (
    Describe,
    EffectKind,
    Invocation,
    Owner,
    Result,
    Watch,
    register,
    watches,
)
from signals_panel.probes.passing import passing_through
from signals_panel.probes.patches import Layer, Method
from signals_panel.recording import Node, current

__all__ = ["BEGINS", "CLOSES", "ENDS", "OPENS", "SENDS", "exchange"]


def exchange(
    kind: EffectKind,
    *,
    owners: Iterable[Owner],
    roles: dict[str, str],
    describe: Describe,
    result: Result | None = None,
    of: Callable[[Invocation, Any], Any] | None = None,
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
    declared = Exchange(roles, of, unanswered)
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


def _hook(
    declared: Exchange, watch: Watch, name: str, is_method: bool, original: Method, layer: Layer
) -> Method:
    """What stands in place of ``original``."""

    def step_of(node: Node, args: Any, kwargs: Any, number: int) -> Step:
        called = (name, args[0], args[1:], kwargs) if is_method else (name, None, args, kwargs)
        # An Invocation without the function that makes one.
        return Step(watch, declared, node, tuple.__new__(Invocation, called), number)

    @functools.wraps(original)
    def followed(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        step = step_of(node, args, kwargs, next_number())
        step.called()
        try:
            value = original(*args, **kwargs)
        except BaseException as error:
            step.raised(error)
            raise
        step.returned(value)
        return value

    @functools.wraps(original)
    def followed_part(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        number = next_number()
        try:
            return original(*args, **kwargs)
        except BaseException as error:
            step_of(node, args, kwargs, number).raised(error)
            raise

    @functools.wraps(original)
    async def followed_coroutine(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return await original(*args, **kwargs)
        step = step_of(node, args, kwargs, next_number())
        step.called()
        try:
            value = await original(*args, **kwargs)
        except BaseException as error:
            step.raised(error)
            raise
        step.returned(value)
        return value

    if inspect.iscoroutinefunction(original):
        recorded: Method = followed_coroutine
    else:
        # While all goes well, nothing becomes of what only sends a part.
        recorded = followed_part if declared.roles[name] == SENDS else followed
    return functools.wraps(original)(passing_through(original, recorded))
