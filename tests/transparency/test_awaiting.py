"""Sends that are awaited, cancelled or never awaited: the same events, the same complaints."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import warnings

import pytest
from django.dispatch import Signal
from every_method import send

from signals_panel import record_signals
from signals_panel.probes.signals import send as dispatch
from signals_panel.recording import current


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
