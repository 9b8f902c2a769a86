"""Rows: one send, with more or fewer receivers, sync and async, nested, with a query.

How often a send is repeated in a round keeps every tool below its own limit: 10,000 kept here,
1,000 spans for Sentry, 2,000 for tracepanel.
"""

import contextlib

from django.db import connection
from django.dispatch import Signal

from benchmarks.rounds import Row


class Sender:
    """Sends."""


class Stranger:
    """Another sender, for receivers that don't match."""


def _receiver():
    def receive(sender, **kwargs):
        pass

    return receive


def _async_receiver():
    async def receive(sender, **kwargs):
        pass

    return receive


def _sending(signal):
    def work(times):
        send = signal.send
        for _ in range(times):
            send(Sender, instance=None, created=True)

    return work


def _sending_async(signal):
    async def work(times):
        asend = signal.asend
        for _ in range(times):
            await asend(Sender, instance=None, created=True)

    return work


@contextlib.contextmanager
def _connected(make_receiver, number, sending):
    signal = Signal()
    # Django holds receivers weakly.
    receivers = [make_receiver() for _ in range(number)]
    for receiver in receivers:
        signal.connect(receiver)
    yield sending(signal)
    receivers.clear()


@contextlib.contextmanager
def _nobody_matching(make_receiver, sending):
    """A receiver for another sender; that ours has none is cached, as for model signals."""
    signal = Signal(use_caching=True)
    receiver = make_receiver()
    signal.connect(receiver, sender=Stranger)
    signal.has_listeners(Sender)
    yield sending(signal)
    del receiver


@contextlib.contextmanager
def _nested(depth):
    """``depth`` sends, each inside the receiver of the one before."""
    innermost = _receiver()
    signals, receivers = [Signal()], [innermost]
    signals[0].connect(innermost)
    for _ in range(depth):

        def receive(sender, inner=signals[-1], **kwargs):
            inner.send(Sender, instance=None, created=True)

        outer = Signal()
        outer.connect(receive)
        signals.append(outer)
        receivers.append(receive)
    yield _sending(signals[-1])
    receivers.clear()


@contextlib.contextmanager
def _querying():
    def receive(sender, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", [1])

    signal = Signal()
    signal.connect(receive)
    yield _sending(signal)
    del receive


def _rows(name, make_receiver, sending, is_async):
    numbers = {"one": (1, 400), "five": (5, 120), "fifty": (50, 14)}
    key = "asend" if is_async else "send"
    yield Row(
        "sends",
        f"{key}-nobody",
        f"{name}, nobody connected",
        2_000,
        lambda: _connected(make_receiver, 0, sending),
        is_async,
    )
    yield Row(
        "sends",
        f"{key}-unmatched",
        f"{name}, nobody matching",
        2_000,
        lambda: _nobody_matching(make_receiver, sending),
        is_async,
    )
    for word, (number, times) in numbers.items():
        yield Row(
            "sends",
            f"{key}-{word}",
            f"{name}, {word} receiver{'s' if number > 1 else ''}",
            times,
            lambda number=number: _connected(make_receiver, number, sending),
            is_async,
        )


def rows():
    """All rows of sends."""
    yield from _rows("send", _receiver, _sending, False)
    yield from _rows("asend", _async_receiver, _sending_async, True)
    for depth, times in ((1, 200), (3, 100), (10, 36)):
        yield Row(
            "sends",
            f"nested-{depth}",
            f"send, {depth} more inside",
            times,
            lambda depth=depth: _nested(depth),
        )


def query_rows():
    """A receiver with a query, and without: the difference is the query's."""
    yield Row(
        "queries",
        "no-query",
        "one receiver, for comparison",
        200,
        lambda: _connected(_receiver, 1, _sending),
    )
    yield Row("queries", "query", "one query in a receiver", 200, _querying)
