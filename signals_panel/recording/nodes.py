"""The cascade while it is being recorded: dispatch → receiver call → queries and dispatches.

The hot path fills the underscored slots with what it has at hand: clock readings in
nanoseconds, words from ``describe``. The properties make of them what people read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Union

from signals_panel.describe import ReceiverName, SignalName, SourceLine, shown_params

if TYPE_CHECKING:
    from signals_panel.describe.source import Place
    from signals_panel.recording.folds import Fold, FoldedDispatch
    from signals_panel.recording.recording import Recording

_NS_PER_MS = 1_000_000

Node = Union["Recording", "Dispatch", "ReceiverCall"]
Child = Union["Dispatch", "ReceiverCall", "Query", "Recording"]


class Query:
    """One statement sent to a database."""

    __slots__ = ("_ns", "_params", "alias", "error", "many", "sql")

    def __init__(
        self, sql: str, params: Any, alias: str, many: bool, ns: int, error: str | None
    ) -> None:
        self.sql: str = sql
        """The statement as given to the cursor, with placeholders; long ones are cut."""
        self._params = params
        self.alias: str = alias
        """The connection's alias."""
        self.many: bool = many
        """Whether this was ``executemany``."""
        self.error = error
        """The exception it raised, as ``"IntegrityError: ..."``, or None."""
        self._ns = ns

    @property
    def params(self) -> Any:
        """The parameters as plain JSON values; for ``executemany`` a list of the first rows."""
        return shown_params(self._params)

    @property
    def duration_ms(self) -> float:
        """Milliseconds spent in the cursor's method."""
        return self._ns / _NS_PER_MS

    def __repr__(self) -> str:
        return f"<Query {self.sql!r} on {self.alias!r}>"


class Dispatch:
    """One send of one signal that at least one receiver heard."""

    __slots__ = (
        "_children",
        "_end",
        "_folded",
        "_parent",
        "_place",
        "_root",
        "_sender",
        "_sending",
        "_signal",
        "_stack",
        "_start",
        "arguments",
        "method",
    )

    def __init__(
        self,
        parent: Recording | ReceiverCall,
        signal: SignalName,
        sender: str | None,
        method: str,
    ) -> None:
        self._parent = parent
        self._root = parent._root
        self._signal = signal
        self._sender = sender
        self.method = method
        """``send``, ``send_robust``, ``asend`` or ``asend_robust``."""
        # For the look-up of its receivers, so that it knows whom it is for; never longer: the
        # signal, the sender, the receivers if they are known, and how to put the context back.
        self._sending: tuple[Any, Any, Any, Any] | None = None
        # None until a receiver was found.
        self._children: list[Child] | None = None
        # What it is added up in, when it isn't kept.
        self._folded: FoldedDispatch | None = None
        self._place: Place | None = None
        # Of the first dispatch from each line only: the others have the same line.
        self._stack: list[Place] | None = None
        self.arguments: dict[str, str] | None = None
        """The send's keyword arguments by name: their types, and primary keys of models; None
        unless the setting ``SHOW_ARGUMENTS`` asks for them."""
        self._start = 0
        self._end = 0

    @property
    def signal(self) -> str:
        """The signal's dotted path, where it is defined."""
        return str(self._signal)

    @property
    def sender(self) -> str | None:
        """A model's label, another class's or function's dotted path, an instance's class."""
        return self._sender

    @property
    def sent_from(self) -> SourceLine | None:
        """The nearest line of the project's code that led to this send, if there is one."""
        return self._place.source_line if self._place is not None else None

    @property
    def duration_ms(self) -> float:
        """Milliseconds from the call of ``send`` to its return; up to now while it runs."""
        return elapsed(self) / _NS_PER_MS

    @property
    def calls(self) -> list[ReceiverCall]:
        """The receivers that ran, in the order they were called."""
        return [child for child in self._children or () if type(child) is ReceiverCall]

    @property
    def is_concurrent(self) -> bool:
        """Whether receivers overlapped; then their times don't add up to the dispatch's."""
        intervals = sorted((call._start, end_of(call)) for call in self.calls if call._start)
        return any(start < end for (_, end), (start, _) in itertools.pairwise(intervals))

    def __repr__(self) -> str:
        return f"<Dispatch of {self.signal} from {self._sender}>"


class ReceiverCall:
    """One receiver running inside one dispatch."""

    __slots__ = (
        "_children",
        "_end",
        "_folded_ns",
        "_overflow",
        "_receiver",
        "_root",
        "_start",
        "_traceback",
        "error",
        "is_async",
    )

    def __init__(self, root: Recording, receiver: ReceiverName, is_async: bool) -> None:
        self._root = root
        self._receiver = receiver
        self.is_async = is_async
        """Whether the receiver was awaited."""
        self.error: str | None = None
        """The exception it raised, as ``"ValueError: no stock"``, or None."""
        self._traceback: list[Place] | None = None
        # None until there is something to hold: most receivers cause nothing.
        self._children: list[Child] | None = None
        # What takes the dispatches and queries nested in it that aren't kept, and the time of
        # those dispatches.
        self._overflow: Fold | None = None
        self._folded_ns = 0
        self._start = 0
        self._end = 0

    @property
    def receiver(self) -> str:
        """The receiver's dotted path."""
        return self._receiver.text

    @property
    def defined_at(self) -> SourceLine | None:
        """The line of the receiver's ``def``; None for a callable without Python code."""
        return self._receiver.defined_at

    @property
    def duration_ms(self) -> float:
        """Milliseconds from the receiver's first step to its last, nested work included.

        For an async receiver this includes the time it waited. Up to now while it runs.
        """
        return elapsed(self) / _NS_PER_MS

    @property
    def self_ms(self) -> float:
        """Milliseconds of its own: the duration without the dispatches nested in it."""
        return self_ns(self) / _NS_PER_MS

    @property
    def traceback(self) -> list[SourceLine]:
        """The lines its exception came through, from the receiver inwards."""
        return [place.source_line for place in self._traceback or ()]

    @property
    def is_finished(self) -> bool:
        """Whether it has returned or raised; an async receiver can outlive its dispatch."""
        return bool(self._end)

    @property
    def queries(self) -> list[Query]:
        """The queries it issued itself, in order; nested receivers have their own."""
        return [child for child in flat(self._children) if type(child) is Query]

    @property
    def dispatches(self) -> list[Dispatch]:
        """The dispatches it caused, in the order fired."""
        return [child for child in flat(self._children) if type(child) is Dispatch]

    def __repr__(self) -> str:
        return f"<ReceiverCall of {self.receiver}>"


def add_child(parent: Recording | ReceiverCall, child: Child) -> None:
    """Append to a parent that may not have had a child before."""
    if parent._children is None:
        parent._children = []
    parent._children.append(child)


def flat(children: Iterable[Child] | None) -> Iterator[Child]:
    """Children with those of nested recordings in their place."""
    for child in children or ():
        if isinstance(child, (Dispatch, ReceiverCall, Query)):
            yield child
        else:
            yield from flat(child._children)


def overflows(node: Recording | ReceiverCall) -> Iterator[Fold]:
    """What a limit folded under a node, and under blocks nested directly in it."""
    if not isinstance(node, ReceiverCall):
        yield from list(node._overflows.values())
    elif node._overflow is not None:
        yield node._overflow
    for child in node._children or ():
        if not isinstance(child, (Dispatch, ReceiverCall, Query)):
            yield from overflows(child)


def end_of(node: Dispatch | ReceiverCall) -> int:
    """When it ended; for what still runs, the recording's end, or now."""
    return node._end or max(node._start, node._root.end_ns())


def elapsed(node: Dispatch | ReceiverCall) -> int:
    """Nanoseconds from its start to its end; 0 for a call that never began."""
    start = node._start
    return (node._end or end_of(node)) - start if start else 0


def self_ns(call: ReceiverCall) -> int:
    """A call's nanoseconds minus the time in which a dispatch nested in it ran."""
    if not call._children:
        return max(0, elapsed(call) - call._folded_ns)
    start, end = call._start, end_of(call)
    nested = (
        (max(child._start, start), min(end_of(child), end))
        for child in flat(call._children)
        if type(child) is Dispatch
    )
    return max(0, elapsed(call) - union_ns(nested) - call._folded_ns)


def union_ns(intervals: Iterable[tuple[int, int]]) -> int:
    """How long at least one of the intervals lasted; overlaps count once."""
    total = 0
    reached = 0
    for start, end in sorted(intervals):
        if end > reached:
            total += end - max(start, reached)
            reached = end
    return total
