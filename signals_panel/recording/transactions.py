"""Transactions: when each was open, and how it ended.

They aren't in the tree: a node was in a transaction if it began while that was open, in the place
that opened it or below.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.recording.facts import count_no_room
from signals_panel.recording.nodes import EffectNode, Node, Root, Transaction
from signals_panel.recording.walking import with_blocks

COMMITTED = "committed"
ROLLED_BACK = "rolled back"

_MAX_TRANSACTIONS = 10_000


def begin_transaction(
    node: Node,
    alias: str,
    savepoint: str | None = None,
    outer: Transaction | None = None,
    start: int = 0,
) -> Transaction:
    """One that is opened while a node is current; a savepoint is one inside another."""
    place = node
    while isinstance(place, EffectNode):
        # What asks for it is a part of it.
        place = place.around
    transaction = Transaction(alias, place, savepoint, outer, start or perf_counter_ns())
    transaction.was_open = bool(start)
    root = node.root
    if len(root.transactions) < _MAX_TRANSACTIONS:
        root.transactions.append(transaction)
    else:
        count_no_room(root, "transactions")
    return transaction


def end_transaction(transaction: Transaction, fate: str) -> None:
    """It has been committed or rolled back; what comes later changes nothing."""
    if not transaction.end:
        transaction.end = perf_counter_ns()
        transaction.fate = fate


class Transactions:
    """Those of a recording and of what is around it, to be asked for many nodes."""

    def __init__(self, root: Root) -> None:
        # By the place that opened them and the database, in the order of their beginnings.
        self._by_place: dict[Node, dict[str, list[Transaction]]] = {}
        roots = list(with_blocks(root))
        while root.around is not None:
            root = root.around.root
            roots.append(root)
        for each in roots:
            for transaction in each.transactions:
                by_alias = self._by_place.setdefault(transaction.place, {})
                by_alias.setdefault(transaction.alias, []).append(transaction)

    def __bool__(self) -> bool:
        return bool(self._by_place)

    def around(self, node: Any) -> list[Transaction]:
        """Those that a node began in."""
        found: dict[Transaction, None] = {}
        start, place = node.start, node
        while place is not None:
            for opened in self._by_place.get(place, {}).values():
                number = bisect_right(opened, start, key=_start)
                # Whichever else was open then is around the last one that had begun.
                last = opened[number - 1] if number else None
                while last is not None:
                    if not last.end or start < last.end:
                        found[last] = None
                    last = last.outer
            place = place.around
        return list(found)


_start = operator.attrgetter("start")


def aliases_around(node: Any) -> tuple[str, ...]:
    """The databases in whose transaction a node began."""
    around = Transactions(node.root).around(node)
    return tuple(dict.fromkeys(each.alias for each in around))


def rolled_back_around(node: Any) -> tuple[str, ...]:
    """The databases in which what a node did there was undone."""
    around = Transactions(node.root).around(node)
    return tuple(dict.fromkeys(each.alias for each in around if each.fate == ROLLED_BACK))
