"""Which transactions a connection has open, from what Django asks of it.

The outermost ``atomic()`` turns autocommit off, and on again when it is over; each one inside it
is a savepoint. All of it is asked of the connection, which is the same object for as long as its
thread or task lives.
"""

from __future__ import annotations

from typing import Any

from signals_panel.describe import WordCache, error_text
from signals_panel.recording import (
    DeferredNode,
    Node,
    Transaction,
    begin_transaction,
    end_transaction,
    live,
)


class Tracked:
    """What is known of one connection while something is recorded."""

    __slots__ = ("is_manual", "open", "waiting")

    def __init__(self) -> None:
        # From the outermost to the innermost.
        self.open: list[Transaction] = []
        # Whether the program has turned autocommit off by itself: then what follows a commit or a
        # rollback is in the next transaction.
        self.is_manual = False
        # What waits for the commit, with the very set that Django made for it: that tells it
        # from others, whatever happens to the list that it is in.
        self.waiting: list[tuple[Any, DeferredNode]] = []


_connections: WordCache[Tracked] = WordCache()


def tracked(connection: Any) -> Tracked:
    """What is known of a connection."""
    known = _connections.get(id(connection))
    if known is None:
        known = _connections.add(connection, Tracked())
    while known.open and not known.open[0].place.root.is_open:
        # It is left from an earlier recording.
        known.open.pop(0)
    # As is what waits for a commit that nobody records; it would keep all of that alive.
    known.waiting = [item for item in known.waiting if live(item[1].registered) is not None]
    return known


def note_open(connection: Any, node: Node, start: int = 0) -> None:
    """A transaction that was opened unseen; from ``start`` on, or from now on."""
    known = tracked(connection)
    if connection.in_atomic_block and not known.open:
        known.open.append(begin_transaction(node.root, connection.alias, start=start))


def begun(connection: Any, node: Node, savepoint: str | None = None) -> None:
    """A transaction, or a savepoint in it, has been opened."""
    known = tracked(connection)
    if savepoint is None:
        known.open.clear()
    outer = known.open[-1] if known.open else None
    known.open.append(begin_transaction(node, connection.alias, savepoint, outer))


def ended(connection: Any, fate: str, savepoint: str | None = None) -> Transaction | None:
    """The innermost with this savepoint, or all of them, have ended; gives the outermost."""
    known = tracked(connection)
    last = None
    if savepoint is not None and all(each.savepoint != savepoint for each in known.open):
        # Not one that was seen to begin, or one that has ended already.
        return last
    while known.open:
        last = known.open.pop()
        end_transaction(last, fate)
        if savepoint is not None and last.savepoint == savepoint:
            break
    return last


def forget_lost(connection: Any, error: BaseException | None) -> list[tuple[DeferredNode, str]]:
    """What waited for a commit, and was thrown away by a rollback; with the reason."""
    known = tracked(connection)
    waiting = {id(entry[0]) for entry in connection.run_on_commit}
    lost = [deferred for ids, deferred in known.waiting if id(ids) not in waiting]
    known.waiting = [item for item in known.waiting if id(item[0]) in waiting]
    reason = error_text(error) if error is not None else ""
    return [(deferred, reason) for deferred in lost]
