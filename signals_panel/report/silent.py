"""Silent receivers: connected to a signal that fired, and not called; each with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signals_panel.describe import ReceiverName, SignalName, clean, method_name
from signals_panel.recording import Recording
from signals_panel.recording.folds import Fold, FoldedDispatch
from signals_panel.recording.nodes import SWALLOWED
from signals_panel.recording.unheard import OTHERS
from signals_panel.report.connections import Connection, Connections
from signals_panel.report.tree import Tree

# The panel's and the toolbar's own receivers are none of the user's program.
_NOT_THE_USERS = ("signals_panel.", "debug_toolbar.")

_MAX_SENDERS = 3


class _Fired:
    """What is known of one signal that fired."""

    def __init__(self) -> None:
        self.senders: set[str | None] = set()
        # By the words themselves: two lambdas can have the same text.
        self.called: set[ReceiverName] = set()
        # By sender: the receiver that raised, so that those after it weren't called.
        self.raised: dict[str | None, str] = {}
        self.has_gaps = False
        # Of a signal that sends by itself, the method that did.
        self.own_method: str | None = None


class _Row:
    """One receiver that wasn't called, for one reason; it may be connected many times."""

    def __init__(self, connection: Connection) -> None:
        self.receiver: Any = connection.receiver
        self.signals: dict[str, None] = {}
        self.senders: dict[str | None, None] = {}
        self.sent_by: dict[str | None, None] = {}
        self.reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        line = self.receiver.defined_at
        signals = [clean(signal) for signal in self.signals]
        return {
            "signal": signals[0],
            "more_signals": len(signals) - 1,
            "sender": next(iter(self.senders)),
            "receiver": clean(self.receiver.text),
            "reason": clean(self.reason or self._other_sender(signals)),
            "defined_at": line and [clean(line.path), *line[1:3], clean(line.text)],
        }

    def _other_sender(self, signals: list[str]) -> str:
        sent_by = _some([sender or "None" for sender in self.sent_by])
        which = "the signal was" if len(signals) == 1 else "the signals were"
        if len(self.senders) == 1:
            wanted = next(iter(self.senders)) or "another sender"
        else:
            wanted = f"{len(self.senders)} other senders"
        return f"connected for {wanted}; {which} sent by {sent_by}"


def _some(names: list[str]) -> str:
    """The first three, and how many more there are."""
    names = sorted(names)
    more = len(names) - _MAX_SENDERS
    shown = ", ".join(names[:_MAX_SENDERS])
    return f"{shown} and {more:,} more" if more > 0 else shown


def silent_receivers(
    recording: Recording, tree: Tree, connections: Connections
) -> list[dict[str, Any]]:
    """Connected receivers that this recording's dispatches didn't call.

    One row per receiver and reason, those first that aren't just connected for another sender:
    ``{"signal", "more_signals", "sender", "receiver", "reason", "defined_at"}``. The sender is
    the (first) one it is connected for, None for all; the line of its ``def`` is
    ``[path, line, function, text]``, where known.
    """
    rows: dict[tuple[Any, ...], _Row] = {}
    gone = []
    for signal, fired in _fired(recording, tree).items():
        for connection in connections.of(signal):
            receiver = connection.receiver
            if receiver is None:
                gone.append(_collected(signal, connection.key, connection.sender))
            elif receiver not in fired.called and not receiver.is_toolbars:
                if receiver.text.startswith(_NOT_THE_USERS):
                    continue
                reason = _reason(connection, fired)
                key = (receiver, reason) if reason is None else (receiver, reason, signal)
                row = rows.setdefault(key, _Row(connection))
                row.reason = reason
                row.signals[str(signal)] = None
                row.senders[connection.sender] = None
                row.sent_by.update(dict.fromkeys(fired.senders))
    for signal, key in recording.collected:
        gone.append(_collected(signal, key, None))
    found = sorted(rows.values(), key=lambda row: row.reason is None)
    with_reason = sum(row.reason is not None for row in found)
    shown = [row.as_dict() for row in found]
    return [*shown[:with_reason], *gone, *shown[with_reason:]]


def _reason(connection: Connection, fired: _Fired) -> str | None:
    """Why it wasn't called; None where it is simply connected for another sender."""
    is_for_one = not connection.is_for_all
    if is_for_one and (connection.sender is None or connection.sender not in fired.senders):
        return None
    for sender, receiver in fired.raised.items():
        if connection.is_for_all or connection.sender == sender:
            return f"an earlier receiver raised: {receiver}"
    if fired.own_method is not None:
        return f"{fired.own_method} didn't call it"
    if fired.has_gaps:
        return "not called in what was kept in detail"
    return "connected only after the signal was sent"


def _collected(signal: SignalName, key: Any, sender: str | None) -> dict[str, Any]:
    # Of a method whose object is gone, the function is still there to be named.
    name = method_name(key[1]) if type(key) is tuple and len(key) == 2 else None
    return {
        "signal": clean(str(signal)),
        "more_signals": 0,
        "sender": sender,
        "receiver": name,
        "reason": "connected weakly, and garbage-collected before the signal was sent",
        "defined_at": None,
    }


def _fired(recording: Recording, tree: Tree) -> dict[SignalName, _Fired]:
    by_signal: dict[SignalName, _Fired] = {}
    for dispatch, fold in _walk(tree):
        fired = by_signal.get(dispatch.signal)
        if fired is None:
            fired = by_signal[dispatch.signal] = _Fired()
        fired.senders.add(dispatch.sender)
        fired.has_gaps = fired.has_gaps or any(fold.left_out)
        for call in dispatch.calls.values():
            fired.called.add(call.receiver)
            if call.failure is not None and call.failure.fate != SWALLOWED:
                fired.raised[dispatch.sender] = f"{call.receiver.text}, {call.error}"
    for nested in recording.with_blocks():
        for signal, sender, _ in nested._unheard:
            if signal is not OTHERS:
                by_signal.setdefault(signal, _Fired()).senders.add(sender)
        for signal, method in nested._own_methods.items():
            if signal in by_signal:
                by_signal[signal].own_method = method
    return by_signal


def _walk(tree: Tree) -> Iterator[tuple[FoldedDispatch, Fold]]:
    waiting = [fold for _, fold in tree.phases]
    while waiting:
        around = waiting.pop()
        for dispatch in around.dispatches:
            yield dispatch, around
            waiting += [call for call in dispatch.calls.values() if call.children]
