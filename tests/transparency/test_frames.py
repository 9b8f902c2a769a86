"""How the stack looks to a receiver: as deep as without a recording, and by the same names."""

from __future__ import annotations

import contextlib
import sys
import warnings

import pytest
from django.dispatch import Signal

from signals_panel import record_signals

signal = Signal()


def depth():
    frame, number = sys._getframe(1), 0
    while frame is not None:
        frame, number = frame.f_back, number + 1
    return number


def recorded_or_not(function):
    """What a function gives without a recording, and with one."""
    plain = function()
    with record_signals() as recording:
        found = function()
    assert recording.faults == []
    return plain, found


@pytest.mark.parametrize("method", ["send", "send_robust"])
def test_as_deep_as_without(connect, method):
    depths = []
    connect(signal, lambda **kwargs: depths.append(depth()))
    recorded_or_not(lambda: getattr(signal, method)(sender=None))
    assert depths[0] == depths[1]


def test_the_recursion_limit_is_reached_at_the_same_level(connect):
    level = 0

    def recurses(**kwargs):
        nonlocal level
        level += 1
        signal.send(sender=None)

    def levels():
        nonlocal level
        level = 0
        with contextlib.suppress(RecursionError):
            signal.send(sender=None)
        return level

    connect(signal, recurses)
    # Frames differ a little in what they take of C's stack, which counts on some versions.
    plain, recorded = recorded_or_not(levels)
    assert recorded == pytest.approx(plain, abs=3)


def test_a_warning_is_at_the_line_that_it_means(connect):
    def warns(**kwargs):
        warnings.warn("old", UserWarning, stacklevel=3)

    def caught():
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            signal.send(sender=None)
        return found[0].filename, found[0].lineno

    connect(signal, warns)
    plain, recorded = recorded_or_not(caught)
    assert plain == recorded
    assert plain[0] == __file__


@pytest.mark.parametrize("method", ["send", "send_robust"])
def test_the_caller_has_django_s_names(connect, method):
    seen = []

    def looks(**kwargs):
        caller = sys._getframe(1)
        code = caller.f_code
        seen.append(
            (
                code.co_name,
                getattr(code, "co_qualname", ""),
                caller.f_locals["self"],
                caller.f_locals["sender"],
                caller.f_locals["named"],
            )
        )

    connect(signal, looks)
    recorded_or_not(lambda: getattr(signal, method)(sender=str, text="x"))
    assert seen[0] == seen[1]
