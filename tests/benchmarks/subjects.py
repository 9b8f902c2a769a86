"""Django alone, the hand-written minimum, and this panel's recorder in its states."""

import contextlib
from time import perf_counter_ns

from django.dispatch import Signal
from django.test import override_settings

from benchmarks.rounds import Subject, is_untouched
from signals_panel import record_signals, remove_hooks
from signals_panel.recording import lifecycle


@contextlib.contextmanager
def replaced(owner, methods):
    """Put methods of a class in place, and restore what was there."""
    before = {name: vars(owner)[name] for name in methods}
    for name, method in methods.items():
        setattr(owner, name, method)
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(owner, name, method)


# The floor ------------------------------------------------------------------------------
#
# The least that can time receivers: two clock readings and one append for each send and each
# receiver call. No names, no sending line, no tree, no errors, and a caller that gets wrappers
# back. Whatever does more has to be compared with this, not with doing nothing.


@contextlib.contextmanager
def floor():
    """Replace the methods by minimal ones."""
    keep = [].append
    django_send, django_asend = Signal.send, Signal.asend
    django_receivers = Signal._live_receivers

    def send(self, sender, **named):
        start = perf_counter_ns()
        responses = django_send(self, sender, **named)
        keep((start, perf_counter_ns()))
        return responses

    async def asend(self, sender, **named):
        start = perf_counter_ns()
        responses = await django_asend(self, sender, **named)
        keep((start, perf_counter_ns()))
        return responses

    def timed(receiver):
        def call(**named):
            start = perf_counter_ns()
            response = receiver(**named)
            keep((start, perf_counter_ns()))
            return response

        return call

    def timed_async(receiver):
        async def call(**named):
            start = perf_counter_ns()
            response = await receiver(**named)
            keep((start, perf_counter_ns()))
            return response

        return call

    def _live_receivers(self, sender):
        sync, asynchronous = django_receivers(self, sender)
        return [timed(receiver) for receiver in sync], [timed_async(r) for r in asynchronous]

    methods = {"send": send, "asend": asend, "_live_receivers": _live_receivers}
    with replaced(Signal, methods):
        yield


# Ours -----------------------------------------------------------------------------------


@contextlib.contextmanager
def recording():
    """Recording; the hooks don't stay, since others are measured after it."""
    with record_signals():
        yield
    remove_hooks()


@contextlib.contextmanager
def stayed():
    """Not recording, in a process that has recorded so often that the hooks have stayed."""
    before, lifecycle._MAX_COMINGS = lifecycle._MAX_COMINGS, 0
    try:
        with record_signals():
            pass
        if is_untouched():
            raise SystemExit("The hooks haven't stayed.")
        yield
    finally:
        lifecycle._MAX_COMINGS = before
        remove_hooks()


@contextlib.contextmanager
def idle():
    """Not recording, right after a recording has ended: Django's own methods again."""
    with record_signals():
        pass
    remove_hooks()
    if not is_untouched():
        raise SystemExit("Signal.send is not the original function outside of a recording.")
    yield


@contextlib.contextmanager
def folded():
    """Recording beyond the limit: every dispatch is added up instead of kept."""
    with override_settings(SIGNALS_PANEL={"MAX_KEPT": 1}), recording():
        yield


DJANGO = Subject("django", "Django alone", contextlib.nullcontext)
FLOOR = Subject("floor", "floor", floor)
IDLE = Subject("idle", "ours, not recording", idle)
# A fresh recording each round: it neither grows from round to round nor meets its limit.
RECORDING = Subject("recording", "ours, recording", recording)
STAYED = Subject("stayed", "hooks stayed", stayed)
FOLDED = Subject("folded", "ours, folded", folded)
FLOOR_COLLECTED = Subject("floor_gc", "floor, gc on", floor, collects=True)
RECORDING_COLLECTED = Subject("recording_gc", "ours, gc on", recording, collects=True)
