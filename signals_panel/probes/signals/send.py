"""The probe on Django's signal dispatcher.

Most sends have sync receivers only. For those, Django's method is a loop of four lines that
has been the same since ``send`` learned about async receivers: it stands here, with the
recording in it, in one frame in place of Django's one.

Where there are async receivers, Django's own method is called: on a stand-in for the signal,
whose receivers have been looked up already and are wrapped, so that each call is recorded. What
``send`` returns has the real receivers again.

Where a version of Django isn't known to have that loop, or another tool stands in between, a
``Dispatch`` is made the current node. ``_live_receivers`` finds it waiting, and hands out
wrappers. Classes with methods of their own that send go that way, too:
``signals_panel.probes.own_sends``.

The frames here carry ``__traceback_hide__`` so that Django's error page leaves them out.
"""

from __future__ import annotations

import functools
import sys
from types import FrameType, MethodType
from typing import Any

import django
from django.dispatch import Signal, dispatcher

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import (
    UNNAMED,
    known_sender_names,
    known_signal_names,
    receiver_callers,
    receiver_name,
)
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.probes.signals.beginning import begin_dispatch, count_unheard
from signals_panel.probes.signals.early_sends import receivers_of_unknown
from signals_panel.probes.signals.own_sends import OwnSend
from signals_panel.probes.signals.stand_in import StandIn
from signals_panel.probes.signals.wrappers import (
    AsyncWrapper,
    Wrapper,
    unwrap_responses,
    wrap,
)
from signals_panel.probes.steps import Stepped
from signals_panel.recording import (
    CallNode,
    DispatchNode,
    credit,
    current,
    end_folded,
    failed,
    finish,
    fold_call,
    heard,
    leave_out,
    take_fault,
)

_NO_RECEIVERS = dispatcher.NO_RECEIVERS

# Whether this Django's loop over sync receivers is the one that stands here.
IS_KNOWN = (5, 2) <= django.VERSION[:2] <= (6, 1)

# Bound once: these are on the way of every send.
_current = current.get
_set_current = current.set
_signal_words = known_signal_names
_sender_words = known_sender_names
_frame = sys._getframe

_RAW = object()
"""Stands for the receivers of a look-up that isn't to be answered with wrappers."""

_LOOKING = object()
"""Stands for a look-up that is under way: an override may ask for the one it overrides."""


def _is_djangos(method: Method) -> bool:
    """Whether this is Django's own code; a wrapper of another tool's may look like it."""
    code = getattr(method, "__code__", None)
    return code is not None and code.co_filename == Signal.__init__.__code__.co_filename


class _LookUp:
    """How the receivers of a plain ``Signal`` are looked up, while the probe is in place."""

    __slots__ = ("hook", "original")

    def __init__(self) -> None:
        self.hook: Any = None
        self.original: Any = None

    def ask(self, dispatch: DispatchNode, signal: Signal, sender: Any) -> Any:
        """What ``_live_receivers`` gives, without wrappers, whoever has overridden it."""
        dispatch.sending = (signal, sender, _RAW, None)
        outside = _current()
        try:
            _set_current(dispatch)
            return signal._live_receivers(sender)
        finally:
            _set_current(outside)
            dispatch.sending = None


_look_up = _LookUp()


def _wrapped(
    dispatch: DispatchNode, found: tuple[Any, Any], frame: FrameType, signal: Signal | None = None
) -> Any:
    """Receivers, sync and async, whose calls are recorded; None if that can't be done.

    ``frame`` is where the search for the line that sent begins. ``signal`` is what they are to
    be given, if it isn't what Django gives them.
    """
    try:
        sync_receivers, is_heard = wrap(Wrapper, found[0], dispatch, signal)
        async_receivers, is_also_heard = wrap(AsyncWrapper, found[1], dispatch, signal)
        if is_heard or is_also_heard:
            heard(dispatch, frame)
        elif sync_receivers or async_receivers:
            # The toolbar's own: neither heard by the user's program nor unheard.
            dispatch.children = []
    except Exception as error:
        if not take_fault(dispatch.root, "a dispatch's receivers", error):
            raise
        return None
    return sync_receivers, async_receivers


def _call_site_frame(node: Any, signal: Signal) -> Any:
    """Where to begin the search for the line that sent: outside a method that overrides."""
    if type(node) is DispatchNode:
        sending = node.sending
        if type(sending) is OwnSend and sending.signal is signal:
            sending.is_delegated = True
            return sending.frame
    return None


def _sync_method(name: str, original: Method, layer: Layer) -> Method:
    is_djangos = _is_djangos(original)
    is_plain = is_djangos and IS_KNOWN
    hook, djangos_look_up = _look_up.hook, _look_up.original
    is_robust = name == "send_robust"

    @functools.wraps(original)
    def send(self: Signal, sender: Any, **named: Any) -> Any:
        __traceback_hide__ = True
        node = _current()
        if node is None or not layer.active:
            # Nobody records, and the hook has stayed: Django's loop stands here, too, so that
            # what isn't recorded takes as long as without it, and is as deep.
            if not is_plain:
                return original(self, sender, **named)
            if not self.receivers or self.sender_receivers_cache.get(sender) is _NO_RECEIVERS:
                return []
            # Looked up as Django does: to ask the signal for its __dict__ would slow it for good.
            look_up: Any = self._live_receivers
            if type(look_up) is not MethodType or look_up.__func__ is not hook:
                return original(self, sender, **named)
            receivers, async_receivers = djangos_look_up(self, sender)
            if async_receivers:
                # Asked for once: they are handed out by a stand-in, and get the signal itself.
                handed_out: Any = (
                    [Wrapper(each, UNNAMED, None, None, self) for each in receivers],
                    [AsyncWrapper(each, UNNAMED, None, None, self) for each in async_receivers],
                )
                known: Any = StandIn(self, handed_out)
                return unwrap_responses(original(known, sender, **named))
            responses = []
            for receiver in receivers:
                try:
                    response = receiver(signal=self, sender=sender, **named)
                except Exception as error:
                    if not is_robust:
                        raise
                    self._log_robust_failure(receiver, error)  # type: ignore[attr-defined] # not in the stubs
                    response = error
                responses.append((receiver, response))
            return responses
        outside = _call_site_frame(node, self) if type(node) is DispatchNode else None
        if is_djangos and (
            not self.receivers or self.sender_receivers_cache.get(sender) is _NO_RECEIVERS
        ):
            # Django's own method returns at once; so may we, without it.
            try:
                node.root.open_unheard[_signal_words[id(self)]][_sender_words[id(sender)]] += 1
            except KeyError:
                # The first of its kind, a sender without a cached name, or an ended recording.
                count_unheard(node, self, sender)
            return []
        dispatch = begin_dispatch(node, self, sender, name, named)
        if dispatch is None:
            return original(self, sender, **named)
        if not is_djangos or not IS_KNOWN:
            # In Django's own method, or another tool's, with wrappers.
            dispatch.sending = (self, sender, None, outside)
            try:
                _set_current(dispatch)
                dispatch.start = perf_counter_ns()
                responses = original(self, sender, **named)
            finally:
                _set_current(node)
                finish(dispatch)
            return unwrap_responses(responses)
        # Asked for once, as Django does. An override may stand in the class or on the object,
        # or another tool's on ours.
        look_up = self._live_receivers
        if type(look_up) is MethodType and look_up.__func__ is _look_up.hook:
            receivers, async_receivers = _look_up.original(self, sender)
        else:
            receivers, async_receivers = _look_up.ask(dispatch, self, sender)
        if async_receivers:
            wrapped = _wrapped(dispatch, (receivers, async_receivers), outside or _frame(1), self)
            signal: Any = StandIn(self, wrapped) if wrapped is not None else self
            dispatch.start = perf_counter_ns()
            try:
                responses = original(signal, sender, **named)
            finally:
                finish(dispatch)
            return unwrap_responses(responses)

        root = dispatch.root
        calls: Any = None
        folded: Any = None
        toolbars: list[Any] | None = None
        call: Any
        inside: Any
        responses = []
        # A timeout may be raised at any line: what was current is put back twice, since the
        # first time may be what is interrupted.
        try:
            try:
                _set_current(dispatch)
                dispatch.start = perf_counter_ns()
                for receiver in receivers:
                    try:
                        word = receiver_name(receiver)
                        if word.is_toolbars:
                            inside, call = None, _Unrecorded()
                            toolbars = toolbars or []
                            toolbars.append(call)
                        else:
                            if calls is None:
                                heard(dispatch, outside or _frame(1))
                                calls = dispatch.children
                                folded = dispatch.group
                            inside = call = CallNode(dispatch, word, False)
                            calls.append(call)
                            if folded is not None:
                                fold_call(folded, call)
                    except Exception as fault:
                        if not take_fault(root, "a receiver call", fault):
                            raise
                        inside, call = dispatch, _Unrecorded()
                    _set_current(inside)
                    call.start = perf_counter_ns()
                    try:
                        response = receiver(signal=self, sender=sender, **named)
                    except BaseException as error:
                        is_caught = is_robust and isinstance(error, Exception)
                        if type(call) is CallNode:
                            failed(call, error)
                            if not is_caught:
                                leave_out(call, receivers, len(responses) + 1)
                        if not is_caught:
                            raise
                        # Logging may query and send; that is no longer the receiver's doing.
                        _set_current(dispatch)
                        self._log_robust_failure(receiver, error)  # type: ignore[attr-defined] # not in the stubs
                        response = error
                    else:
                        call.end = perf_counter_ns()
                    responses.append((receiver, response))
            finally:
                _set_current(node)
                dispatch.end = perf_counter_ns()
                if toolbars is not None:
                    _credit_toolbars(dispatch, toolbars)
                if calls is None:
                    finish(dispatch)
                elif folded is not None:
                    try:
                        end_folded(dispatch, folded)
                    except Exception as fault:
                        if not take_fault(root, "a dispatch", fault):
                            raise
        except BaseException:
            _set_current(node)
            raise
        return responses

    function: Method = _named(send, name)
    receiver_callers.add(id(function.__code__))
    return function


def _named(function: Any, name: str) -> Any:
    """The frame that called a receiver has the name of Django's one: a receiver may look."""
    names = {"co_name": name}
    if hasattr(function.__code__, "co_qualname"):
        # From Python 3.11 on.
        names["co_qualname"] = f"Signal.{name}"
    function.__code__ = function.__code__.replace(**names)
    return function


class _Unrecorded:
    """Stands in for a call that couldn't be recorded, or that is the toolbar's own."""

    __slots__ = ("end", "start")

    def __init__(self) -> None:
        self.start = self.end = 0


def _credit_toolbars(dispatch: DispatchNode, calls: list[Any]) -> None:
    """Leave out what the toolbar's own receivers took.

    Without others, the signal is neither heard by the program nor unheard, and all of the
    dispatch is theirs.
    """
    if dispatch.children is None:
        dispatch.children = []
        credit(dispatch.around, dispatch.start)
        return
    for call in calls:
        if call.end:
            credit(dispatch, call.start, call.end)


def _async_method(name: str, original: Method, layer: Layer) -> Method:
    is_djangos = _is_djangos(original)

    @functools.wraps(original)
    async def asend(self: Signal, sender: Any, **named: Any) -> Any:
        __traceback_hide__ = True
        node = _current()
        if node is None or not layer.active:
            if is_djangos and (
                not self.receivers or self.sender_receivers_cache.get(sender) is _NO_RECEIVERS
            ):
                return []
            return await original(self, sender, **named)
        outside = _call_site_frame(node, self) if type(node) is DispatchNode else None
        if is_djangos and (
            not self.receivers or self.sender_receivers_cache.get(sender) is _NO_RECEIVERS
        ):
            try:
                node.root.open_unheard[_signal_words[id(self)]][_sender_words[id(sender)]] += 1
            except KeyError:
                count_unheard(node, self, sender)
            return []
        dispatch = begin_dispatch(node, self, sender, name, named)
        if dispatch is None:
            return await original(self, sender, **named)
        if not is_djangos or not IS_KNOWN:
            dispatch.sending = (self, sender, None, outside)
            dispatch.start = perf_counter_ns()
            try:
                responses = await Stepped(original(self, sender, **named), current, dispatch)
            finally:
                finish(dispatch)
            return unwrap_responses(responses)
        look_up: Any = self._live_receivers
        if type(look_up) is MethodType and look_up.__func__ is _look_up.hook:
            sync_receivers, async_receivers = _look_up.original(self, sender)
        else:
            sync_receivers, async_receivers = _look_up.ask(dispatch, self, sender)
        # Django asks for the truth of the one, and goes through the other.
        found = sync_receivers if sync_receivers else (), async_receivers
        wrapped = _wrapped(dispatch, found, outside or _frame(1), self)
        signal: Any = StandIn(self, wrapped) if wrapped is not None else self
        dispatch.start = perf_counter_ns()
        try:
            responses = await original(signal, sender, **named)
        finally:
            finish(dispatch)
        return unwrap_responses(responses)

    function: Method = _named(asend, name)
    return function


def live_receivers_method(original: Method, layer: Layer) -> Method:
    """``_live_receivers``, which hands out wrappers inside a send that is being recorded."""

    @functools.wraps(original)
    def _live_receivers(self: Signal, sender: Any) -> Any:
        __traceback_hide__ = True
        dispatch: Any = _current()
        if dispatch is None or not layer.active:
            return original(self, sender)
        sending = dispatch.sending if type(dispatch) is DispatchNode else None
        if type(sending) is OwnSend:
            if sending.signal is self:
                return sending.look_up(original, sender)
            sending = None
        if sending is _LOOKING:
            return original(self, sender)
        if sending is None:
            return receivers_of_unknown(dispatch, original, self, sender, _frame(1))
        signal, for_sender, found, outside = sending
        if signal is not self or for_sender is not sender:
            # Somebody's code sends, too: the sender's own __hash__, or a destructor.
            return original(self, sender)
        dispatch.sending = _LOOKING
        try:
            looked_up = original(self, sender)
        finally:
            dispatch.sending = None
        if found is _RAW:
            return looked_up
        wrapped = _wrapped(dispatch, looked_up, outside or _frame(1))
        return looked_up if wrapped is None else wrapped

    return _live_receivers


def _signals_own_look_up(original: Method, layer: Layer) -> Method:
    hook = live_receivers_method(original, layer)
    _look_up.hook, _look_up.original = hook, original
    return hook


probe = Patches(
    Signal,
    {
        # First: the others are made to know it.
        "_live_receivers": _signals_own_look_up,
        "send": functools.partial(_sync_method, "send"),
        "send_robust": functools.partial(_sync_method, "send_robust"),
        "asend": functools.partial(_async_method, "asend"),
        "asend_robust": functools.partial(_async_method, "asend_robust"),
    },
)
