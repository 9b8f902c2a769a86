"""The probe on signal classes that send by themselves.

A subclass of ``Signal`` may override ``send``, or have methods of its own that ask
``_live_receivers`` and call what they get: all of it, some of it, in an order and with results
of their own. Such methods are found by what their code mentions, and are replaced while
something is recorded. Inside of one, ``_live_receivers`` hands out wrappers; what the method
returns has the real receivers again, wherever in it they are.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from types import CodeType, FrameType, FunctionType, GeneratorType
from typing import Any

from django.dispatch import Signal

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import (
    came_through,
    error_text,
    is_own_fault,
    receiver_name,
    sender_name,
)
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.probes.signals.beginning import begin, call_site
from signals_panel.probes.signals.escapes import give_back
from signals_panel.probes.signals.wrappers import OwnAsyncWrapper, OwnWrapper, Wrapper
from signals_panel.probes.steps import Stepped
from signals_panel.recording import (
    PASSED_ON,
    SWALLOWED,
    CallNode,
    DispatchNode,
    add_fault,
    calls_of,
    count_unrecorded,
    current,
    finish,
    heard,
    leave_out,
    lock,
    take_fault,
)

SENDS = ("send", "send_robust", "asend", "asend_robust")


class OwnSend:
    """One call of a method that sends by itself, while it runs.

    It stands where a plain send has what it waits for: ``DispatchNode.sending``.
    """

    __slots__ = (
        "dispatches",
        "frame",
        "handed_out",
        "is_delegated",
        "is_looking",
        "is_odd",
        "method",
        "place",
        "sender",
        "signal",
    )

    def __init__(self, signal: Signal, method: str, sender: Any, frame: FrameType | None) -> None:
        self.signal = signal
        self.method = method
        self.sender = sender
        self.frame = frame
        # The call site, once there is no frame to look for it.
        self.place: Any = None
        # One for each sender whose receivers it has asked for.
        self.dispatches: list[DispatchNode] = []
        self.handed_out: list[Any] = []
        # Django's own method was called with super(), and records its send itself.
        self.is_delegated = False
        self.is_looking = False
        # What it was given isn't what a look-up gives, and couldn't be wrapped.
        self.is_odd = False

    def look_up(self, original: Method, sender: Any) -> Any:
        """The receivers, wrapped; what isn't a pair of lists is handed on untouched."""
        if self.is_looking:
            # An override asks the method that it overrides; only what it gives is wrapped.
            return original(self.signal, sender)
        self.is_looking = True
        try:
            found = original(self.signal, sender)
        finally:
            self.is_looking = False
        try:
            if not is_pair(found):
                # Of a class that has its own idea of what is looked up.
                self.is_odd = True
                return found
            sync_receivers, async_receivers = found
            dispatch = self._dispatch_for(sender)
            wrapped = (
                self._wrap(OwnWrapper, sync_receivers, dispatch),
                self._wrap(OwnAsyncWrapper, async_receivers, dispatch),
            )
        except Exception as error:
            if not take_fault(self.dispatches[0].root, "a signal's own receivers", error):
                raise
            return found
        return wrapped

    def _dispatch_for(self, sender: Any) -> DispatchNode:
        dispatch = self.dispatches[-1]
        if self.sender is _UNKNOWN or self.sender is sender:
            self.sender = sender
            dispatch.sender = sender_name(sender)
            return dispatch
        # It sends for several senders, one after the other.
        for known in self.dispatches:
            if known.sender == sender_name(sender) and len(self.dispatches) > 1:
                return known
        new = DispatchNode(dispatch.around, dispatch.signal, sender_name(sender), self.method)
        new.start = perf_counter_ns()
        new.sending = self
        self.sender = sender
        self.dispatches.append(new)
        return new

    def _wrap(self, kind: type[Wrapper], receivers: Any, dispatch: DispatchNode) -> Any:
        wrapped: list[Any] = []
        for receiver in receivers:
            name = receiver_name(receiver)
            if name.is_toolbars:
                wrapped.append(receiver)
            else:
                wrapper = kind(receiver, name, dispatch, self)
                self.handed_out.append(wrapper)
                wrapped.append(wrapper)
        return wrapped if type(receivers) is list else tuple(wrapped)

    def hear(self, dispatch: DispatchNode) -> None:
        """The first of a dispatch's receivers is called."""
        with lock:
            # Receivers may be called by several threads.
            if dispatch.children is None:
                heard(dispatch, self.frame, self.place)

    def suspend(self) -> None:
        """Keep no frame while the method waits: look for its call site now.

        A generator whose caller's frame is kept is not closed when its caller lets it go.
        """
        try:
            if self.frame is not None:
                self.place = call_site(self.frame)
        except Exception as error:
            if not take_fault(self.dispatches[0].root, "a call site", error):
                raise
        self.frame = None

    def raised(self, call: CallNode) -> None:
        """A receiver has raised; what the method does about it is seen when it ends."""

    def end(self, error: BaseException | None) -> None:
        """The method has returned, or raised ``error``."""
        self.frame = None
        for dispatch in self.dispatches:
            try:
                self._end(dispatch, error)
            except Exception as fault:
                if not take_fault(dispatch.root, "a signal's own method", fault):
                    raise

    def failed(self, error: BaseException) -> None:
        """The method has raised ``error``, which may hold receivers, too."""
        if type(error) is GeneratorExit:
            self.end(None)
        else:
            self.end(error)
            args = BaseException.args.__get__(error)  # type: ignore[attr-defined] # a slot of C's
            found = self.unwrap(args, is_over=False)
            if found is not args:
                BaseException.args.__set__(error, found)  # type: ignore[attr-defined]
        self.let_go()

    def let_go(self) -> None:
        """The result has been looked through: wrappers that are left keep nothing alive."""
        for wrapper in self.handed_out:
            wrapper._signals_panel_let_go()
        self.handed_out.clear()

    def _end(self, dispatch: DispatchNode, error: BaseException | None) -> None:
        handed_out = [each for each in self.handed_out if each._signals_panel_dispatch is dispatch]
        calls = calls_of(dispatch)
        is_send = self.method.startswith(("send", "asend")) and not self.is_delegated
        if self.is_odd and not calls:
            count_unrecorded(dispatch.root, dispatch.signal, f"by {self.method}")
        if not calls and (self.is_odd or not is_send):
            # It is no send: it only looked, or not even that.
            dispatch.end = perf_counter_ns()
            dispatch.sending = None
            dispatch.root.budget.toolbar.take(dispatch)
            return
        owner = type.__getattribute__(type(self.signal), "__name__")
        dispatch.root.own_methods[dispatch.signal] = f"{owner}.{self.method}"
        for call in calls:
            self._judge(call, error, handed_out)
        finish(dispatch)
        if calls and dispatch is not self.dispatches[-1]:
            # It was over when the last of its receivers was.
            dispatch.end = max(call.end for call in calls) or dispatch.end

    def _judge(self, call: CallNode, error: BaseException | None, handed_out: Any) -> None:
        """What became of what a receiver raised: only the method knows."""
        failure = call.failure
        if failure is None or failure.fate != PASSED_ON:
            return
        if error is None or not failure.is_of(error, error_text(error)):
            failure.fate = SWALLOWED
            return
        called = {id(each.receiver) for each in calls_of(call.around)}
        leave_out(
            call,
            [
                each._signals_panel_receiver
                for each in handed_out
                if id(each._signals_panel_name) not in called
            ],
        )

    def unwrap(self, result: Any, *, is_over: bool = True) -> Any:
        """The method's result, or what it yields, with the very receivers that are connected."""
        if not self.handed_out:
            return result
        try:
            result = give_back(result, self.handed_out)
        except Exception as error:
            # The receivers may have a __hash__ of their own, and this isn't its time to fail.
            is_ours = take_fault(self.dispatches[0].root, "a signal's own result", error)
            if not is_ours and not came_through(error, "__hash__", "__eq__"):
                raise
        if is_over:
            self.let_go()
        return result


def is_pair(found: Any) -> bool:
    """Whether it is what Django's own look-up gives; nothing of it is consumed."""
    return type(found) is tuple and len(found) == 2 and all(type(x) in (list, tuple) for x in found)


_UNKNOWN = object()
"""Stands for the sender until the receivers are asked for."""


# The methods ---------------------------------------------------------------------------


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
    sender = args[0] if args else kwargs.get("sender", _UNKNOWN)
    own = OwnSend(signal, name, _UNKNOWN, outer or frame)
    dispatch = begin(node, signal, None if sender is _UNKNOWN else sender, name, kwargs)
    if dispatch is None:
        return None
    own.dispatches.append(dispatch)
    dispatch.sending = own
    dispatch.start = perf_counter_ns()
    return own


def _own_method(name: str, original: Method, layer: Layer) -> Method:
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


# Which methods? ------------------------------------------------------------------------

# Signal's own, but for those that send: to connect isn't to send.
_NOT_SENDING = frozenset(vars(Signal)) - frozenset(SENDS)


def _mentioned(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _mentioned(constant)


def sending_methods(cls: type) -> dict[type, list[str]]:
    """The methods of a signal class that may send by themselves, by the class they stand in.

    Those that override one of Django's four, that ask for live receivers, and that call one of
    these.
    """
    methods: dict[tuple[type, str], frozenset[str]] = {}
    for owner in cls.__mro__:
        if owner in Signal.__mro__:
            continue
        for name, value in vars(owner).items():
            is_plain = type(value) is FunctionType and not name.startswith("__")
            if is_plain and name not in _NOT_SENDING:
                methods[owner, name] = frozenset(_mentioned(value.__code__))
    sending = {name for _, name in methods if name in SENDS}
    before = -1
    while len(sending) != before:
        before = len(sending)
        asks = sending | {"_live_receivers"}
        sending |= {name for (_, name), mentioned in methods.items() if mentioned & asks}
    found: dict[type, list[str]] = {}
    for owner, name in methods:
        if name in sending:
            found.setdefault(owner, []).append(name)
    return found


class OwnSends:
    """The methods of all subclasses of ``Signal``, those defined meanwhile included."""

    def __init__(self, live_receivers: Callable[[Method, Layer], Method]) -> None:
        self._live_receivers = live_receivers
        self._patches: dict[type, Patches] = {}
        self._hook: Any = None

    def install(self) -> None:
        """Replace them, and learn of new subclasses."""
        for cls in _subclasses(Signal):
            self._add(cls)
        if "__init_subclass__" not in vars(Signal):
            add = self._add_new

            def __init_subclass__(cls: type, /, **kwargs: Any) -> None:
                super(Signal, cls).__init_subclass__(**kwargs)  # type: ignore[misc] # a subclass
                add(cls)

            self._hook = classmethod(__init_subclass__)
            Signal.__init_subclass__ = self._hook  # type: ignore[method-assign]

    def refresh(self) -> None:
        """New subclasses have told of themselves."""

    def uninstall(self) -> None:
        """Give back what is still ours."""
        if self._hook is not None and vars(Signal).get("__init_subclass__") is self._hook:
            del Signal.__init_subclass__
        self._hook = None
        for cls in list(self._patches):
            # Taken out of the dict last: a timeout may be raised in between.
            patches = self._patches.get(cls)
            if patches is not None:
                patches.uninstall()
                self._patches.pop(cls, None)

    def _add_new(self, cls: type) -> None:
        node = current.get()
        try:
            with lock:
                if self._hook is not None:
                    self._add(cls)
        except Exception as error:
            if not is_own_fault(error):
                raise
            if node is not None:
                add_fault(node.root, "a new signal class", error)

    def _add(self, cls: type) -> None:
        makers: dict[type, dict[str, Any]] = {}
        for owner, names in sending_methods(cls).items():
            makers[owner] = {name: functools.partial(_own_method, name) for name in names}
        for owner in cls.__mro__:
            if owner not in Signal.__mro__ and "_live_receivers" in vars(owner):
                makers.setdefault(owner, {})["_live_receivers"] = self._live_receivers
        for owner, of_owner in makers.items():
            if owner not in self._patches:
                self._patches[owner] = patches = Patches(owner, of_owner)
                patches.install()


def _subclasses(cls: type) -> Iterator[type]:
    found: list[type] = type.__subclasses__(cls)
    for subclass in found:
        yield subclass
        yield from _subclasses(subclass)
