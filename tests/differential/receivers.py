"""Receivers of every kind, made anew for each run from what a program says of them."""

from __future__ import annotations

import functools
from typing import Any

from asgiref.sync import markcoroutinefunction

from differential import hearing
from differential.programs import Receiver


def make(spec: Receiver) -> Any:
    """A receiver that is known by its name, and by ``fuzz_name``."""
    function = _async_function(spec) if spec.is_async else _function(spec)
    function.__qualname__ = function.__name__ = spec.name
    function.fuzz_name = spec.name
    if spec.kind == "partial":
        receiver: Any = functools.partial(function, bound=True)
        receiver.fuzz_name = spec.name
        return receiver
    if spec.kind == "method":
        function.__name__ = "hears"
        owner = type(f"Owner_{spec.name}", (), {"hears": function, "__module__": __name__})()
        return owner.hears
    if spec.kind in ("callable", "eager"):
        cls = _Eager if spec.kind == "eager" else _AsyncCallable if spec.is_async else _Callable
        name = f"Callable_{spec.name}"
        return type(name, (cls,), {"__module__": __name__})(spec)
    return function


def _function(spec: Receiver) -> Any:
    def receiver(*args: Any, signal: Any, sender: Any, via: Any, value: Any, **kwargs: Any) -> Any:
        return hearing.hear(spec, via, signal, sender, value)

    return receiver


def _async_function(spec: Receiver) -> Any:
    async def receiver(
        *args: Any, signal: Any, sender: Any, via: Any, value: Any, **kwargs: Any
    ) -> Any:
        return await hearing.ahear(spec, via, signal, sender, value)

    return receiver


class _Callable:
    def __init__(self, spec: Receiver) -> None:
        self.spec = spec
        self.fuzz_name = spec.name

    def __call__(self, signal: Any, sender: Any, via: Any, value: Any, **kwargs: Any) -> Any:
        return hearing.hear(self.spec, via, signal, sender, value)


class _AsyncCallable(_Callable):
    """Django takes it for async because it is marked."""

    def __init__(self, spec: Receiver) -> None:
        super().__init__(spec)
        markcoroutinefunction(self)

    async def __call__(self, signal: Any, sender: Any, via: Any, value: Any, **kwargs: Any) -> Any:
        return await hearing.ahear(self.spec, via, signal, sender, value)


class _Eager(_AsyncCallable):
    """Does something when it is called, and returns what isn't a coroutine to be awaited."""

    def __call__(self, signal: Any, sender: Any, via: Any, value: Any, **kwargs: Any) -> Any:
        return _Awaitable(hearing.hear_eagerly(self.spec, via, signal, sender, value))


class _Awaitable:
    def __init__(self, coroutine: Any) -> None:
        self._coroutine = coroutine

    def __await__(self) -> Any:
        return self._coroutine.__await__()
