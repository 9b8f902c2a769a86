"""Each promise on how the observed program behaves: the same as without a recording."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import logging
import warnings
import weakref

import pytest
from django.dispatch import Signal
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from shop.models import Product
from signals_panel import record_signals
from signals_panel.probes.signals import send as dispatch, wrappers
from signals_panel.recording import current

METHODS = ("send", "send_robust", "asend", "asend_robust")


def send(signal, method="send", sender=None, **named):
    result = getattr(signal, method)(sender=sender, **named)
    return asyncio.run(result) if method.startswith("a") else result


@pytest.fixture(params=["plain", "recorded", "wrapped"])
def recorded(request, monkeypatch):
    """Every promise is checked without a recording too: it is Django's behaviour.

    With one, both by the loop for sync receivers and by wrapping each receiver.
    """
    if request.param == "plain":
        yield None
        return
    monkeypatch.setattr(dispatch, "IS_KNOWN", request.param == "recorded")
    with record_signals() as recording:
        yield recording
    assert recording.faults == []


@pytest.mark.parametrize("method", METHODS)
def test_receivers_and_responses_come_back(recorded, method):
    signal = Signal()

    def one(**kwargs):
        return 1

    async def two(**kwargs):
        return 2

    class Callable:
        def __call__(self, **kwargs):
            return 3

        def method(self, **kwargs):
            return 4

    callable_ = Callable()
    partial = functools.partial(one)
    receivers = [one, callable_, callable_.method, partial, two]
    for receiver in receivers:
        signal.connect(receiver, weak=False)

    responses = send(signal, method)

    assert type(responses) is list
    assert [response for _, response in responses] == [1, 3, 4, 1, 2]
    for (returned, _), connected in zip(responses, receivers, strict=True):
        assert returned is connected or returned == callable_.method
        assert type(returned) is type(connected)
    for returned, _ in responses:
        assert signal.disconnect(returned)
    assert signal.receivers == []


@pytest.mark.parametrize("method", METHODS)
def test_arguments_are_passed_through_untouched(recorded, method):
    signal = Signal()
    got = []

    def receiver(*args, **kwargs):
        got.append((args, kwargs))

    signal.connect(receiver)
    value = object()
    send(signal, method, Product, value=value, named=1)

    assert got == [((), {"signal": signal, "sender": Product, "value": value, "named": 1})]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("is_async", [False, True])
def test_exceptions_are_the_same_objects(recorded, method, is_async):
    signal = Signal()
    error = ValueError("no stock")

    def fails(**kwargs):
        raise error

    async def afails(**kwargs):
        raise error

    signal.connect(afails if is_async else fails, weak=False)
    if method.endswith("robust"):
        ((_, returned),) = send(signal, method)
        assert returned is error
    else:
        with pytest.raises(ValueError, match="no stock") as raised:
            send(signal, method)
        assert raised.value is error
    if not is_async:
        # Django itself raises those of async receivers out of groups of tasks.
        assert (error.__cause__, error.__context__) == (None, None)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_base_exceptions_pass(error):
    signal = Signal()

    def fails(**kwargs):
        raise error

    signal.connect(fails)
    with record_signals() as recording, pytest.raises(error):
        signal.send_robust(sender=None)

    assert recording.dispatches[0].calls[0].error == error.__name__
    assert current.get() is None


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("is_async", [False, True])
def test_error_page_shows_no_frame_of_ours(method, is_async):
    signal = Signal()

    def fails(**kwargs):
        raise ValueError("no stock")

    async def afails(**kwargs):
        await asyncio.sleep(0)
        raise ValueError("no stock")

    signal.connect(afails if is_async else fails, weak=False)
    with record_signals():
        try:
            ((_, error),) = send(signal, method)
        except ValueError as raised:
            error = raised

    reporter = ExceptionReporter(None, type(error), error, error.__traceback__)
    files = [frame["filename"] for frame in reporter.get_traceback_frames()]
    assert files
    assert not [file for file in files if "signals_panel/" in file]


def test_error_page_of_a_query_shows_no_frame_of_ours(db):
    from django.db import connection, transaction

    with record_signals():
        try:
            with transaction.atomic():
                connection.cursor().execute("nonsense")
        except Exception as error:  # noqa: BLE001 - whatever the database raises
            reporter = ExceptionReporter(
                RequestFactory().get("/"), type(error), error, error.__traceback__
            )
    files = [frame["filename"] for frame in reporter.get_traceback_frames()]
    assert not [file for file in files if "signals_panel/" in file]


def test_a_receiver_that_disconnects_itself(recorded):
    signal = Signal()
    called = []

    def once(**kwargs):
        called.append("once")
        assert signal.disconnect(once)

    def always(**kwargs):
        called.append("always")

    signal.connect(once)
    signal.connect(always)
    signal.send(sender=None)
    signal.send(sender=None)

    assert called == ["once", "always", "always"]


def test_a_receiver_that_connects_another(recorded):
    signal = Signal()
    called = []

    def second(**kwargs):
        called.append("second")

    def first(**kwargs):
        called.append("first")
        signal.connect(second)

    signal.connect(first)
    signal.send(sender=None)
    signal.send(sender=None)

    assert called == ["first", "first", "second"]


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


def test_the_signal_s_own_state_is_untouched():
    def state_after(record):
        signal = Signal(use_caching=True)
        signal.connect(hears, sender=Product)
        before = list(signal.receivers)

        class Other:
            pass

        def work():
            assert signal.has_listeners(Product)
            assert not signal.has_listeners(Other)
            signal.send(sender=Product)
            signal.send(sender=Other)

        if record:
            with record_signals():
                work()
        else:
            work()
        cache = {
            sender.__name__: [type(part).__name__ for entry in value for part in entry]
            if isinstance(value, list)
            else type(value).__name__
            for sender, value in signal.sender_receivers_cache.items()
        }
        return signal.receivers == before, cache

    assert state_after(record=True) == state_after(record=False)


def test_live_receivers_are_real_outside_of_a_send():
    signal = Signal()
    signal.connect(hears)

    def looks(**kwargs):
        seen.extend(signal._live_receivers(None)[0])

    seen = []
    signal.connect(looks)
    with record_signals():
        seen.extend(signal._live_receivers(None)[0])
        signal.send(sender=None)

    assert seen == [hears, looks] * 2
    assert not [receiver for receiver in seen if isinstance(receiver, wrappers.Wrapper)]


def test_send_robust_with_a_raising_partial(recorded, caplog):
    """Django reads __qualname__ of the receiver, which a partial doesn't have."""
    signal = Signal()

    def fails(**kwargs):
        raise ValueError("no stock")

    signal.connect(functools.partial(fails), weak=False)
    with pytest.raises(AttributeError, match="__qualname__"):
        signal.send_robust(sender=None)


def test_send_robust_logs_the_receiver_s_name(recorded, caplog):
    signal = Signal()

    def fails(**kwargs):
        raise ValueError("no stock")

    signal.connect(fails)
    signal.send_robust(sender=None)

    assert "send_robust_logs_the_receiver_s_name.<locals>.fails" in caplog.text


def test_a_signal_that_overrides_send_and_calls_django_s(recorded):
    class Counted(Signal):
        sent = 0

        def send(self, sender, **named):
            self.sent += 1
            responses = super().send(sender, **named)
            self.seen = [receiver for receiver, _ in responses]
            return responses

    signal = Counted()
    signal.connect(hears)
    signal.send(sender=None)

    assert signal.sent == 1
    assert signal.seen == [hears]
    if recorded:
        assert recorded.totals.dispatches == 1


def test_a_signal_that_sends_by_itself(recorded):
    class Own(Signal):
        def send(self, sender, **named):
            return [(r, r(signal=self, sender=sender)) for r in self._live_receivers(sender)[0]]

    signal = Own()
    signal.connect(hears)

    ((receiver, _),) = signal.send(sender=None)
    assert receiver is hears


def test_a_wrapper_has_what_its_receiver_has():
    class Receiver:
        """Says so."""

        attribute = 1

        def __call__(self, **kwargs):
            pass

    Receiver.receiver_class = Receiver
    receiver = Receiver()
    seen = []

    class Looks(Signal):
        def send_all(self, sender):
            seen.extend(self._live_receivers(sender)[0])
            for each in seen:
                each(signal=self, sender=sender)
            look(seen.pop())

    signal = Looks()
    signal.connect(receiver)
    with record_signals() as recording:
        signal.send_all(sender=None)

    assert recording.totals.calls == 1


def test_every_wrapper_is_described_as_its_receiver():
    def receiver(**kwargs):
        """Says so."""

    for kind in wrappers._WRAPPERS:
        wrapper = kind(receiver, None, None)
        assert (wrapper.__module__, wrapper.__doc__) == (__name__, "Says so.")
        assert wrapper.__name__ == "receiver"


def look(wrapper):
    assert type(wrapper) is wrappers.OwnWrapper
    assert isinstance(wrapper, wrapper.receiver_class)
    assert wrapper.attribute == 1
    assert wrapper.__module__ == __name__
    assert wrapper.__doc__ == "Says so."
    assert wrapper == wrapper._signals_panel_receiver
    assert hash(wrapper) == hash(wrapper._signals_panel_receiver)
    assert repr(wrapper) == repr(wrapper._signals_panel_receiver)
    assert not hasattr(wrapper, "__qualname__")
    assert not hasattr(wrapper, "__name__")


def test_methods_look_like_django_s():
    import inspect

    plain = {name: inspect.signature(getattr(Signal, name)) for name in METHODS}
    with record_signals():
        for name in METHODS:
            method = getattr(Signal, name)
            assert inspect.signature(method) == plain[name]
            assert method.__qualname__ == f"Signal.{name}"
            assert inspect.iscoroutinefunction(method) == name.startswith("a")


def test_missing_sender_is_django_s_error(recorded):
    with pytest.raises(
        TypeError, match=r"^Signal\.send\(\) missing 1 required positional argument: 'sender'$"
    ):
        Signal().send()


# Before Django 6.1 the refusal leaves a coroutine of Django's own that nobody awaits.
@pytest.mark.filterwarnings("ignore:coroutine 'Signal.asend:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("method", ["asend", "asend_robust"])
def test_what_is_not_awaitable_is_for_django_to_refuse(recorded, method):
    from asgiref.sync import markcoroutinefunction

    signal = Signal()

    @markcoroutinefunction
    def pretends(**kwargs):
        return 5

    signal.connect(pretends)
    try:
        outcome = send(signal, method)
    except TypeError as error:
        outcome = type(error)
    else:
        outcome = type(outcome[0][1])

    assert outcome is TypeError


@pytest.mark.parametrize("method", ["asend", "asend_robust"])
def test_awaitables_of_every_kind(recorded, method):
    import types

    from asgiref.sync import markcoroutinefunction

    signal = Signal()

    class Awaitable:
        def __await__(self):
            yield from asyncio.sleep(0).__await__()
            return "object"

    @markcoroutinefunction
    def gives_an_object(**kwargs):
        return Awaitable()

    @types.coroutine
    def generator():
        yield
        return "generator"

    @markcoroutinefunction
    def gives_a_generator(**kwargs):
        return generator()

    @markcoroutinefunction
    def gives_a_future(**kwargs):
        future = asyncio.get_running_loop().create_future()
        future.get_loop().call_soon(future.set_result, "future")
        return future

    for receiver in (gives_an_object, gives_a_generator, gives_a_future):
        signal.connect(receiver, weak=False)
    responses = send(signal, method)

    assert [response for _, response in responses] == ["object", "generator", "future"]


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


def test_a_log_handler_that_sends_the_same_signal(recorded):
    """It runs while the robust dispatch does, and looks up the same receivers."""
    signal = Signal()
    returned = []

    class Sends(logging.Handler):
        def emit(self, record):
            if not returned:
                returned.append(signal.has_listeners(None))
                returned.append(signal._live_receivers(None)[0][0])

    def bad(**kwargs):
        raise ValueError

    def good(**kwargs):
        pass

    signal.connect(bad)
    signal.connect(good)
    handler = Sends()
    logging.getLogger("django.dispatch").addHandler(handler)
    try:
        responses = signal.send_robust(sender=None)
    finally:
        logging.getLogger("django.dispatch").removeHandler(handler)

    assert returned == [True, bad]
    assert [receiver for receiver, _ in responses] == [bad, good]
    assert [type(receiver) for receiver, _ in responses] == [type(bad)] * 2
    if recorded:
        assert recorded.totals[:2] == (1, 2)


def test_receivers_are_looked_up_once(recorded):
    class Counted(Signal):
        pass

    lookups = []
    signal = Counted()
    djangos = signal._clear_dead_receivers

    def counts():
        lookups.append(1)
        djangos()

    async def hears_async(**kwargs):
        pass

    signal.connect(hears_async)
    signal.connect(hears)
    signal._clear_dead_receivers = counts
    responses = signal.send(sender=None)

    assert len(lookups) == 1
    assert {receiver for receiver, _ in responses} == {hears, hears_async}


def _cancelled(method, turns):
    """What happens when a send is cancelled after some turns of the loop, as events."""
    events = []
    signal = Signal()

    async def stubborn(**kwargs):
        events.append("stubborn begins")
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            events.append("stubborn cleans up")
            await asyncio.sleep(0)
            events.append("stubborn is done")
            raise

    async def replaces(**kwargs):
        try:
            await asyncio.sleep(10)
        finally:
            try:
                raise ValueError
            except ValueError as error:
                events.append(f"inside of {type(error.__context__).__name__}")

    async def survives(**kwargs):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(10)
        events.append("survives")

    for receiver in (stubborn, replaces, survives):
        signal.connect(receiver, weak=False)

    async def main():
        task = asyncio.create_task(getattr(signal, method)(sender=None))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            events.append(f"{type(error).__name__} after {type(error.__context__).__name__}")
        # Django 5.2 and 6.0 let siblings finish on their own.
        for _ in range(10):
            await asyncio.sleep(0)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(main())
        gc.collect()
    # Django 6.1's task groups cancel their tasks in any order.
    return sorted([*events, *(str(warning.message).partition("\n")[0] for warning in caught)])


@pytest.mark.parametrize("method", ["asend", "asend_robust"])
@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5])
def test_a_cancelled_send_goes_the_same_way(monkeypatch, method, turns):
    plain = _cancelled(method, turns)
    for is_known in (True, False):
        monkeypatch.setattr(dispatch, "IS_KNOWN", is_known)
        with record_signals() as recording:
            assert _cancelled(method, turns) == plain
        assert recording.faults == []
        assert current.get() is None


@pytest.mark.parametrize("method", ["asend", "asend_robust"])
def test_a_send_that_is_never_awaited_is_complained_about(recorded, method):
    signal = Signal()

    async def hears(**kwargs):
        pass

    signal.connect(hears, weak=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(signal, method)(sender=None)
        gc.collect()

    (warning,) = caught
    assert str(warning.message).startswith(f"coroutine 'Signal.{method}' was never awaited")


def test_receivers_that_are_never_awaited_are_complained_about(recorded):
    """The second can't even be called: Python complains about the first."""
    signal = Signal()

    async def hears(**kwargs):
        raise AssertionError("never awaited")

    async def refuses(sender, wrong, **kwargs):
        pass

    signal.connect(hears, weak=False)
    signal.connect(refuses, weak=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(TypeError, match="wrong"):
            send(signal, "asend")
        gc.collect()

    messages = [str(warning.message).partition("\n")[0] for warning in caught]
    assert [message for message in messages if "hears" in message] == [
        "coroutine 'test_receivers_that_are_never_awaited_are_complained_about.<locals>.hears'"
        " was never awaited"
    ]
    assert not [message for message in messages if "steps" in message]


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


def test_a_sender_that_sends_when_it_is_looked_up(recorded):
    """Caches ask for its hash, in the middle of the look-up."""
    signal, responses = Signal(), []

    def hears(**kwargs):
        return 1

    class Sender:
        is_sending = False

        def __hash__(self):
            if not Sender.is_sending:
                Sender.is_sending = True
                responses.extend(signal.send(sender=None))
                Sender.is_sending = False
            return 1

    signal.connect(hears)
    responses.extend(send(signal, "send", sender=Sender()))
    responses.extend(send(signal, "asend", sender=Sender()))

    assert len(responses) > 2
    # By identity: a wrapper says that it is equal.
    assert all(receiver is hears for receiver, _ in responses)


def test_a_signal_whose_instance_looks_up_its_own_way(recorded):
    signal = Signal()

    async def hears(**kwargs):
        await asyncio.sleep(0)
        return 1

    signal.connect(hears)
    signal._live_receivers = lambda sender: ([], [hears])

    assert send(signal, "asend") == [(hears, 1)]


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
