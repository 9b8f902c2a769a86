"""Each promise on how the observed program behaves: the same as without a recording."""

from __future__ import annotations

import asyncio
import functools
import logging

import pytest
from django.dispatch import Signal
from django.test import RequestFactory
from django.views.debug import ExceptionReporter
from every_method import METHODS, send

from shop.models import Product
from signals_panel import record_signals
from signals_panel.recording import current


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
