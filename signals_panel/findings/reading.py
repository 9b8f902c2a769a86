"""What several rules ask of an analysis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from signals_panel.analysis import Analysis, milliseconds
from signals_panel.describe import ReceiverName, SourceLine
from signals_panel.recording import (
    CallKey,
    DeferredKey,
    EffectKey,
    EffectNode,
    Group,
    OperationKey,
)
from signals_panel.wiring import PROJECT, origin_of

PYTHON = "python"
"""Stands beside the kinds of effect, for the time that is in none of them."""

AWAY = frozenset({"mail", "http", "process"})
"""The kinds that wait for something outside of the program and its database."""

_MODEL_SIGNALS = "django.db.models.signals."
# A request for one of these changes nothing at the other end, if that keeps to the standard.
_SAFE_METHODS = ("GET ", "HEAD ", "OPTIONS ", "TRACE ")


def is_projects(receiver: ReceiverName) -> bool:
    """Whether a receiver is the project's own."""
    return origin_of(receiver) == PROJECT


def package_of(receiver: ReceiverName) -> str | None:
    """The package that a receiver came with; None for the project's own."""
    if is_projects(receiver):
        return None
    return receiver.text.removeprefix("partial(").partition(".")[0]


def model_signal(dispatch: Group) -> str | None:
    """``post_save``, if the signal is one that Django sends of models."""
    path = str(dispatch.key.signal)
    return path.removeprefix(_MODEL_SIGNALS) if path.startswith(_MODEL_SIGNALS) else None


def sent(dispatch: Group) -> dict[str, Any]:
    """The signal and the sender, for a sentence: ``post_save`` from ``shop.Product``."""
    return {
        "signal": str(dispatch.key.signal).rpartition(".")[2],
        "sender": dispatch.key.sender,
    }


def place(line: SourceLine | None) -> list[Any] | None:
    """A line of source as its path and number."""
    return None if line is None else [line.path, line.line]


def time_by_kind(group: Group) -> dict[str, float]:
    """Milliseconds of each kind of effect that a receiver or deferred work caused itself.

    What happened inside of an effect is part of it.
    """
    times: dict[str, float] = {}
    waiting = [group]
    while waiting:
        for child in waiting.pop().children.values():
            if type(child.key) is EffectKey:
                times[child.key.kind] = times.get(child.key.kind, 0.0) + milliseconds(child.ns)
            elif type(child.key) is OperationKey:
                waiting.append(child)
    return times


def time_of_its_own(call: Group) -> dict[str, float]:
    """The same with the rest, which is Python's; longest first."""
    times = time_by_kind(call)
    rest = milliseconds(call.self_ns) - sum(times.values())
    if rest > 0:
        times[PYTHON] = rest
    return dict(sorted(times.items(), key=lambda item: -item[1]))


def in_transactions(analysis: Analysis, group: Group) -> list[tuple[Any, list[Any]]]:
    """The nodes of a group that began in a transaction, with those transactions.

    One that was open before the recording is none of the request's: a test may be inside it.
    """
    transactions = analysis.tree.transactions
    if not transactions:
        return []
    found = []
    for member in group.members or ():
        opened = [each for each in transactions.around(member) if not each.was_open]
        if opened:
            found.append((member, opened))
    return found


def is_for_good(effect: Group) -> bool:
    """Whether it can't be undone: a mail that is sent, a request that changes something."""
    kind, text = effect.key.kind, effect.key.text
    return kind == "mail" or (kind == "http" and not text.startswith(_SAFE_METHODS))


def has_sql(nodes: Iterable[Any]) -> bool:
    """Whether a query is among effects, or inside of them."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if type(node) is EffectNode and node.kind == "sql":
            return True
        waiting.extend(getattr(node, "children", None) or ())
    return False


def queries_in(group: Group) -> int:
    """How many queries there are in a group, nested receivers' included."""
    return group.inside.effects.get("sql", 0) if group.inside is not None else 0


def deferred_of(call: Group) -> Iterator[Group]:
    """What receivers put off, with the calls that they did it in."""
    return (child for child in call.children.values() if type(child.key) is DeferredKey)


def calls_in(dispatch: Group) -> list[Group]:
    """The receivers that were called in a dispatch."""
    return list(dispatch.of(CallKey))


def around(group: Group, kind: type) -> Iterator[Group]:
    """The groups of one kind that a group is in, the nearest first."""
    parent = group.parent
    while parent is not None:
        if type(parent.key) is kind:
            yield parent
        parent = parent.parent
