"""Groups: alike nodes under alike parents, added up with exact sums.

They are used twice: a recording that has kept as much as it may goes on in groups, and an
analysis puts together what repeats. Nodes are alike when they stand under alike parents and have
the same key.

Threads add to groups without a lock. They insert with ``setdefault``; and between reading a sum
and writing it back they call nothing, so that the interpreter doesn't switch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from signals_panel.describe import CallSite, ReceiverName, SignalName, SourceLine
from signals_panel.recording.failures import Failure


class DispatchKey(NamedTuple):
    """What dispatches in one group have in common."""

    signal: SignalName
    sender: str | None
    method: str
    site: CallSite | None


class CallKey(NamedTuple):
    """What receiver calls in one group have in common."""

    receiver: ReceiverName
    is_async: bool


class EffectKey(NamedTuple):
    """What effects in one group have in common; see ``EffectNode``."""

    kind: str
    text: str
    alias: str
    note: str
    result: str | None


class OperationKey(NamedTuple):
    """What operations in one group have in common; see ``OperationNode``."""

    name: str
    model: str
    note: str
    site: CallSite | None


class LineKey(NamedTuple):
    """What effects in one group have in common that no receiver and no operation caused.

    A line of source, where several calls may stand, and the lines between that only delegated.
    """

    line: SourceLine | None
    via: tuple[SourceLine, ...]


class DeferredKey(NamedTuple):
    """What deferred work in one group has in common; see ``DeferredNode``."""

    words: ReceiverName
    alias: str
    fate: str | None
    reason: str


Key = DispatchKey | CallKey | EffectKey | OperationKey | LineKey | DeferredKey


class Limits(NamedTuple):
    """How many groups one may hold, and how deep they may be nested."""

    width: int
    depth: int


UNLIMITED = Limits(width=2**31, depth=2**31)
# Wide enough for any real program, narrow enough to stay bounded when every statement or
# sender is a new one. A call and the dispatch that it is in are one level each.
BOUNDED = Limits(width=100, depth=80)
_NOTHING = Limits(width=0, depth=0)

OTHER_RECEIVERS = ReceiverName("(other receivers)", None)
"""Stands for the receivers of one dispatch that have no room."""


class Tally:
    """How many dispatches, receiver calls, and effects of each kind in receivers there are."""

    __slots__ = ("calls", "dispatches", "effects")

    def __init__(self) -> None:
        self.dispatches = 0
        self.calls = 0
        self.effects: dict[str, int] = {}

    def count(self, group: Group) -> None:
        """Count the nodes of a group, without what is in it."""
        key = group.key
        if type(key) is DispatchKey:
            self.dispatches += group.count
        elif type(key) is CallKey:
            self.calls += group.count
        elif type(key) is EffectKey:
            self.add_effects(key.kind, group.count)

    def add_effects(self, kind: str, number: int) -> None:
        """Count effects of one kind."""
        self.effects[kind] = self.effects.get(kind, 0) + number

    def add(self, other: Tally) -> None:
        """Add another's sums."""
        self.dispatches += other.dispatches
        self.calls += other.calls
        for kind, number in other.effects.items():
            self.add_effects(kind, number)

    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.dispatches or self.calls or self.effects)


class Group:
    """Alike nodes added up; without a key, what holds the groups at the top."""

    __slots__ = (
        "children",
        "count",
        "depth",
        "error",
        "errors",
        "example",
        "failure",
        "finished",
        "inside",
        "is_concurrent",
        "key",
        "limits",
        "longest_ns",
        "members",
        "ns",
        "parent",
        "rest",
        "rows",
        "self_ns",
    )

    def __init__(self, key: Any = None, limits: Limits = UNLIMITED, depth: int = 0) -> None:
        self.key = key
        # By key, in the order first seen.
        self.children: dict[Key, Group] = {}
        self.limits = limits
        self.depth = depth
        # What has no room in it, once there is something.
        self.rest: Rest | None = None
        # How many began, and how many of them have ended.
        self.count = 0
        self.finished = 0
        self.ns = 0
        # Without the dispatches nested in them; of calls and operations.
        self.self_ns = 0
        # How many rows of the database they were about; of operations, as far as it is known.
        self.rows = 0
        self.longest_ns = 0
        # How many raised, and what the first of them did.
        self.errors = 0
        self.error: str | None = None
        self.failure: Failure | None = None
        # Whether receivers overlapped; of dispatches.
        self.is_concurrent = False
        # What the kind of effect keeps of the first.
        self.example: Any = None
        # For an analysis: the single nodes, the group around it, and all that is nested in it.
        self.members: list[Any] | None = None
        self.parent: Group | None = None
        self.inside: Tally | None = None

    def child(self, key: Key) -> Group:
        """The group in it with this key; where there is no room, what stands for the rest."""
        found = self.children.get(key)
        if found is None:
            if not self._has_room():
                if type(key) is not CallKey:
                    return self.no_room(key)
                # A dispatch without calls would be none.
                key = CallKey(OTHER_RECEIVERS, key.is_async)
            new = Group(key, self.limits, self.depth + 1)
            found = self.children.setdefault(key, new)
        return found

    def no_room(self, key: Key) -> Group:
        """What counts those like this one, for which there is no room."""
        if self.rest is None:
            # Made first: a destructor may run meanwhile and be here before us.
            new = Rest()
            if self.rest is None:
                self.rest = new
        return self.rest.child(key)

    def _has_room(self) -> bool:
        return len(self.children) < self.limits.width and self.depth < self.limits.depth

    def add(self, ns: int) -> None:
        """Add the nanoseconds of one that has ended."""
        self.ns += ns
        self.finished += 1
        if ns > self.longest_ns:
            self.longest_ns = ns

    def extend(self, more_ns: int, ns: int) -> None:
        """Add the nanoseconds by which one went on that was added; it has come to ``ns``."""
        self.ns += more_ns
        if ns > self.longest_ns:
            self.longest_ns = ns

    def add_error(self, error: str, failure: Failure | None = None) -> None:
        """One of them has raised."""
        self.errors += 1
        self.error = self.error or error
        self.failure = self.failure or failure

    def add_group(self, other: Group) -> None:
        """Add the sums of another, without what is in it."""
        self.count += other.count
        self.finished += other.finished
        self.ns += other.ns
        self.self_ns += other.self_ns
        self.rows += other.rows
        if other.longest_ns > self.longest_ns:
            self.longest_ns = other.longest_ns
        self.errors += other.errors
        self.error = self.error or other.error
        self.failure = self.failure or other.failure
        self.is_concurrent = self.is_concurrent or other.is_concurrent
        if self.example is None:
            self.example = other.example

    def of(self, kind: type[Any]) -> Iterator[Group]:
        """The groups in it whose keys are of one kind."""
        # A copy: the recording may still be going on in another thread.
        return (child for child in list(self.children.values()) if type(child.key) is kind)

    def under(self, kind: type[Any]) -> Iterator[Group]:
        """The groups of one kind in it, but for those in dispatches, calls and deferred work."""
        waiting = [iter(list(self.children.values()))]
        while waiting:
            for child in waiting[-1]:
                if type(child.key) is kind:
                    yield child
                if type(child.key) not in (DispatchKey, CallKey, DeferredKey):
                    waiting.append(iter(list(child.children.values())))
                    break
            else:
                waiting.pop()

    def unfinished(self) -> int:
        """How many have begun, and not ended."""
        return self.count - self.finished

    def in_rest(self) -> list[Group]:
        """The groups of what had no room in it."""
        return list(self.rest.groups.values()) if self.rest is not None else []

    def left_out(self) -> Tally:
        """How much had no room in it."""
        tally = Tally()
        for group in self.in_rest():
            tally.count(group)
        return tally


class Rest:
    """All that had no room in a group, to any depth: counted by what it is, and nothing more.

    A group in it has no children of its own: what is nested in one is part of the rest as well.
    """

    __slots__ = ("groups", "top_call_ns")

    def __init__(self) -> None:
        # By kind of key; those of effects by their own kind.
        self.groups: dict[Any, Group] = {}
        # What receivers took that aren't nested in others.
        self.top_call_ns = 0

    def child(self, key: Key) -> Group:
        """The group that stands for all like this one."""
        kind = key.kind if type(key) is EffectKey else type(key)
        found = self.groups.get(kind)
        if found is None:
            found = self.groups.setdefault(kind, InRest(key, self))
        return found


class InRest(Group):
    """One group of a rest."""

    __slots__ = ()

    def __init__(self, key: Key, rest: Rest) -> None:
        super().__init__(key, _NOTHING)
        self.rest = rest

    def child(self, key: Key) -> Group:
        """The group in the same rest: nothing has a place of its own here."""
        return self.no_room(key)

    def in_rest(self) -> list[Group]:
        """The rest has them."""
        return []
