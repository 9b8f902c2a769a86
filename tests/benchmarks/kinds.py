"""What each kind of effect adds to its operation, and operations of models and deferred work.

Each row is one operation that is as cheap as it can be, since what is added is the same for all:
a cache in memory, a server on this machine. What another process or the network takes isn't the
thread's time, and so isn't measured.
"""

import contextlib
import contextvars
import functools
from time import perf_counter_ns

from django.dispatch import Signal

from benchmarks import operations, subjects as s
from benchmarks.rounds import Row, Subject, measure
from signals_panel.effects import kinds

# The floor ------------------------------------------------------------------------------
#
# The least that can time an operation: one look at a context variable, two clock readings and one
# append for each method that a kind needs to see. No name, no place, no errors.

_current = contextvars.ContextVar("current", default=None)


def timed(original):
    """A method that notes what it took."""

    @functools.wraps(original)
    def method(*args, **kwargs):
        kept = _current.get()
        if kept is None:
            return original(*args, **kwargs)
        start = perf_counter_ns()
        value = original(*args, **kwargs)
        kept.append((start, perf_counter_ns()))
        return value

    return method


@contextlib.contextmanager
def _floor(seams):
    with contextlib.ExitStack() as stack:
        for owner, name in seams:
            stack.enter_context(s.replaced(owner, {name: timed(vars(owner)[name])}))
        token = _current.set([])
        try:
            yield
        finally:
            _current.reset(token)


# Recording ------------------------------------------------------------------------------

_asked = Signal()


def _work(work, times, **kwargs):
    work(times)


_asked.connect(_work)


def _in_a_receiver(work, times):
    _asked.send(None, work=work, times=times)


def subjects(seams):
    """The columns of an operation whose methods are these."""
    return [
        s.DJANGO,
        Subject("floor", "floor", lambda: _floor(seams)),
        s.STAYED,
        Subject("recording", "in a receiver", s.recording, call=_in_a_receiver),
        Subject("outside", "outside", s.recording),
        Subject("folded", "folded", s.folded, call=_in_a_receiver),
    ]


def measured(rounds):
    """Each operation of a kind that there is."""
    known = {kind.name for kind in kinds()}
    for each in operations.ALL:
        if each.kind in known and each.seams:
            row = Row("kinds", each.title, each.title, each.times, each.open)
            yield measure(row, subjects(each.seams), rounds)
