"""Setting a context variable around each step of a coroutine.

Django 6.1 runs the async receivers of one dispatch in one shared ``Context``, so a variable
that one receiver sets is what its siblings see at their next step. A coroutine runs from one
``await`` to the next without interruption, though: the variable is set exactly then.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Iterator
from contextvars import ContextVar
from time import perf_counter_ns
from typing import Any

from signals_panel.describe import error_text, traceback_places
from signals_panel.recording.current import current
from signals_panel.recording.nodes import ReceiverCall


class Stepped(Coroutine[Any, Any, Any]):
    """Drives an awaitable; between its steps the context is as if it weren't there.

    A coroutine for asyncio and for ``await``, which take any object with its methods.
    """

    __slots__ = ("_inside", "_steps", "_variable")

    def __init__(self, awaitable: Any, variable: ContextVar[Any], value: Any) -> None:
        # A coroutine, or a generator that types.coroutine made one, has the methods itself.
        self._steps: Generator[Any, Any, Any] | Coroutine[Any, Any, Any] = (
            awaitable if isinstance(awaitable, (Coroutine, Generator)) else _drive(awaitable)
        )
        self._variable = variable
        # The value inside, which may change there: a receiver can open a block of its own.
        self._inside = value

    def send(self, value: Any) -> Any:
        __traceback_hide__ = True
        variable = self._variable
        outside = variable.get()
        variable.set(self._inside)
        try:
            return self._steps.send(value)
        finally:
            self._inside = variable.get()
            variable.set(outside)

    def throw(self, *error: Any) -> Any:
        __traceback_hide__ = True
        variable = self._variable
        outside = variable.get()
        variable.set(self._inside)
        try:
            return self._steps.throw(*error)
        finally:
            self._inside = variable.get()
            variable.set(outside)

    def close(self) -> None:
        __traceback_hide__ = True
        variable = self._variable
        outside = variable.get()
        variable.set(self._inside)
        try:
            self._steps.close()
        finally:
            variable.set(outside)

    def __await__(self) -> Generator[Any, Any, Any]:
        return self  # type: ignore[return-value] # an iterator with send and throw is enough

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        __traceback_hide__ = True
        return self.send(None)

    def __getattr__(self, name: str) -> Any:
        # cr_frame and the like, which debuggers and asyncio's messages read.
        return getattr(self._steps, name)


def _drive(awaitable: Any) -> Generator[Any, Any, Any]:
    return (yield from awaitable.__await__())


class SteppedCall(Stepped):
    """An async receiver: begins with its first step, ends when it returns or raises."""

    __slots__ = ("_call",)

    def __init__(self, awaitable: Any, call: ReceiverCall) -> None:
        super().__init__(awaitable, current, call)
        self._call = call

    def send(self, value: Any) -> Any:
        __traceback_hide__ = True
        call = self._call
        if not call._start:
            call._start = perf_counter_ns()
        try:
            return super().send(value)
        except BaseException as error:
            self._ended(error)
            raise

    def throw(self, *error: Any) -> Any:
        __traceback_hide__ = True
        try:
            return super().throw(*error)
        except BaseException as raised:
            self._ended(raised)
            raise

    def close(self) -> None:
        __traceback_hide__ = True
        call = self._call
        was_running = call._start and not call._end
        try:
            super().close()
        finally:
            if was_running:
                call._end = perf_counter_ns()

    def _ended(self, error: BaseException) -> None:
        self._call._end = perf_counter_ns()
        # StopIteration is how a coroutine returns.
        if not isinstance(error, StopIteration):
            self._call.error = error_text(error)
            self._call._traceback = traceback_places(error)
