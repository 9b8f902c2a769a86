"""Operations, dispatches, receiver calls and deferred work, as users read them."""

from __future__ import annotations

from signals_panel.describe import SourceLine
from signals_panel.recording import (
    DEFERRED_APART,
    CallNode,
    DeferredNode,
    DispatchNode,
    EffectNode,
    OperationNode,
    Scope,
    aliases_around,
    calls_of,
    caused_by,
    elapsed,
    is_concurrent,
    rolled_back_around,
    self_ns,
)
from signals_panel.results.effects import Effect, Query, effect_of
from signals_panel.results.views import NS_PER_MS, View, line_of, via_of


class Operation(View[OperationNode]):
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
        return line_of(self._node.site)

    @property
    def via(self) -> list[SourceLine]:
        """The lines on the way that only delegated, innermost first."""
        return via_of(self._node.site)

    @property
    def error(self) -> str | None:
        """The exception it ended with, as ``"IntegrityError: ..."``, or None."""
        return self._node.error

    @property
    def duration_ms(self) -> float:
        """Milliseconds from its beginning to its end, receivers included."""
        return elapsed(self._node) / NS_PER_MS

    @property
    def self_ms(self) -> float:
        """Milliseconds without the dispatches in it."""
        return self_ns(self._node) / NS_PER_MS

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


class Deferred(View[DeferredNode]):
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
        return elapsed(self._node) / NS_PER_MS

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


class Dispatch(View[DispatchNode]):
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
        return line_of(self._node.site)

    @property
    def via(self) -> list[SourceLine]:
        """The lines between the send and ``sent_from`` that only delegated, innermost first.

        Such as ``super().save(*args, **kwargs)`` in a base class.
        """
        return via_of(self._node.site)

    @property
    def duration_ms(self) -> float:
        """Milliseconds from the call of ``send`` to its return; up to now while it runs."""
        return elapsed(self._node) / NS_PER_MS

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


class ReceiverCall(View[CallNode]):
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
        return elapsed(self._node) / NS_PER_MS

    @property
    def self_ms(self) -> float:
        """Milliseconds of its own: the duration without the dispatches nested in it."""
        return self_ns(self._node) / NS_PER_MS

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
    return [effect_of(child) for child in children if type(child) is EffectNode]


def _dispatches_of(node: CallNode | Scope) -> list[Dispatch]:
    children = caused_by(node, closed=DEFERRED_APART)
    return [Dispatch(child) for child in children if type(child) is DispatchNode]
