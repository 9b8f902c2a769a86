"""Setting a context variable around each step of a coroutine.

Django 6.1 runs the async receivers of one dispatch in one shared ``Context``, so a variable
that one receiver sets is what its siblings see at their next step. A coroutine runs from one
``await`` to the next without interruption, though: the variable is set exactly then.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from contextvars import ContextVar
from types import CoroutineType
from typing import Any

import django

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import receiver_callers
from signals_panel.recording import CallNode, failed

# Django has given receivers' coroutines to asyncio itself, before it came to await them in one
# of its own. asyncio looks ``send`` up by name at each step: it had better be found at once.
_ASYNCIO_STEPS = django.VERSION < (6, 1)


@Coroutine.register
class Stepped:
    """Drives an awaitable with ``variable`` set to ``value`` during its steps.

    Between them the context is as if it weren't there. A ``call`` begins with the first step,
    and ends when the awaitable returns or raises.

    It can be awaited like a coroutine, and has the methods by which asyncio knows one.
    """

    __slots__ = ("_steps", "send")

    def __init__(
        self,
        awaitable: Any,
        variable: ContextVar[Any],
        value: Any,
        call: CallNode | None = None,
    ) -> None:
        if type(awaitable) is not CoroutineType and not issubclass(
            type(awaitable), (Coroutine, Generator)
        ):
            # A coroutine, or a generator that types.coroutine made one, has the methods itself.
            awaitable = _drive(awaitable)
        self._steps = steps = _step(awaitable, variable, value, call)
        # To where it waits: it is to see a cancellation that comes before the first step.
        steps.send(None)
        if _ASYNCIO_STEPS:  # pragma: no cover - before Django 6.1
            self.send = steps.send

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._steps

    def __getattr__(self, name: str) -> Any:
        # send, throw and close, with which asyncio drives a coroutine.
        if name == "_steps":
            raise AttributeError(name)
        return getattr(self._steps, name)


def _drive(awaitable: Any) -> Generator[Any, Any, Any]:
    return (yield from awaitable.__await__())


def _step(
    steps: Any, variable: ContextVar[Any], inside: Any, call: CallNode | None
) -> Generator[Any, Any, Any]:
    __traceback_hide__ = True
    value: Any = None
    error: BaseException | None = None
    try:
        yield
    except GeneratorExit:
        # It was never awaited, which is for Python to complain about.
        raise
    except BaseException as thrown:
        error = thrown
    else:
        if call is not None:
            call.start = perf_counter_ns()
    while True:
        # A timeout may be raised at any line. So what was there is known before anything else
        # is set, and put back twice: the first time may be what is interrupted.
        outside = variable.get()
        try:
            try:
                variable.set(inside)
                # Not where the error was caught: it would become the context of others.
                yielded = steps.send(value) if error is None else steps.throw(error)
            except StopIteration as stop:
                if call is not None:
                    call.end = perf_counter_ns()
                return stop.value
            except BaseException as raised:
                if call is not None:
                    failed(call, raised)
                raise
            finally:
                # A frame in a traceback keeps what it holds.
                value = error = None
                # The value inside may have changed: a receiver can open a block of its own.
                inside = variable.get()
                variable.set(outside)
        except BaseException:
            variable.set(outside)
            # What has raised is closed already. But if it was this frame that was interrupted,
            # the awaitable ends here, and not in the context where it is collected as garbage.
            steps.close()
            raise
        try:
            # Handed on, and not kept: the receiver may raise while this frame has a name for it.
            value = yield yielded
            yielded = None
        except GeneratorExit:
            outside = variable.get()
            try:
                variable.set(inside)
                steps.close()
            finally:
                variable.set(outside)
                if call is not None:
                    call.end = perf_counter_ns()
            raise
        except BaseException as thrown:
            error = thrown
            yielded = None


receiver_callers.add(id(_step.__code__))
