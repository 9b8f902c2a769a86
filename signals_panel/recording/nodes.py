"""The cascade while it is being recorded: dispatch → receiver call → queries and dispatches.

The hot path fills the underscored slots with what it has at hand: clock readings in
nanoseconds, words from ``describe``. The properties make of them what people read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Union

from signals_panel.describe import (
    CallSite,
    Place,
    ReceiverName,
    SignalName,
    SourceLine,
    Stack,
    shown_params,
)
from signals_panel.recording.toolbar_time import union_ns

if TYPE_CHECKING:
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
        "_around",
        "_children",
        "_end",
        "_folded",
        "_key",
        "_root",
        "_sender",
        "_sending",
        "_signal",
        "_site",
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
        self._around = parent
        self._root: Recording = parent._root
        self._signal = signal
        self._sender = sender
        self.method = method
        """``send``, ``send_robust``, ``asend`` or ``asend_robust``; of a signal's class with
        methods of its own, the name of the one that called the receivers."""
        # While it runs, what the probe knows of it: whom the look-up of its receivers is for.
        self._sending: Any = None
        # None until a receiver was found.
        self._children: list[Child] | None = None
        # What it is added up in, when it isn't kept.
        self._folded: FoldedDispatch | None = None
        self._site: CallSite | None = None
        # Only the first of its kind from each call site has one: the others came the same way.
        self._stack: Stack | None = None
        # The primary key of the instance it is about, if it is about one.
        self._key: Any = None
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
        """The line that a developer would name as the one that sent it.

        The nearest one of the project's code that does more than delegate or pass a request
        on. Without one, the nearest of an installed package, which its ``package`` names; None
        where only Django's own code led to it.
        """
        return self._site.line if self._site is not None else None

    @property
    def via(self) -> list[SourceLine]:
        """The lines between the send and ``sent_from`` that only delegated, innermost first.

        Such as ``super().save(*args, **kwargs)`` in a base class.
        """
        return self._site.via_lines if self._site is not None else []

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
        "_around",
        "_children",
        "_end",
        "_failure",
        "_folded_ns",
        "_overflow",
        "_receiver",
        "_root",
        "_start",
        "error",
        "is_async",
    )

    def __init__(self, dispatch: Dispatch, receiver: ReceiverName, is_async: bool) -> None:
        self._around = dispatch
        self._root: Recording = dispatch._root
        self._receiver = receiver
        self.is_async = is_async
        """Whether the receiver was awaited."""
        self.error: str | None = None
        """The exception it raised, as ``"ValueError: no stock"``, or None."""
        self._failure: Failure | None = None
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
        return [place.source_line for place in self._failure.traceback] if self._failure else []

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


# What became of an exception that a receiver raised.
PASSED_ON = "passed on"
"""It left the send; the recording doesn't say what happened to it then."""
SWALLOWED = "swallowed"
"""The method that sent the signal caught it, as ``send_robust`` does."""
CAUGHT = "caught"
"""It left the send, and was caught by the code around it."""
ENDED = "ended"
"""It ended the view or middleware that it happened in, or the block that records."""


class Failure:
    """What is known of an exception that a receiver raised. The exception isn't kept alive."""

    __slots__ = ("exception_id", "fate", "is_nested", "not_called", "text", "traceback")

    def __init__(self, error: BaseException, text: str, traceback: list[Place]) -> None:
        # Together with the text it tells the exception while it is on its way.
        self.exception_id = id(error)
        self.text = text
        self.traceback = traceback
        self.fate = PASSED_ON
        # It came out of a dispatch nested in the receiver: another one had raised it.
        self.is_nested = False
        # The receivers that would have come after this one.
        self.not_called: list[ReceiverName] = []

    def is_of(self, error: BaseException, text: str) -> bool:
        """Whether it was this exception."""
        return self.exception_id == id(error) and self.text == text


def add_child(parent: Recording | ReceiverCall, child: Child) -> None:
    """Append to a parent that may not have had a child before."""
    if parent._children is None:
        parent._children = []
    parent._children.append(child)


def flat(children: Iterable[Child] | None) -> Iterator[Child]:
    """Children with those of nested recordings in their place."""
    # Blocks can be nested deeper than Python's stack.
    waiting = [iter(children or ())]
    while waiting:
        for child in waiting[-1]:
            if not isinstance(child, (Dispatch, ReceiverCall, Query)):
                waiting.append(iter(child._children))
                break
            yield child
        else:
            waiting.pop()


def overflows(node: Recording | ReceiverCall) -> Iterator[Fold]:
    """What a limit folded under a node, and under blocks nested directly in it."""
    if isinstance(node, ReceiverCall) and node._overflow is not None:
        yield node._overflow
    for recording in blocks_at(node):
        yield from list(recording._overflows.values())


def blocks_at(node: Recording | ReceiverCall) -> Iterator[Recording]:
    """A recording and the blocks nested directly in it, or those in a call."""
    waiting: list[Any] = [node]
    while waiting:
        nested = waiting.pop()
        if not isinstance(nested, ReceiverCall):
            yield nested
        waiting.extend(
            child
            for child in reversed(nested._children or ())
            if not isinstance(child, (Dispatch, ReceiverCall, Query))
        )


def end_of(node: Dispatch | ReceiverCall) -> int:
    """When it ended; for what still runs, the recording's end, or now."""
    return node._end or max(node._start, node._root.end_ns())


def elapsed(node: Dispatch | ReceiverCall) -> int:
    """Nanoseconds from its start to its end, without the toolbar's own work in between.

    0 for a call that never began.
    """
    start = node._start
    if not start:
        return 0
    ns = (node._end or end_of(node)) - start
    toolbar = node._root._budget.toolbar
    return ns if toolbar.is_empty else max(0, ns - toolbar.of(node))


def self_ns(call: ReceiverCall) -> int:
    """A call's nanoseconds minus the time in which a dispatch nested in it ran."""
    if not call._children:
        return max(0, elapsed(call) - call._folded_ns)
    start, end = call._start, end_of(call)
    nested = [child for child in flat(call._children) if type(child) is Dispatch]
    nested_ns = union_ns((max(child._start, start), min(end_of(child), end)) for child in nested)
    # The toolbar's work in them is in the union, and no longer in what has elapsed.
    nested_ns -= sum(child._root._budget.toolbar.of(child) for child in nested)
    return max(0, elapsed(call) - max(0, nested_ns) - call._folded_ns)
