"""Nothing that a recording has seen lives longer than without one."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref

import pytest
from django.dispatch import Signal
from every_method import send

from signals_panel import record_signals


def test_a_receiver_collected_in_the_middle_of_a_dispatch(recorded, settings):
    settings.DEBUG = False  # or Django's cache of signatures keeps it alive
    signal = Signal()
    called = []
    holder = {}

    def drops(**kwargs):
        called.append("drops")
        holder.clear()
        gc.collect()

    def held(**kwargs):
        called.append("held")

    holder["held"] = held
    del held
    signal.connect(drops)
    signal.connect(holder["held"])
    # Django holds the receivers it is about to call.
    signal.send(sender=None)
    gc.collect()
    signal.send(sender=None)

    assert called == ["drops", "held", "drops"]


class Listener:
    def method(self, **kwargs):
        pass

    def fails(self, **kwargs):
        raise ValueError


@pytest.mark.parametrize("name", ["method", "fails"])
def test_a_bound_method_of_a_temporary_object_dies_on_time(recorded, name):
    signal = Signal()
    listener = Listener()
    alive = weakref.ref(listener)
    signal.connect(getattr(listener, name))
    # The error with its traceback, which holds the frames, is gone after the block.
    with contextlib.suppress(ValueError):
        signal.send(sender=None)
    # Without the garbage collector: nothing of ours may form a cycle with it.
    gc.disable()
    try:
        del listener
        assert alive() is None
    finally:
        gc.enable()
    assert signal.send(sender=None) == []


def test_sender_and_arguments_die_on_time(recorded):
    class Sender:
        pass

    signal = Signal()
    signal.connect(hears, weak=False)
    sender, argument = Sender(), Sender()
    alive = [weakref.ref(sender), weakref.ref(argument)]
    gc.disable()
    try:
        signal.send(sender=sender, argument=argument)
        del sender, argument
        assert [reference() for reference in alive] == [None, None]
    finally:
        gc.enable()


def hears(**kwargs):
    pass


def test_a_temporary_signal_and_its_strong_receivers_die_on_time(settings):
    settings.DEBUG = False  # or Django's cache of signatures keeps the receiver alive

    class Receiver:
        def __call__(self, **kwargs):
            pass

    signal, receiver = Signal(), Receiver()
    signal.connect(receiver, weak=False)
    alive = [weakref.ref(signal), weakref.ref(receiver)]
    with record_signals() as recording:
        signal.send(sender=None)
        del signal, receiver
        gc.collect()
        assert [reference() for reference in alive] == [None, None]
    assert recording.totals.calls == 1


def test_a_failure_keeps_nothing_alive_that_was_awaited(recorded):
    signal, results = Signal(), []

    class Result:
        pass

    async def fails(**kwargs):
        waiting = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(waiting.set_result, Result())
        result = await waiting
        results.append(weakref.ref(result))
        del result, waiting
        raise ValueError

    signal.connect(fails, weak=False)
    ((_, error),) = send(signal, "asend_robust")
    gc.collect()

    assert isinstance(error, ValueError)
    assert results[0]() is None


def test_another_tool_s_wrapper_is_let_go():
    djangos = Signal.send

    def tools(*args, **kwargs):
        return djangos(*args, **kwargs)

    Signal.send = tools
    try:
        with record_signals():
            Signal().send(sender=None)
    finally:
        Signal.send = djangos
    gone = weakref.ref(tools)
    del tools
    gc.collect()

    assert gone() is None
