"""Transactions: when each was open, and how it ended.

They aren't in the tree: a node was in a transaction if it began while that was open, in the place
that opened it or below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.recording.nodes import EffectNode, Node, Root, Transaction
from signals_panel.recording.walking import with_blocks

COMMITTED = "committed"
ROLLED_BACK = "rolled back"

_MAX_TRANSACTIONS = 10_000


def begin_transaction(
    node: Node, alias: str, savepoint: str | None = None, start: int = 0
) -> Transaction:
    """One that is opened while a node is current; a savepoint is one inside another."""
    place = node
    while isinstance(place, EffectNode):
        # What asks for it is a part of it.
        place = place.around
    transaction = Transaction(alias, place, savepoint, start or perf_counter_ns())
    root = node.root
    if len(root.transactions) < _MAX_TRANSACTIONS:
        root.transactions.append(transaction)
    return transaction


def end_transaction(transaction: Transaction, fate: str) -> None:
    """It has been committed or rolled back; what comes later changes nothing."""
    if not transaction.end:
        transaction.end = perf_counter_ns()
        transaction.fate = fate


def transactions_around(node: Any) -> Iterator[Transaction]:
    """Those that a node began in, the innermost recording's first."""
    seen: set[Root] = set()
    place = node
    above = []
    while place is not None:
        above.append(place)
        if place.root not in seen:
            seen.add(place.root)
        place = place.around
    start = node.start
    for root in seen:
        for transaction in root.transactions:
            was_open = transaction.start <= start < (transaction.end or start + 1)
            if was_open and any(transaction.place is each for each in above):
                yield transaction


def aliases_around(node: Any) -> tuple[str, ...]:
    """The databases in whose transaction a node began."""
    if not _has_transactions(node):
        return ()
    return tuple(dict.fromkeys(each.alias for each in transactions_around(node)))


def rolled_back_around(node: Any) -> tuple[str, ...]:
    """The databases in which what a node did there was undone."""
    if not _has_transactions(node):
        return ()
    around = transactions_around(node)
    return tuple(dict.fromkeys(each.alias for each in around if each.fate == ROLLED_BACK))


def has_transactions(root: Root) -> bool:
    """Whether any was opened in a recording, the blocks in it, or what is around it."""
    return any(each.transactions for each in with_blocks(root)) or _has_transactions(root)


def _has_transactions(node: Any) -> bool:
    root = node.root
    while root is not None:
        if root.transactions:
            return True
        root = root.around.root if root.around is not None else None
    return False
