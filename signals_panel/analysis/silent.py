"""Silent receivers: connected to a signal that fired, and not called; each with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from signals_panel.analysis.tree import Tree
from signals_panel.describe import ReceiverName, SignalName, SourceLine, method_name
from signals_panel.recording import (
    OTHER_SIGNALS,
    SWALLOWED,
    CallKey,
    DispatchKey,
    Group,
    Root,
    with_blocks,
)
from signals_panel.wiring import Connection, Connections, is_the_programs

# Why a receiver wasn't called. Their parameters are in brackets.
OTHER_SENDER = "other sender"
"""It is connected for other senders (``wanted``) than the ``sent_by`` that sent the signals."""
EARLIER_RAISED = "earlier raised"
"""An earlier ``receiver`` raised an ``error``."""
OWN_METHOD = "own method"
"""The signal's class sends by itself, and its ``method`` left it out."""
NOT_KEPT = "not kept"
"""Nothing is known of what had no room in detail."""
CONNECTED_LATE = "connected late"
"""It was connected only after the signal was sent."""
COLLECTED = "collected"
"""It was connected weakly, and was gone when the signal was sent."""


class Silent(NamedTuple):
    """A receiver that wasn't called, for one reason; it may be connected many times."""

    receiver: str | None
    """None for one that is gone, and has left no name."""
    defined_at: SourceLine | None
    signals: list[str]
    """The signals that it is connected to, and that were sent."""
    sender: str | None
    """The (first) sender it is connected for; None for all."""
    reason: str
    """One of the codes above."""
    parameters: dict[str, Any]


class _Fired:
    """One signal that fired: who sent it, and whom it called."""

    def __init__(self) -> None:
        self.senders: set[str | None] = set()
        # By the words themselves: two lambdas can have the same text.
        self.called: set[ReceiverName] = set()
        # By sender: the receiver that raised, so that those after it weren't called.
        self.raised: dict[str | None, dict[str, Any]] = {}
        self.has_gaps = False
        # The method that sent it, where its class sends by itself.
        self.own_method: str | None = None


class _Row:
    """One receiver that wasn't called, and all that it is connected to."""

    def __init__(self, receiver: ReceiverName, reason: str, parameters: dict[str, Any]) -> None:
        self.receiver = receiver
        self.signals: dict[str, None] = {}
        self.senders: dict[str | None, None] = {}
        self.sent_by: dict[str | None, None] = {}
        self.reason = reason
        self.parameters = parameters

    def silent(self) -> Silent:
        parameters = self.parameters
        if self.reason == OTHER_SENDER:
            parameters = {
                "wanted": list(self.senders),
                "sent_by": sorted(sender or "None" for sender in self.sent_by),
            }
        return Silent(
            self.receiver.text,
            self.receiver.defined_at,
            list(self.signals),
            next(iter(self.senders)),
            self.reason,
            parameters,
        )


def silent_receivers(root: Root, tree: Tree, connections: Connections) -> list[Silent]:
    """Connected receivers that this recording's dispatches didn't call.

    One for each receiver and reason, those first that aren't just connected for another sender.
    """
    rows: dict[tuple[Any, ...], _Row] = {}
    gone = []
    for signal, fired in _fired(root, tree).items():
        for connection in connections.of(signal):
            receiver = connection.receiver
            if receiver is None:
                gone.append(_collected(signal, connection.key, connection.sender))
            elif receiver not in fired.called and is_the_programs(receiver.text):
                reason, parameters = _reason(connection, fired)
                key: tuple[Any, ...] = (receiver, reason)
                if reason != OTHER_SENDER:
                    key = (receiver, reason, str(parameters), signal)
                row = rows.setdefault(key, _Row(receiver, reason, parameters))
                row.signals[str(signal)] = None
                row.senders[connection.sender] = None
                row.sent_by.update(dict.fromkeys(fired.senders))
    for each in with_blocks(root):
        gone += [_collected(signal, key, None) for signal, key in each.collected]
    found = [row.silent() for row in rows.values()]
    return [
        *(silent for silent in found if silent.reason != OTHER_SENDER),
        *gone,
        *(silent for silent in found if silent.reason == OTHER_SENDER),
    ]


def _reason(connection: Connection, fired: _Fired) -> tuple[str, dict[str, Any]]:
    is_for_one = not connection.is_for_all
    if is_for_one and (connection.sender is None or connection.sender not in fired.senders):
        return OTHER_SENDER, {}
    for sender, raised in fired.raised.items():
        if connection.is_for_all or connection.sender == sender:
            return EARLIER_RAISED, raised
    if fired.own_method is not None:
        return OWN_METHOD, {"method": fired.own_method}
    return (NOT_KEPT if fired.has_gaps else CONNECTED_LATE), {}


def _collected(signal: SignalName, key: Any, sender: str | None) -> Silent:
    # Where a method's object is gone, the function is still there to be named.
    name = method_name(key[1]) if type(key) is tuple and len(key) == 2 else None
    return Silent(name, None, [str(signal)], sender, COLLECTED, {})


def _fired(root: Root, tree: Tree) -> dict[SignalName, _Fired]:
    by_signal: dict[SignalName, _Fired] = {}
    for dispatch, has_gaps in _walk(tree):
        key = dispatch.key
        fired = by_signal.get(key.signal)
        if fired is None:
            fired = by_signal[key.signal] = _Fired()
        fired.senders.add(key.sender)
        fired.has_gaps = fired.has_gaps or has_gaps
        for call in dispatch.of(CallKey):
            fired.called.add(call.key.receiver)
            if call.failure is not None and call.failure.fate != SWALLOWED:
                fired.raised[key.sender] = {
                    "receiver": call.key.receiver.text,
                    "error": call.error,
                }
    for nested in with_blocks(root):
        for signal, sender, _ in nested.unheard:
            if signal is not OTHER_SIGNALS:
                by_signal.setdefault(signal, _Fired()).senders.add(sender)
        for signal, method in nested.own_methods.items():
            if signal in by_signal:
                by_signal[signal].own_method = method
    return by_signal


def _walk(tree: Tree) -> Iterator[tuple[Group, bool]]:
    """Every dispatch, and whether some beside it had no room."""
    waiting = [phase.group for phase in tree.phases]
    while waiting:
        around = waiting.pop()
        for child in around.children.values():
            if type(child.key) is DispatchKey:
                yield child, around.rest is not None
            waiting.append(child)
