"""What a recording must tell, built by the interpreter from what it does.

Knows nothing of signals_panel. What belongs where is handed on explicitly: a send takes its
``Dispatch`` along in its arguments, and the receivers that hear it find it there.
"""

from __future__ import annotations

import itertools
import weakref
from collections import Counter
from collections.abc import Iterator
from typing import Any, Union

Place = Union["Block", "Call", None]


class Block:
    """A block that records."""

    def __init__(self, around: Place) -> None:
        self.around = around
        self.root = self
        self.is_open = True
        self.children: list[Any] = []
        self.blocks: list[Block] = []
        # Dispatches that have begun and not ended.
        self.running: set[Dispatch] = set()
        # Something in it has outlived what it was in.
        self.has_stragglers = False
        # Appended to rather than added up: threads do it at once.
        self.unheard: list[tuple[str, str | None]] = []
        # In the order in which a limit takes them.
        self.numbers: Any = itertools.count() if around is None else around.root.numbers
        if around is not None:
            around.children.append(self)
            around.root.blocks.append(self)

    def end(self) -> None:
        self.is_open = False
        if self.running:
            self.note_stragglers()

    def note_stragglers(self) -> None:
        block: Block | None = self
        while block is not None:
            block.has_stragglers = True
            block = block.around.root if block.around is not None else None

    def all_unheard(self) -> Counter[tuple[str, str | None]]:
        found: Counter[tuple[str, str | None]] = Counter()
        waiting = [self]
        while waiting:
            block = waiting.pop()
            found.update(list(block.unheard))
            waiting.extend(block.blocks)
        return found


class Dispatch:
    def __init__(self, around: Block | Call, signal: str, sender: str | None, method: str) -> None:
        self.around = around
        self.root = around.root
        self.signal = signal
        self.sender = sender
        self.method = method
        self.number = -1
        self.calls: list[Call] = []
        self.root.running.add(self)

    def hear(self) -> None:
        """Somebody listens: this is when it takes its place."""
        if self.number < 0:
            self.number = next(self.root.numbers)
            self.around.children.append(self)

    def end(self) -> None:
        self.root.running.discard(self)
        for call in self.calls:
            call.at_end = (call.error, call.is_finished)
            if any(type(child) is Block and child.is_open for child in call.children):
                self.root.note_stragglers()
        if self.number < 0:
            self.root.unheard.append((self.signal, self.sender))


class Call:
    def __init__(self, dispatch: Dispatch, receiver: str, is_async: bool) -> None:
        self.around = dispatch.around
        self.root = dispatch.root
        self.receiver = receiver
        self.is_async = is_async
        self.error: str | None = None
        self.is_finished = False
        # Error and finish when its dispatch ended: what is folded is added up then.
        self.at_end: tuple[str | None, bool] = (None, False)
        # A coroutine has been made, and may not have been run yet.
        self.has_begun = not is_async
        self.children: list[Any] = []

    def fail(self, error: BaseException) -> None:
        self.is_finished = True
        self.error = error_words(error)


class Query:
    def __init__(self, sql: str, params: Any, many: bool, error: str | None, number: int) -> None:
        self.sql = sql
        self.params = params
        self.many = many
        self.error = error
        self.number = number


def error_words(error: BaseException) -> str:
    # A group counts what is in it, which only its __str__ tells.
    text = error.args[0] if hasattr(error, "exceptions") else str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


# Where it belongs -----------------------------------------------------------------------


def live(place: Place) -> Place:
    """What ends in a block that is over belongs to what is around it."""
    while place is not None and not place.root.is_open:
        place = place.root.around
    return place


def begin(place: Place, signal: str, sender: str | None, method: str) -> Dispatch | None:
    found = live(place)
    return None if found is None else Dispatch(found, signal, sender, method)


def begin_block(place: Place) -> Block:
    return Block(live(place))


def add_query(place: Place, sql: str, params: Any, many: bool, error: str | None) -> None:
    found = live(place)
    if found is None:
        return
    number = next(found.root.numbers) if receiver_around(found) is not None else -1
    found.children.append(Query(sql, params, many, error, number))


def receiver_around(place: Any) -> Call | None:
    while type(place) is Block:
        place = place.around
    return place  # type: ignore[no-any-return] # a call or None


def flat(children: list[Any]) -> Iterator[Any]:
    """With what blocks hold in their place."""
    for child in list(children):
        if type(child) is Block:
            yield from flat(child.children)
        else:
            yield child


# Who is connected -----------------------------------------------------------------------


class Connections:
    """Who hears a signal, as Django's documentation has it.

    Needed for what nobody sees: a receiver whose coroutine was made and never run.
    """

    def __init__(self) -> None:
        # By signal: the receiver's identity, what it is, the sender, and whether it lives.
        self._entries: dict[str, list[tuple[Any, Any, str, Any]]] = {}

    def connect(self, signal: str, spec: Any, receiver: Any, sender: str, weak: bool) -> None:
        entries = self._living(signal)
        if not any(known == _identity(receiver) and of == sender for known, _, of, _ in entries):
            # Never strongly: that is for Django to do.
            life = weakref.ref(getattr(receiver, "__self__", receiver)) if weak else None
            entries.append((_identity(receiver), spec, sender, life))

    def disconnect(self, signal: str, receiver: Any, sender: str) -> None:
        entries = self._living(signal)
        for index, (known, _, of, _) in enumerate(entries):
            if known == _identity(receiver) and of == sender:
                del entries[index]
                break

    def heard_by(self, signal: str, sender: str) -> tuple[list[Any], list[Any]]:
        """The sync and the async ones, as they are called."""
        found: tuple[list[Any], list[Any]] = ([], [])
        for _, spec, of, _ in self._living(signal):
            if of in ("none", sender):
                found[spec.is_async].append(spec)
        return found

    def _living(self, signal: str) -> list[tuple[Any, Any, str, Any]]:
        entries = self._entries.setdefault(signal, [])
        # In place: somebody may be going through it.
        entries[:] = [entry for entry in entries if entry[3] is None or entry[3]() is not None]
        return entries


def _identity(receiver: Any) -> int:
    """What doesn't change while it is connected; a bound method is made anew each time."""
    return id(getattr(receiver, "__self__", receiver))
