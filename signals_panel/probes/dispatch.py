"""The probe on Django's signal dispatcher.

``send`` and its siblings make a ``Dispatch`` the current node and call Django's own method.
That asks ``_live_receivers``, which finds the waiting ``Dispatch`` and hands out wrappers
that record a ``ReceiverCall`` each. What ``send`` returns has the real receivers again.
Sends with sync receivers only, which are most, go a shorter way: ``signals_panel.probes.loop``.

The frames here carry ``__traceback_hide__`` so that Django's error page leaves them out.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from time import perf_counter_ns
from typing import Any

from django.dispatch import Signal, dispatcher

from signals_panel.describe import known_sender_names, known_signal_names
from signals_panel.probes import loop
from signals_panel.probes.dispatches import begin, count_unheard, finish, heard
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.probes.steps import Stepped
from signals_panel.probes.wrappers import AsyncWrapper, Wrapper, unwrap_responses, wrap
from signals_panel.recording.current import current
from signals_panel.recording.nodes import Dispatch

_NO_RECEIVERS = dispatcher.NO_RECEIVERS

# Bound once: these are on the way of every send.
_current = current.get
_signal_words = known_signal_names
_sender_words = known_sender_names


def _is_djangos(method: Method) -> bool:
    """Whether this is Django's own code; a wrapper of another tool's may look like it."""
    code = getattr(method, "__code__", None)
    return code is not None and code.co_filename == Signal.__init__.__code__.co_filename


def _looks_up_here(signal: Signal) -> bool:
    """Whether a look-up of receivers comes to our method at once, without an override."""
    cls = type(signal)
    return "_live_receivers" not in signal.__dict__ and (
        cls is Signal or cls._live_receivers is Signal._live_receivers
    )


def _look_up_beside(dispatch: Dispatch, signal: Signal, sender: Any) -> Any:
    """The receivers of another send, while this dispatch may be waiting for its own."""
    token = current.set(dispatch._parent)
    try:
        return signal._live_receivers(sender)
    finally:
        current.reset(token)


def _sync_method(name: str, original: Method, layer: Layer) -> Method:
    is_djangos = _is_djangos(original)
    is_robust = name == "send_robust"

    @functools.wraps(original)
    def send(self: Signal, sender: Any, **named: Any) -> Any:
        __traceback_hide__ = True
        node = _current()
        if node is None or not layer.active:
            return original(self, sender, **named)
        if is_djangos and (
            not self.receivers or self.sender_receivers_cache.get(sender) is _NO_RECEIVERS
        ):
            # Django's own method returns at once; so may we, without it.
            try:
                node._root._open_unheard[_signal_words[id(self)]][_sender_words[id(sender)]] += 1
            except KeyError:
                # The first of its kind, a sender without a cached name, or an ended recording.
                count_unheard(node, self, sender)
            return []
        dispatch = begin(node, self, sender, name, named)
        if dispatch is None:
            return original(self, sender, **named)
        found = None
        if is_djangos and loop.IS_KNOWN:
            found = (
                self._live_receivers(sender)
                if type(node) is not Dispatch
                else _look_up_beside(node, self, sender)
            )
            receivers, async_receivers = found
            if not async_receivers:
                if receivers:
                    return loop.run(dispatch, receivers, self, sender, named, is_robust)
                finish(dispatch)
                return []
            if not _looks_up_here(self):
                # An override of it sees Django's own call, too.
                found = None
        dispatch._sending = (self, sender, found, None)
        token = current.set(dispatch)
        dispatch._start = perf_counter_ns()
        try:
            responses = original(self, sender, **named)
        finally:
            current.reset(token)
            finish(dispatch)
        return unwrap_responses(responses)

    return send


def _async_method(name: str, original: Method, layer: Layer) -> Method:
    is_djangos = _is_djangos(original)

    @functools.wraps(original)
    async def asend(self: Signal, sender: Any, **named: Any) -> Any:
        __traceback_hide__ = True
        node = _current()
        if node is None or not layer.active:
            return await original(self, sender, **named)
        if is_djangos and (
            not self.receivers or self.sender_receivers_cache.get(sender) is _NO_RECEIVERS
        ):
            try:
                node._root._open_unheard[_signal_words[id(self)]][_sender_words[id(sender)]] += 1
            except KeyError:
                count_unheard(node, self, sender)
            return []
        dispatch = begin(node, self, sender, name, named)
        if dispatch is None:
            return await original(self, sender, **named)
        dispatch._start = perf_counter_ns()
        token = None
        try:
            if is_djangos and loop.IS_KNOWN and _looks_up_here(self):
                # Django's own looks the receivers up before it first waits: our method for
                # that puts the context back, and there is nothing to do between the steps.
                token = current.set(dispatch)
                dispatch._sending = (self, sender, None, token)
                responses = await original(self, sender, **named)
            else:
                dispatch._sending = (self, sender, None, None)
                responses = await Stepped(original(self, sender, **named), current, dispatch)
        finally:
            if token is not None and dispatch._sending is not None:
                # Nobody has looked anything up. Closed from elsewhere, it is another context.
                with contextlib.suppress(ValueError):
                    current.reset(token)
            finish(dispatch)
        return unwrap_responses(responses)

    return asend


def _live_receivers_method(original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    def _live_receivers(self: Signal, sender: Any) -> Any:
        __traceback_hide__ = True
        dispatch = _current()
        if type(dispatch) is not Dispatch or dispatch._sending is None or not layer.active:
            return original(self, sender)
        signal, for_sender, found, token = dispatch._sending
        if signal is not self or for_sender is not sender:
            # Somebody's code sends, too: the sender's own __hash__, or a destructor.
            return original(self, sender)
        dispatch._sending = None
        if token is not None:
            current.reset(token)
        if found is None:
            found = original(self, sender)
        try:
            sync_receivers, async_receivers = found
            is_heard = is_also_heard = False
            if sync_receivers:
                sync_receivers, is_heard = wrap(Wrapper, sync_receivers, dispatch)
            if async_receivers:
                async_receivers, is_also_heard = wrap(AsyncWrapper, async_receivers, dispatch)
            if is_heard or is_also_heard:
                # From Django's asend and ours outwards, where it is known that it's them.
                heard(dispatch, sys._getframe(1 if token is None else 3))
            elif sync_receivers or async_receivers:
                # The toolbar's own: neither heard by the user's program nor unheard.
                dispatch._children = []
        except Exception as error:
            dispatch._root.add_fault("a dispatch's receivers", error)
            return found
        return sync_receivers, async_receivers

    return _live_receivers


probe = Patches(
    Signal,
    {
        "send": functools.partial(_sync_method, "send"),
        "send_robust": functools.partial(_sync_method, "send_robust"),
        "asend": functools.partial(_async_method, "asend"),
        "asend_robust": functools.partial(_async_method, "asend_robust"),
        "_live_receivers": _live_receivers_method,
    },
)
