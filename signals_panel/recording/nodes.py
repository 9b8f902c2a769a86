"""Nodes: what happens, as it happens, in plain objects that only this package and probes write.

A cascade is made of four kinds of node: a ``Scope`` holds dispatches and effects; a dispatch holds
the calls of its receivers; a call holds its effects and the dispatches that it caused, and so does
an effect that runs code of the program's. Each knows the node around it and the root of them all.

Times are readings of ``signals_panel.clock`` in nanoseconds, 0 for what hasn't been. Words come
from ``describe``. What people read is made of these in ``signals_panel.results``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Union

from signals_panel.clock import perf_counter_ns
from signals_panel.conf import Config, get_config
from signals_panel.describe import CallSite, ReceiverName, SignalName, Stack
from signals_panel.recording.failures import Failure
from signals_panel.recording.groups import Group
from signals_panel.recording.toolbar_time import ToolbarTime
from signals_panel.recording.unheard import Unheard

Node = Union["Scope", "DispatchNode", "CallNode", "EffectNode"]
Parent = Union["Scope", "CallNode", "EffectNode"]
Child = Union["Scope", "DispatchNode", "CallNode", "EffectNode"]

# What a scope is.
REQUEST = "request"
BLOCK = "block"
PHASE = "phase"
OPERATION = "operation"
DEFERRED = "deferred"


class Scope:
    """A stretch of a recording that contains others without being a call.

    A request, a phase of it, a ``record_signals()`` block, an operation of a model, deferred work.
    A request and a block are a ``Root``.
    """

    __slots__ = (
        "__weakref__",
        "around",
        "children",
        "deferred",
        "end",
        "kind",
        "name",
        "outside",
        "overflow",
        "phase",
        "root",
        "start",
    )

    def __init__(self, kind: str, name: str, around: Parent | None, root: Root, start: int) -> None:
        self.kind = kind
        self.name = name
        self.around = around
        self.root = root
        self.children: list[Child] = []
        # What takes the dispatches and effects in it that aren't kept.
        self.overflow: Group | None = None
        # What was put off in it, outside of receivers.
        self.deferred: list[DeferredNode] | None = None
        # How many effects of each kind happened outside of receivers and aren't kept.
        self.outside: dict[str, int] = {}
        # The phase that a request is in, or a block around its view.
        self.phase: Scope | None = None
        self.start = start
        self.end = 0


class OperationNode(Scope):
    """What the program asked of a model or a queryset in one go, such as ``save()``."""

    __slots__ = (
        "at",
        "error",
        "folded_ns",
        "is_bulk",
        "is_kept",
        "model",
        "note",
        "pause_ns",
        "rows",
        "site",
        "table",
    )

    def __init__(
        self, name: str, model: str, around: Parent, site: CallSite | None, start: int = 0
    ) -> None:
        super().__init__(OPERATION, name, around, around.root, start)
        self.model = model
        # The line that asked for it.
        self.site = site
        # In a receiver, see ``EffectNode``.
        self.at = -1
        # How many rows of the database it was about; None where that isn't known.
        self.rows: int | None = None
        # What else is known of it, in a word.
        self.note = ""
        # The table of its model, where that is of use.
        self.table = ""
        # Whether it sends no signals for the rows that it writes.
        self.is_bulk = False
        self.error: str | None = None
        # The time of the dispatches in it that aren't kept.
        self.folded_ns = 0
        # Between its parts, when something else was done.
        self.pause_ns = 0
        # Whether it has a place in the cascade; else what is in it is added up with its like.
        self.is_kept = False


class DeferredNode(Scope):
    """What was put off until a transaction is committed.

    It is among the children of the place where it ran, if it ran. What put it off has it in its
    ``deferred``.
    """

    __slots__ = ("alias", "error", "fate", "reason", "registered", "registered_at", "words")

    def __init__(
        self, words: ReceiverName, registered: CallNode | Scope, alias: str, registered_at: int
    ) -> None:
        super().__init__(DEFERRED, words.text, registered, registered.root, 0)
        self.words = words
        # What put it off: a receiver; outside of receivers, the phase or the block.
        self.registered = registered
        self.registered_at = registered_at
        self.alias = alias
        # "ran", "rolled back" or "dropped"; None as long as it waits.
        self.fate: str | None = None
        # What it was rolled back by, or dropped for.
        self.reason = ""
        self.error: str | None = None


class Transaction:
    """One transaction, or a savepoint in one; see ``signals_panel.recording.transactions``."""

    __slots__ = (
        "alias",
        "end",
        "fate",
        "handled",
        "outer",
        "place",
        "savepoint",
        "start",
        "was_open",
    )

    def __init__(
        self,
        alias: str,
        place: Node,
        savepoint: str | None,
        outer: Transaction | None,
        start: int,
    ) -> None:
        self.alias = alias
        # The node that was current when it was opened.
        self.place = place
        self.savepoint = savepoint
        # The id of the exception that was being handled then: it isn't what a rollback is for.
        self.handled = id(sys.exc_info()[1])
        # The one that was open on its connection.
        self.outer = outer
        # "committed" or "rolled back"; None as long as it is open.
        self.fate: str | None = None
        self.start = start
        self.end = 0
        # Whether it was open when the recording began: a test's own may be around it.
        self.was_open = False


class DispatchNode:
    """One send of one signal."""

    __slots__ = (
        "arguments",
        "around",
        "at",
        "children",
        "end",
        "group",
        "key",
        "method",
        "root",
        "said",
        "sender",
        "sending",
        "signal",
        "site",
        "stack",
        "start",
    )

    def __init__(
        self,
        around: Parent,
        signal: SignalName,
        sender: str | None,
        method: str,
    ) -> None:
        self.around = around
        self.root: Root = around.root
        self.signal = signal
        self.sender = sender
        # Where a signal's class has methods of its own, the one that called the receivers.
        self.method = method
        # While it runs, what the probe knows of it: whom the look-up of its receivers is for.
        self.sending: Any = None
        # The calls of its receivers; None until there is a receiver.
        self.children: list[CallNode] | None = None
        # What it is added up in, when it isn't kept.
        self.group: Group | None = None
        self.site: CallSite | None = None
        # In a receiver, see ``EffectNode``.
        self.at = -1
        # Only the first of its kind from each call site has one: the others came the same way.
        self.stack: Stack | None = None
        # The primary key of the instance it is about, if it is about one.
        self.key: Any = None
        # What the sender says of it: "created", "only: price".
        self.said = ""
        # The keyword arguments in words, by name, if the setting asks for them.
        self.arguments: dict[str, str] | None = None
        self.start = 0
        self.end = 0


class CallNode:
    """One receiver running inside one dispatch."""

    __slots__ = (
        "around",
        "children",
        "deferred",
        "end",
        "error",
        "failure",
        "folded_ns",
        "is_async",
        "overflow",
        "receiver",
        "root",
        "start",
    )

    def __init__(self, dispatch: DispatchNode, receiver: ReceiverName, is_async: bool) -> None:
        self.around = dispatch
        self.root: Root = dispatch.root
        self.receiver = receiver
        self.is_async = is_async
        self.error: str | None = None
        self.failure: Failure | None = None
        # None until there is something to hold: most receivers cause nothing.
        self.children: list[Child] | None = None
        # What it put off until a transaction is committed.
        self.deferred: list[DeferredNode] | None = None
        # What takes the dispatches and effects nested in it that aren't kept, and the time of
        # those dispatches.
        self.overflow: Group | None = None
        self.folded_ns = 0
        self.start = 0
        self.end = 0


class EffectNode:
    """Something that the program caused beyond its own Python: a query, a cache operation."""

    __slots__ = (
        "alias",
        "around",
        "at",
        "children",
        "data",
        "end",
        "error",
        "group",
        "is_kept",
        "kind",
        "method",
        "note",
        "overflow",
        "result",
        "root",
        "site",
        "start",
        "text",
    )

    def __init__(
        self,
        kind: str,
        text: str,
        alias: str,
        around: Parent,
        note: str = "",
        data: Any = None,
        error: str | None = None,
        start: int = 0,
        end: int = 0,
    ) -> None:
        # The name of its kind: "sql", "cache".
        self.kind = kind
        # What happened, in a few words; of SQL the statement.
        self.text = text
        # Which of the program's databases, caches and so on it was.
        self.alias = alias
        # The method that was called; empty again when what it does is no longer its own.
        self.method = ""
        # What else tells it from others with this text, in a word.
        self.note = note
        # What came of it, in a word.
        self.result: str | None = None
        self.error = error
        # What its kind keeps besides, such as a query's parameters.
        self.data = data
        self.around = around
        self.root: Root = around.root
        # What happened inside of it; None until there is something.
        self.children: list[Child] | None = None
        self.overflow: Group | None = None
        # Whether it has a place in the cascade; else it is only counted.
        self.is_kept = False
        # Outside of receivers and operations, the line that caused it.
        self.site: CallSite | None = None
        # Directly in a receiver or in deferred work, the instruction of that function that led to
        # it; -1 where it isn't known, or ``site`` tells.
        self.at = -1
        # What it was added up in when it ended, if it isn't kept.
        self.group: Group | None = None
        self.start = start
        self.end = end


class Budget:
    """How much may be kept; nested recordings share their outer's."""

    __slots__ = ("left", "outside_left", "shows_arguments", "size", "stacks", "toolbar")

    def __init__(self, config: Config) -> None:
        # Dispatches, operations and effects that may still be kept one by one.
        self.size = self.left = config.max_kept
        # As many effects of the program's that are in none of them.
        self.outside_left = config.max_kept
        # The signals and senders whose stack was kept, by call site.
        self.stacks: set[tuple[CallSite | None, SignalName, str | None]] = set()
        self.shows_arguments = config.show_arguments
        self.toolbar = ToolbarTime(self.size)


class Root(Scope):
    """All that was captured for one request or one ``record_signals()`` block."""

    __slots__ = (
        "before",
        "blocks",
        "budget",
        "bulk",
        "collected",
        "failures",
        "faults",
        "followed",
        "forget",
        "is_open",
        "no_room",
        "open_unheard",
        "own_methods",
        "paused_at",
        "release",
        "toolbar_ns",
        "transactions",
        "unheard",
        "unrecorded",
    )

    def __init__(self, kind: str = BLOCK, outer: Node | None = None) -> None:
        # A dispatch holds calls alone: a block beside them is in what is around it. What is only
        # counted has no place for anything.
        around = outer.around if isinstance(outer, DispatchNode) else outer
        while isinstance(around, (EffectNode, OperationNode)) and not around.is_kept:
            around = around.around
        super().__init__(kind, "", around, self, perf_counter_ns())
        self.budget: Budget = Budget(get_config()) if around is None else around.root.budget
        self.unheard = Unheard()
        # Its counts while the recording is open, then none: the probe adds to what it finds in
        # here without asking first.
        self.open_unheard = self.unheard.counts
        # Receivers that were found dead when their signal was sent, by what they were known by.
        self.collected: list[tuple[SignalName, Any]] = []
        self.faults: list[str] = []
        # What receivers raised, until it is known what became of it.
        self.failures: list[Failure] = []
        # Sends that couldn't be recorded: how many of which signal, and why.
        self.unrecorded: dict[tuple[SignalName, str], int] = {}
        # How much of it wasn't kept and isn't added up anywhere else: "deferred", "transactions".
        self.no_room: dict[str, int] = {}
        # Bulk operations, by name and model.
        self.bulk: dict[tuple[str, str], None] = {}
        # The methods of signal classes that send by themselves: "PluginSignal.send".
        self.own_methods: dict[SignalName, str] = {}
        # Those that were opened in it, in their order.
        self.transactions: list[Transaction] = []
        # Effects that later calls of the program's may end or extend, by what knows them.
        self.followed: dict[object, EffectNode] = {}
        # What its budget no longer knows, once it is no part of what is around it.
        self.toolbar_ns = 0
        self.is_open = True
        # Since when the toolbar has been at work in a request, and what was current before it.
        self.paused_at: int | None = None
        self.before: Node | None = None
        # What ends it, for the probes; and what has that done when it is lost, no longer.
        self.release: Callable[[], object] = lambda: None
        self.forget: Callable[[], object] = lambda: None
        # Those opened in this one, at any depth of its cascade.
        self.blocks: dict[Root, None] = {}
        if around is not None:
            around.root.blocks[self] = None
            if around.children is None:
                around.children = []
            around.children.append(self)
