"""A dispatch and its calls, from the first receiver to the end."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from types import FrameType
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import (
    CallSite,
    Stack,
    error_text,
    find_site,
    receiver_name,
    stack_from,
    traceback_places,
)
from signals_panel.recording.adding import live, parent_of
from signals_panel.recording.current import handed_over_from
from signals_panel.recording.facts import add_failure, take_fault
from signals_panel.recording.failures import SWALLOWED, Failure
from signals_panel.recording.folding import end_folded, fold_dispatch
from signals_panel.recording.lines import find_instruction
from signals_panel.recording.nodes import CallNode, DeferredNode, DispatchNode
from signals_panel.recording.overlapping import give_back_overlap
from signals_panel.recording.walking import calls_of, caused_by

_get_handed_over = handed_over_from.get

_MAX_NOT_CALLED = 20


def heard(
    dispatch: DispatchNode,
    frame: FrameType | None,
    known: tuple[CallSite | None, Stack] | None = None,
) -> None:
    """There are receivers: the dispatch is kept, or, past the budget, folded when it ends.

    The search for the sending line begins with ``frame``, unless it is ``known``.
    """
    if not dispatch.root.is_open:
        _go_on(dispatch)
    site = find_site(frame, _get_handed_over) if known is None else known[0]
    dispatch.site = site
    budget = dispatch.root.budget
    if budget.left > 0:
        budget.left -= 1
        kind = (site, dispatch.signal, dispatch.sender)
        if kind not in budget.stacks:
            budget.stacks.add(kind)
            dispatch.stack = stack_from(frame) if known is None else known[1]
        around = dispatch.around
        if type(around) is CallNode or type(around) is DeferredNode:
            dispatch.at = find_instruction(around, site, frame)
        children = around.children
        if children is None:
            around.children = [dispatch]
        else:
            children.append(dispatch)
    else:
        fold_dispatch(dispatch)
    dispatch.children = []


def _go_on(dispatch: DispatchNode) -> None:
    """What it began in has ended meanwhile: it belongs to what is around that, if anything is."""
    around = live(dispatch.around)
    if around is not None:
        dispatch.around, dispatch.root = parent_of(around), around.root


_ROBUST = frozenset({"send_robust", "asend_robust"})


def failed(call: CallNode, error: BaseException) -> None:
    """A receiver has raised."""
    call.end = perf_counter_ns()
    call.error = text = error_text(error)
    try:
        call.failure = failure = Failure(error, text, traceback_places(error))
        failure.is_nested = any(
            inner.failure is not None and inner.failure.is_of(error, text)
            for child in caused_by(call)
            if type(child) is DispatchNode
            for inner in calls_of(child)
        )
        # A method of the signal's own class may be called so, and do something else.
        is_djangos = call.around.sending is None
        if is_djangos and call.around.method in _ROBUST and isinstance(error, Exception):
            failure.fate = SWALLOWED
        else:
            add_failure(call.root, failure)
    except Exception as fault:
        if not take_fault(call.root, "a receiver's exception", fault):
            raise


def leave_out(call: CallNode, receivers: Iterable[Any], number: int = 0) -> None:
    """Because of the exception that a call has raised, receivers from a number on aren't called."""
    try:
        if call.failure is not None and type(receivers) in (list, tuple):
            rest = itertools.islice(receivers, number, number + _MAX_NOT_CALLED)
            names = list(map(receiver_name, rest))
            call.failure.not_called = [name for name in names if not name.is_toolbars]
    except Exception as fault:
        if not take_fault(call.root, "a receiver's exception", fault):
            raise


def finish(dispatch: DispatchNode) -> None:
    """It has returned or raised."""
    dispatch.end = perf_counter_ns()
    dispatch.sending = None
    try:
        if dispatch.children is None:
            if not dispatch.root.is_open:
                _go_on(dispatch)
            if not dispatch.root.budget.toolbar.is_empty:
                dispatch.root.budget.toolbar.take(dispatch)
            dispatch.root.unheard.add(dispatch.signal, dispatch.sender)
            return
        # Sync ones run one after the other, and the toolbar's time can be looked at later.
        if any(call.is_async for call in dispatch.children):
            give_back_overlap(dispatch)
        if dispatch.group is not None:
            end_folded(dispatch, dispatch.group)
    except Exception as error:
        if not take_fault(dispatch.root, "a dispatch", error):
            raise
