"""What users read of a recording: made of its nodes when asked for, and read-only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from signals_panel.describe import CallSite, SourceLine, shown_params
from signals_panel.recording import (
    DEFERRED_APART,
    CallNode,
    DeferredNode,
    DispatchNode,
    EffectNode,
    OperationNode,
    Root,
    Scope,
    aliases_around,
    all_deferred,
    calls_of,
    caused_by,
    elapsed,
    is_concurrent,
    operations_in,
    rolled_back_around,
    self_ns,
    sums,
    walk,
    with_blocks,
)

N = TypeVar("N", bound="Root | DispatchNode | CallNode | EffectNode | OperationNode | DeferredNode")

SQL = "sql"
_NS_PER_MS = 1_000_000


class _View(Generic[N]):
    """A node to be read; two views of one node are equal."""

    __slots__ = ("__weakref__", "_node")

    def __init__(self, node: N) -> None:
        self._node = node

    def __eq__(self, other: object) -> bool:
        # A node is in one recording only, so that its identity is all there is to compare.
        return isinstance(other, _View) and self._node is node_of(other)

    def __hash__(self) -> int:
        return hash(self._node)


def _line_of(site: CallSite | None) -> SourceLine | None:
    return site.line if site is not None else None


def _via_of(site: CallSite | None) -> list[SourceLine]:
    return site.via_lines if site is not None else []


def node_of(view: _View[N]) -> N:
    """The node that a view shows."""
    return view._node  # noqa: SLF001 - the one door to it


class Effect(_View[EffectNode]):
    """Something that the program caused beyond its own Python."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        """What sort of effect it is: ``"sql"``, ``"cache"``, or one of the project's own."""
        return self._node.kind

    @property
    def text(self) -> str:
        """What happened, in a few words; of SQL, the statement."""
        return self._node.text

    @property
    def alias(self) -> str:
        """Which of the project's databases, caches and so on it was; empty where there is one."""
        return self._node.alias

    @property
    def result(self) -> str | None:
        """What came of it in a word, such as ``"hit"``; None where there is nothing to tell."""
        return self._node.result

    @property
    def error(self) -> str | None:
        """The exception it raised, as ``"IntegrityError: ..."``, or None."""
        return self._node.error

    @property
    def duration_ms(self) -> float:
        """Milliseconds that it took, those of what happened inside of it included."""
        return elapsed(self._node) / _NS_PER_MS

    @property
    def atomic(self) -> tuple[str, ...]:
        """The databases in whose transaction it began."""
        return aliases_around(self._node)

    @property
    def is_rolled_back(self) -> bool:
        """Whether it is a query that a rollback has undone."""
        return self.kind == SQL and self.alias in rolled_back_around(self._node)

    def __repr__(self) -> str:
        return f"<Effect {self.kind}: {self.text}>"


class Query(Effect):
    """One statement sent to a database."""

    __slots__ = ()

    @property
    def sql(self) -> str:
        """The statement as given to the cursor, with placeholders; long ones are cut."""
        return self._node.text

    @property
    def params(self) -> Any:
        """The parameters as plain JSON values; for ``executemany`` a list of the first rows."""
        return shown_params(self._node.data)

    @property
    def many(self) -> bool:
        """Whether this was ``executemany``."""
        return bool(self._node.note)

    def __repr__(self) -> str:
        return f"<Query {self.sql!r} on {self.alias!r}>"


class Operation(_View[OperationNode]):
    """What the program asked of a model or a queryset in one go, such as ``product.save()``."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        """``save``, ``delete``, ``m2m``, ``update``, ``bulk_create`` or ``bulk_update``.

        ``collect`` is what comes before a delete, where nothing has been deleted then, and
        ``raw delete`` a delete without it.
        """
        return self._node.name

    @property
    def model(self) -> str:
        """The model's label."""
        return self._node.model

    @property
    def rows(self) -> int | None:
        """How many rows of the database it was about; None where that isn't known."""
        return self._node.rows

    @property
    def note(self) -> str:
        """What else is known in a word: ``created`` or ``changed``, ``add`` or ``remove``."""
        return self._node.note

    @property
    def sent_from(self) -> SourceLine | None:
        """The line that asked for it; see ``Dispatch.sent_from``."""
        return _line_of(self._node.site)

    @property
    def via(self) -> list[SourceLine]:
        """The lines on the way that only delegated, innermost first."""
        return _via_of(self._node.site)

    @property
    def error(self) -> str | None:
        """The exception it ended with, as ``"IntegrityError: ..."``, or None."""
        return self._node.error

    @property
    def duration_ms(self) -> float:
        """Milliseconds from its beginning to its end, receivers included."""
        return elapsed(self._node) / _NS_PER_MS

    @property
    def self_ms(self) -> float:
        """Milliseconds without the dispatches in it."""
        return self_ns(self._node) / _NS_PER_MS

    @property
    def effects(self) -> list[Effect]:
        """What it caused itself, in order, such as its ``INSERT``; receivers have their own."""
        return _effects_of(self._node)

    @property
    def dispatches(self) -> list[Dispatch]:
        """The dispatches it sent that were heard, in the order fired."""
        return _dispatches_of(self._node)

    def __repr__(self) -> str:
        return f"<Operation {self.kind} of {self.model}>"


class Deferred(_View[DeferredNode]):
    """What was put off with ``transaction.on_commit``."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The dotted path of the function."""
        return self._node.words.text

    @property
    def defined_at(self) -> SourceLine | None:
        """The line of its ``def``; None for a callable without Python code."""
        return self._node.words.defined_at

    @property
    def alias(self) -> str:
        """The database whose commit it waited for."""
        return self._node.alias

    @property
    def ran(self) -> bool:
        """Whether it was run in this recording."""
        return bool(self._node.start)

    @property
    def fate(self) -> str | None:
        """``ran``, ``rolled back``, or ``dropped`` because an earlier one raised.

        None if its transaction was still open when the recording ended.
        """
        return self._node.fate

    @property
    def reason(self) -> str:
        """The exception that its transaction was rolled back for, or that an earlier one raised."""
        return self._node.reason

    @property
    def error(self) -> str | None:
        """The exception it raised, as ``"ValueError: no stock"``, or None."""
        return self._node.error

    @property
    def duration_ms(self) -> float:
        """Milliseconds that it took; 0 if it didn't run. In no receiver's time."""
        return elapsed(self._node) / _NS_PER_MS

    @property
    def effects(self) -> list[Effect]:
        """What it caused itself, in order; receivers in it have their own."""
        return _effects_of(self._node)

    @property
    def dispatches(self) -> list[Dispatch]:
        """The dispatches it caused, in the order fired."""
        return _dispatches_of(self._node)

    def __repr__(self) -> str:
        return f"<Deferred {self.name}>"


class Dispatch(_View[DispatchNode]):
    """One send of one signal that at least one receiver heard."""

    __slots__ = ()

    @property
    def signal(self) -> str:
        """The signal's dotted path, where it is defined."""
        return str(self._node.signal)

    @property
    def sender(self) -> str | None:
        """A model's label, another class's or function's dotted path, an instance's class."""
        return self._node.sender

    @property
    def method(self) -> str:
        """``send``, ``send_robust``, ``asend`` or ``asend_robust``.

        Of a signal's class with methods of its own, the name of the one that called the
        receivers.
        """
        return self._node.method

    @property
    def said(self) -> str:
        """What the sender of a model's signal says of it; empty where there is nothing to tell.

        ``created``, ``raw``, ``only: price, stock`` (its ``update_fields``), ``using replica``,
        or ``post_add, 3 keys``.
        """
        return self._node.said

    @property
    def arguments(self) -> dict[str, str] | None:
        """The send's keyword arguments by name: their types, and primary keys of models.

        None unless the setting ``SHOW_ARGUMENTS`` asks for them.
        """
        arguments = self._node.arguments
        return None if arguments is None else dict(arguments)

    @property
    def sent_from(self) -> SourceLine | None:
        """The line that a developer would name as the one that sent it.

        The nearest one of the project's code that does more than delegate or pass a request
        on. Without one, the nearest of an installed package, which its ``package`` names; None
        where only Django's own code led to it.
        """
        return _line_of(self._node.site)

    @property
    def via(self) -> list[SourceLine]:
        """The lines between the send and ``sent_from`` that only delegated, innermost first.

        Such as ``super().save(*args, **kwargs)`` in a base class.
        """
        return _via_of(self._node.site)

    @property
    def duration_ms(self) -> float:
        """Milliseconds from the call of ``send`` to its return; up to now while it runs."""
        return elapsed(self._node) / _NS_PER_MS

    @property
    def calls(self) -> list[ReceiverCall]:
        """The receivers that ran, in the order they were called."""
        return [ReceiverCall(call) for call in calls_of(self._node)]

    @property
    def is_concurrent(self) -> bool:
        """Whether receivers overlapped; then their times don't add up to the dispatch's."""
        return is_concurrent(self._node)

    @property
    def atomic(self) -> tuple[str, ...]:
        """The databases in whose transaction it began."""
        return aliases_around(self._node)

    @property
    def rolled_back(self) -> tuple[str, ...]:
        """Those of them that undid what it did in them."""
        return rolled_back_around(self._node)

    def __repr__(self) -> str:
        return f"<Dispatch of {self.signal} from {self.sender}>"


class ReceiverCall(_View[CallNode]):
    """One receiver running inside one dispatch."""

    __slots__ = ()

    @property
    def receiver(self) -> str:
        """The receiver's dotted path."""
        return self._node.receiver.text

    @property
    def defined_at(self) -> SourceLine | None:
        """The line of the receiver's ``def``; None for a callable without Python code."""
        return self._node.receiver.defined_at

    @property
    def is_async(self) -> bool:
        """Whether the receiver was awaited."""
        return self._node.is_async

    @property
    def error(self) -> str | None:
        """The exception it raised, as ``"ValueError: no stock"``, or None."""
        return self._node.error

    @property
    def duration_ms(self) -> float:
        """Milliseconds from the receiver's first step to its last, nested work included.

        For an async receiver this includes the time it waited. Up to now while it runs.
        """
        return elapsed(self._node) / _NS_PER_MS

    @property
    def self_ms(self) -> float:
        """Milliseconds of its own: the duration without the dispatches nested in it."""
        return self_ns(self._node) / _NS_PER_MS

    @property
    def traceback(self) -> list[SourceLine]:
        """The lines its exception came through, from the receiver inwards."""
        failure = self._node.failure
        return [place.source_line for place in failure.traceback] if failure else []

    @property
    def is_finished(self) -> bool:
        """Whether it has returned or raised; an async receiver can outlive its dispatch."""
        return bool(self._node.end)

    @property
    def effects(self) -> list[Effect]:
        """What it caused itself, in order; nested receivers have their own.

        What happened inside of an effect, such as the query of a cache in the database, follows
        it.
        """
        return _effects_of(self._node)

    @property
    def queries(self) -> list[Query]:
        """The queries it issued itself, in order; nested receivers have their own."""
        return [effect for effect in self.effects if isinstance(effect, Query)]

    @property
    def dispatches(self) -> list[Dispatch]:
        """The dispatches it caused, in the order fired."""
        return _dispatches_of(self._node)

    @property
    def deferred(self) -> list[Deferred]:
        """What it put off until a transaction is committed, in order."""
        return [Deferred(node) for node in self._node.deferred or ()]

    @property
    def atomic(self) -> tuple[str, ...]:
        """The databases in whose transaction it began."""
        return aliases_around(self._node)

    @property
    def rolled_back(self) -> tuple[str, ...]:
        """Those of them that undid what it did in them."""
        return rolled_back_around(self._node)

    def __repr__(self) -> str:
        return f"<ReceiverCall of {self.receiver}>"


def _effects_of(node: CallNode | Scope) -> list[Effect]:
    children = caused_by(node, closed=DEFERRED_APART)
    return [_effect(child) for child in children if type(child) is EffectNode]


def _dispatches_of(node: CallNode | Scope) -> list[Dispatch]:
    children = caused_by(node, closed=DEFERRED_APART)
    return [Dispatch(child) for child in children if type(child) is DispatchNode]


def _effect(node: EffectNode) -> Effect:
    return Query(node) if node.kind == SQL else Effect(node)


class Totals(NamedTuple):
    """What a recording adds up to. Times are in milliseconds."""

    dispatches: int
    """Dispatches that a receiver heard, nested ones included."""
    calls: int
    """Receiver calls."""
    unheard: int
    """Dispatches that no receiver heard."""
    queries: int
    """Queries issued by receivers."""
    all_queries: int
    """All queries, inside and outside of receivers."""
    receiver_ms: float
    """Time during which at least one receiver was running."""
    duration_ms: float
    """The program's time from the recording's start to its end, or to now."""
    toolbar_ms: float = 0.0
    """Time that Django Debug Toolbar's own panels took meanwhile; in none of the others."""
    effects: Mapping[str, int] = MappingProxyType({})
    """What receivers caused: how many effects of each kind, such as ``{"sql": 2, "cache": 1}``."""
    all_effects: Mapping[str, int] = MappingProxyType({})
    """The same, inside and outside of receivers."""


def totals_of(root: Root) -> Totals:
    """The totals of a recording's root."""
    inside = sums.in_receivers(root)
    everywhere = dict(inside.effects)
    for kind, number in sums.outside_receivers(root).items():
        everywhere[kind] = everywhere.get(kind, 0) + number
    return Totals(
        dispatches=inside.dispatches,
        calls=inside.calls,
        unheard=sum(sums.unheard(root).values()),
        queries=inside.effects.get(SQL, 0),
        all_queries=everywhere.get(SQL, 0),
        receiver_ms=sums.receiver_ns(root) / _NS_PER_MS,
        duration_ms=sums.duration_ns(root) / _NS_PER_MS,
        toolbar_ms=sums.toolbar_ns(root) / _NS_PER_MS,
        effects=inside.effects,
        all_effects=everywhere,
    )


class Folded(NamedTuple):
    """How much of a recording isn't kept one by one."""

    dispatches: int
    calls: int
    queries: int


class Recording(_View[Root]):
    """All that was captured for one request or one ``record_signals()`` block."""

    __slots__ = ()

    @property
    def dispatches(self) -> list[Dispatch]:
        """The outermost dispatches that were heard, in the order fired."""
        return [Dispatch(child) for child in caused_by(self._node) if type(child) is DispatchNode]

    def walk(self) -> Iterator[Dispatch]:
        """Every dispatch that was heard and kept, depth first, in the order fired."""
        return map(Dispatch, walk(self._node))

    @property
    def operations(self) -> list[Operation]:
        """What was asked of models and querysets, wherever it was, in the order begun."""
        return [Operation(node) for node in operations_in(self._node)]

    @property
    def deferred(self) -> list[Deferred]:
        """What was put off until a transaction is committed, by receivers or others."""
        return [Deferred(node) for node in all_deferred(self._node)]

    @property
    def unheard(self) -> dict[tuple[str, str | None], int]:
        """How often each signal was sent by each sender with no receiver to hear it."""
        return sums.unheard(self._node)

    @property
    def totals(self) -> Totals:
        """Exact sums over everything, what is not kept in detail included."""
        return totals_of(self._node)

    @property
    def folded(self) -> Folded:
        """How much of ``totals`` the limit ``MAX_KEPT`` kept out of ``walk()``."""
        dispatches = list(self.walk())
        calls = [call for dispatch in dispatches for call in dispatch.calls]
        queries = sum(len(call.queries) for call in calls)
        totals = self.totals
        return Folded(
            totals.dispatches - len(dispatches),
            totals.calls - len(calls),
            totals.queries - queries,
        )

    @property
    def unrecorded(self) -> dict[tuple[str, str], int]:
        """How many sends couldn't be recorded, by the signal's path and the reason."""
        return sums.unrecorded(self._node)

    @property
    def bulk_operations(self) -> list[tuple[str, str]]:
        """The bulk operations that ran, and their models: they send no signals for the rows."""
        found: dict[tuple[str, str], None] = {}
        for root in with_blocks(self._node):
            found.update(root.bulk)
        return list(found)

    @property
    def faults(self) -> list[str]:
        """What went wrong in the recorder itself; the observed program went on without it."""
        return [fault for root in with_blocks(self._node) for fault in root.faults]

    def __repr__(self) -> str:
        totals = self.totals
        return (
            f"<Recording: {totals.dispatches} dispatches, {totals.calls} calls, "
            f"{totals.queries} queries in receivers>"
        )
