"""Django's own loop over sync receivers, with the recording in it.

Most sends have sync receivers only. For those, Django's method is four lines that have been
the same since ``send`` learned about async receivers; running them here costs half of what
wrapping every receiver does. Versions that aren't known to have them go the general way.
"""

from __future__ import annotations

import sys
from time import perf_counter_ns
from typing import Any

import django
from django.dispatch import Signal

from signals_panel.describe import receiver_name
from signals_panel.probes.dispatches import failed, finish, heard
from signals_panel.recording.adding import end_folded, fold_call
from signals_panel.recording.current import current
from signals_panel.recording.folds import FoldedDispatch
from signals_panel.recording.nodes import Dispatch, Node, ReceiverCall

IS_KNOWN = (5, 2) <= django.VERSION[:2] <= (6, 1)

# Bound once: these are on the way of every send.
_set_current = current.set
_reset_current = current.reset
_frame = sys._getframe


def run(
    dispatch: Dispatch,
    receivers: list[Any],
    signal: Signal,
    sender: Any,
    named: dict[str, Any],
    is_robust: bool,
) -> list[tuple[Any, Any]]:
    """Call each receiver as ``send`` and ``send_robust`` do, and return what they return."""
    __traceback_hide__ = True
    responses: list[tuple[Any, Any]] = []
    root = dispatch._root
    calls: list[Any] | None = None
    folded: FoldedDispatch | None = None
    call: Any
    inside: Node | None
    token = _set_current(dispatch)
    dispatch._start = perf_counter_ns()
    try:
        for receiver in receivers:
            try:
                name = receiver_name(receiver)
                if name.is_toolbars:
                    inside, call = None, _Unrecorded()
                else:
                    if calls is None:
                        heard(dispatch, _frame(2))
                        calls = dispatch._children
                        folded = dispatch._folded
                    inside = call = ReceiverCall(root, name, False)
                    calls.append(call)  # type: ignore[union-attr] # heard() has made the list
                    if folded is not None:
                        fold_call(folded, call)
            except Exception as fault:
                root.add_fault("a receiver call", fault)
                inside, call = dispatch, _Unrecorded()
            _set_current(inside)
            call._start = perf_counter_ns()
            try:
                response = receiver(signal=signal, sender=sender, **named)
                call._end = perf_counter_ns()
            except BaseException as error:
                failed(call, error)
                if not is_robust or not isinstance(error, Exception):
                    raise
                # Logging may query and send; that is no longer the receiver's doing.
                _set_current(dispatch)
                signal._log_robust_failure(receiver, error)  # type: ignore[attr-defined] # not in the stubs
                response = error
            responses.append((receiver, response))
        if calls is None:
            # The toolbar's own only: neither heard by the user's program nor unheard.
            dispatch._children = []
    finally:
        _reset_current(token)
        dispatch._end = perf_counter_ns()
        if calls is None:
            finish(dispatch)
        elif folded is not None:
            try:
                end_folded(dispatch, folded)
            except Exception as fault:
                root.add_fault("a dispatch", fault)
    return responses


class _Unrecorded:
    """Stands in for a call that is the toolbar's, or that couldn't be recorded."""

    __slots__ = ("_end", "_start", "_traceback", "error")
