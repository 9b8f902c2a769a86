"""A program as data: statements, receivers, and how they read as text.

A statement that makes no sense where it stands, such as a task in sync code, does nothing there:
so any statement can be taken out of a program, and what is left is a program.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass


class Statement:
    """One step; statements inside of it are tuples."""

    def lines(self) -> Iterator[str]:
        name = type(self).__name__
        words, bodies = [], []
        for field in dataclasses.fields(self):  # type: ignore[arg-type] # subclasses are
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                bodies.append((field.name, value))
            else:
                words.append(f"{field.name}={value!r}")
        yield f"{name}({', '.join(words)}){':' if bodies else ''}"
        for title, body in bodies:
            if len(bodies) > 1:
                yield f"  # {title}"
            yield from body_lines(body)


Body = tuple[Statement, ...]


def body_lines(body: Body) -> Iterator[str]:
    for statement in body:
        for line in statement.lines():
            yield f"    {line}"
    if not body:
        yield "    pass"


# Signals and receivers ------------------------------------------------------------------


@dataclass(frozen=True)
class Connect(Statement):
    receiver: str
    signal: str
    sender: str
    weak: bool


@dataclass(frozen=True)
class Disconnect(Statement):
    receiver: str
    signal: str
    sender: str


@dataclass(frozen=True)
class Drop(Statement):
    """Let go of a receiver: connected weakly, it dies."""

    receiver: str


@dataclass(frozen=True)
class Send(Statement):
    """``asend`` in sync code goes through ``async_to_sync``."""

    signal: str
    sender: str
    how: str
    # The name of an object, or "fresh" for one with a finalizer, which only the send holds.
    value: str = "none"


# What can be done anywhere --------------------------------------------------------------


@dataclass(frozen=True)
class Query(Statement):
    kind: str
    number: int


@dataclass(frozen=True)
class LazyRows(Statement):
    """``executemany`` with rows that a generator makes, which runs statements meanwhile."""

    number: int
    body: Body


@dataclass(frozen=True)
class Raise(Statement):
    kind: str
    text: str


@dataclass(frozen=True)
class Try(Statement):
    body: Body


@dataclass(frozen=True)
class Finally(Statement):
    body: Body
    final: Body


@dataclass(frozen=True)
class Block(Statement):
    """``with record_signals():`` in the recorded run."""

    body: Body


@dataclass(frozen=True)
class Overlap(Statement):
    """Two blocks, of which the outer one is closed first."""

    in_outer: Body
    in_both: Body
    in_inner: Body


@dataclass(frozen=True)
class Foreign(Statement):
    """A block that is entered in a copied context, and left in the one around."""

    inside: Body
    outside: Body


@dataclass(frozen=True)
class InContext(Statement):
    body: Body


@dataclass(frozen=True)
class Threads(Statement):
    """Threads side by side; followed ones run in copies of the context."""

    is_followed: bool
    first: Body
    second: Body


@dataclass(frozen=True)
class Keep(Statement):
    """Keep an object with a finalizer that runs the body."""

    how: str
    body: Body


@dataclass(frozen=True)
class Release(Statement):
    """Let go of the object that was kept last."""


@dataclass(frozen=True)
class Guard(Statement):
    """An object with a finalizer in a frame of its own: an exception keeps it alive."""

    body: Body
    final: Body


@dataclass(frozen=True)
class Loop(Statement):
    """An event loop, by ``asyncio.run`` or ``async_to_sync``."""

    how: str
    body: Body


# Async code only ------------------------------------------------------------------------


@dataclass(frozen=True)
class Pause(Statement):
    steps: int


@dataclass(frozen=True)
class Hang(Statement):
    """Wait until ``Cancel`` around it comes."""


@dataclass(frozen=True)
class Cancel(Statement):
    """Run the body as a task, and cancel it once something in it hangs."""

    how: str
    body: Body


@dataclass(frozen=True)
class Gather(Statement):
    first: Body
    second: Body


@dataclass(frozen=True)
class Spawn(Statement):
    """A task that is awaited at once, or only at the end of its loop."""

    is_awaited: bool
    body: Body


@dataclass(frozen=True)
class Hop(Statement):
    """Sync code in another thread that is followed."""

    how: str
    body: Body


# The whole --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Receiver:
    name: str
    kind: str
    is_async: bool
    returns: str
    body: Body

    def lines(self) -> Iterator[str]:
        word = "async " if self.is_async else ""
        yield f"{word}{self.kind} {self.name}() -> {self.returns}:"
        yield from body_lines(self.body)


@dataclass(frozen=True)
class Program:
    """``profile`` says what it may contain, and how much of its order is certain.

    ``sync``: no event loop. ``loop``: event loops, all in one thread. ``hops``: threads of all
    kinds, one thing at a time. ``racy``: threads and tasks side by side.
    """

    seed: int
    profile: str
    # Nothing is raised or cancelled side by side: what is done is certain, if not its order.
    is_settled: bool
    # Objects die with frames. Then no query fails, and nothing is sent robustly: Django keeps
    # the frames of such errors in cycles, and those of a recorder with them.
    has_mortals: bool
    receivers: tuple[Receiver, ...]
    # Before anything is recorded, while it is, and after.
    before: Body
    body: Body
    after: Body
    # What a logging handler does with the failures that send_robust logs.
    on_log: Body
    # What the overriding signal class does besides.
    on_override: Body
    # What objects do when they die that only a send or its result has held.
    on_death: Body

    @property
    def may_hop(self) -> bool:
        """Whether threads take part that an event loop waits for."""
        return self.profile in ("hops", "racy")

    @property
    def hooks_stay(self) -> bool:
        """Whether it also runs with hooks that have stayed, and is recorded by them."""
        return self.seed % 2 == 1

    @property
    def is_ordered(self) -> bool:
        return self.profile != "racy"

    def __str__(self) -> str:
        hooks = ", hooks that have stayed" if self.hooks_stay else ""
        lines = [f"# seed {self.seed}, profile {self.profile}{hooks}"]
        for receiver in self.receivers:
            lines.extend(receiver.lines())
        for name in ("before", "body", "after", "on_log", "on_override", "on_death"):
            body = getattr(self, name)
            if body:
                lines.extend((f"{name}:", *body_lines(body)))
        return "\n".join(lines)
