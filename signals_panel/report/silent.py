"""Silent receivers: connected to a signal that fired, and not called; each with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signals_panel.describe import ReceiverName, SignalName, clean, method_name
from signals_panel.recording import Recording
from signals_panel.recording.folds import Fold, FoldedDispatch
from signals_panel.recording.unheard import OTHERS
from signals_panel.report.connections import Connection, Connections
from signals_panel.report.tree import Tree

# The panel's and the toolbar's own receivers are none of the user's program.
_NOT_THE_USERS = ("signals_panel.", "debug_toolbar.")


class _Fired:
    """What is known of one signal that fired."""

    def __init__(self) -> None:
        self.senders: set[str | None] = set()
        # By the words themselves: two lambdas can have the same text.
        self.called: set[ReceiverName] = set()
        # By sender: the receiver that raised, so that those after it weren't called.
        self.raised: dict[str | None, str] = {}
        self.has_gaps = False


def silent_receivers(
    recording: Recording, tree: Tree, connections: Connections
) -> list[dict[str, Any]]:
    """Connected receivers that this recording's dispatches didn't call.

    Each as ``{"signal", "sender", "receiver", "reason", "defined_at"}``: the sender it is
    connected for (None for all), and the line of its ``def`` as
    ``[path, line, function, text]``, where known.
    """
    rows = []
    for signal, fired in _fired(recording, tree).items():
        seen: set[tuple[ReceiverName, str | None]] = set()
        for connection in connections.of(signal):
            receiver = connection.receiver
            if receiver is None:
                rows.append(_collected(signal, connection.key, connection.sender))
            elif (
                receiver not in fired.called
                and not receiver.text.startswith(_NOT_THE_USERS)
                and (receiver, connection.sender) not in seen
            ):
                seen.add((receiver, connection.sender))
                line = receiver.defined_at
                rows.append(
                    {
                        "signal": clean(str(signal)),
                        "sender": connection.sender,
                        "receiver": clean(receiver.text),
                        "reason": clean(_reason(connection, fired)),
                        "defined_at": line and [clean(line.path), *line[1:3], clean(line.text)],
                    }
                )
    for signal, key in recording.collected:
        rows.append(_collected(signal, key, None))
    return rows


def _reason(connection: Connection, fired: _Fired) -> str:
    is_for_one = not connection.is_for_all
    if is_for_one and (connection.sender is None or connection.sender not in fired.senders):
        sent_by = ", ".join(sorted(sender or "None" for sender in fired.senders)[:3])
        wanted = connection.sender or "another sender"
        return f"connected for {wanted}; the signal was sent by {sent_by}"
    for sender, receiver in fired.raised.items():
        if connection.is_for_all or connection.sender == sender:
            return f"an earlier receiver raised: {receiver}"
    if fired.has_gaps:
        return "not called in what was kept in detail"
    return "connected only after the signal was sent"


def _collected(signal: SignalName, key: Any, sender: str | None) -> dict[str, Any]:
    # Of a method whose object is gone, the function is still there to be named.
    name = method_name(key[1]) if type(key) is tuple and len(key) == 2 else None
    return {
        "signal": clean(str(signal)),
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
            if call.error and dispatch.method in ("send", "asend"):
                fired.raised[dispatch.sender] = f"{call.receiver.text}, {call.error}"
    for nested in recording.with_blocks():
        for signal, sender, _ in nested._unheard:
            if signal is not OTHERS:
                by_signal.setdefault(signal, _Fired()).senders.add(sender)
    return by_signal


def _walk(tree: Tree) -> Iterator[tuple[FoldedDispatch, Fold]]:
    waiting = [fold for _, fold in tree.phases]
    while waiting:
        around = waiting.pop()
        for dispatch in around.dispatches:
            yield dispatch, around
            waiting += [call for call in dispatch.calls.values() if call.children]
