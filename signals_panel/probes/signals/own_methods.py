"""The hooks on methods that send by themselves: functions, coroutines and generators."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Coroutine, Generator
from types import FrameType, GeneratorType
from typing import Any

from django.dispatch import Signal

from signals_panel.clock import perf_counter_ns
from signals_panel.probes.patches import Layer, Method
from signals_panel.probes.signals.beginning import begin_dispatch
from signals_panel.probes.signals.own_sends import UNKNOWN, OwnSend
from signals_panel.probes.steps import Stepped
from signals_panel.recording import DispatchNode, current

SENDS = ("send", "send_robust", "asend", "asend_robust")


def _begin(
    name: str, layer: Layer, signal: Any, args: Any, kwargs: dict[str, Any], frame: FrameType
) -> OwnSend | None:
    """What records this call of an own method; None where it isn't to be recorded by itself."""
    node = current.get()
    if node is None or not layer.active or not issubclass(type(signal), Signal):
        return None
    around = node.sending if type(node) is DispatchNode else None
    outer = None
    if type(around) is OwnSend and around.signal is signal:
        if around.method == name or name not in SENDS:
            # A part of what is recorded already.
            return None
        around.is_delegated = True
        outer = around.frame
    sender = args[0] if args else kwargs.get("sender", UNKNOWN)
    own = OwnSend(signal, name, UNKNOWN, outer or frame)
    dispatch = begin_dispatch(node, signal, None if sender is UNKNOWN else sender, name, kwargs)
    if dispatch is None:
        return None
    own.dispatches.append(dispatch)
    dispatch.sending = own
    dispatch.start = perf_counter_ns()
    return own


def own_method(name: str, original: Method, layer: Layer) -> Method:
    """The hook on a method of a signal's class that sends by itself."""
    if inspect.iscoroutinefunction(original):
        return _own_coroutine(name, original, layer)
    if inspect.isgeneratorfunction(original):
        return _own_generator(name, original, layer)

    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        own = _begin(name, layer, self, args, kwargs, sys._getframe(1))
        if own is None:
            return original(self, *args, **kwargs)
        outside = current.get()
        try:
            try:
                current.set(own.dispatches[0])
                result = original(self, *args, **kwargs)
            except BaseException as error:
                own.failed(error)
                raise
            finally:
                current.set(outside)
        except BaseException:
            current.set(outside)
            raise
        if type(result) is GeneratorType and own.handed_out:
            # It calls the receivers when it is gone through.
            own.suspend()
            return _steps_of(result, own)
        if issubclass(type(result), Coroutine):
            # It sends when it is awaited, if it does.
            own.is_delegated = True
        own.end(None)
        return own.unwrap(result)

    return method


def _own_coroutine(name: str, original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    async def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        own = _begin(name, layer, self, args, kwargs, sys._getframe(1))
        if own is None:
            return await original(self, *args, **kwargs)
        own.suspend()
        try:
            result = await Stepped(original(self, *args, **kwargs), current, own.dispatches[0])
        except BaseException as error:
            own.failed(error)
            raise
        own.end(None)
        return own.unwrap(result)

    return method


def _own_generator(name: str, original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        own = _begin(name, layer, self, args, kwargs, sys._getframe(1))
        if own is None:
            return (yield from original(self, *args, **kwargs))
        own.suspend()
        return (yield from _steps_of(original(self, *args, **kwargs), own))

    return method


def _steps_of(generator: Generator[Any, Any, Any], own: OwnSend) -> Generator[Any, Any, Any]:
    """What a generator yields and returns, with the real receivers, each step recorded."""
    __traceback_hide__ = True
    steps = Stepped(generator, current, own.dispatches[0]).__await__()
    advance: Any = functools.partial(steps.send, None)
    try:
        while True:
            try:
                item = advance()
            except StopIteration as stop:
                own.end(None)
                return own.unwrap(stop.value)
            try:
                received = yield own.unwrap(item, is_over=False)
                advance = functools.partial(steps.send, received)
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as thrown:
                advance = functools.partial(steps.throw, thrown)
    except BaseException as error:
        own.failed(error)
        raise
