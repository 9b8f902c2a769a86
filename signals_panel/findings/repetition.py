"""What is done again and again: the same statement, the same receiver, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import DO_NOTHING
from django.db.models.deletion import get_candidate_relations_to_delete

from signals_panel.analysis import Analysis, milliseconds
from signals_panel.findings.reading import (
    around,
    calls_in,
    is_projects,
    model_signal,
    package_of,
    queries_in,
    sent,
)
from signals_panel.findings.rules import TIME, Found, rule
from signals_panel.recording import DispatchKey, Group, OperationKey

# Once per send it has to be so many times as often to be worth a word.
_MORE_SENDS = 2
_PARTS_OF_A_TRANSACTION = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")
_FEWEST_RECEIVERS = 3


@rule("repeated", TIME, 5, "times")
def repeated(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """The same effect so often in one call, or twice as often once per send."""
    for each in analysis.receivers:
        effects = [
            effect
            for effect in each.effects
            if effect.key.kind != "transaction"
            and not effect.key.text.startswith(_PARTS_OF_A_TRANSACTION)
        ]
        calls = each.call.count
        found = [
            effect for effect in effects if effect.count >= threshold * min(calls, _MORE_SENDS)
        ]
        if not found:
            continue
        worst = max(found, key=lambda effect: (effect.ns, effect.count))
        is_once_per_send = worst.count < threshold * calls
        # One for each call would be left, or one for all of them.
        left = 1 if is_once_per_send else calls
        yield Found(
            "repeated",
            each.call,
            {
                "receiver": each.call.key.receiver.text,
                "package": package_of(each.call.key.receiver),
                **sent(each.dispatch),
                "kind": worst.key.kind,
                "text": worst.key.text[:200],
                "times": worst.count,
                "calls": calls,
                "is_once_per_send": is_once_per_send,
                "ms": milliseconds(worst.ns),
            },
            saves_ms=milliseconds(worst.ns) * (1 - left / worst.count),
        )


@rule("per-object", TIME, 10, "queries")
def per_object(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """So many queries for each object saved, in several receivers."""
    for operation in analysis.tree.groups():
        if type(operation.key) is not OperationKey or operation.key.name != "save":
            continue
        calls = [
            call
            for dispatch in operation.of(DispatchKey)
            for call in calls_in(dispatch)
            if is_projects(call.key.receiver)
        ]
        queries = sum(map(queries_in, calls)) / operation.count
        if len(calls) >= _FEWEST_RECEIVERS and queries >= threshold:
            ms = sum(milliseconds(call.ns) for call in calls)
            yield Found(
                "per-object",
                operation,
                {
                    "sender": operation.key.model,
                    "saves": operation.count,
                    "queries": queries,
                    "number": len(calls),
                    "receivers": list(dict.fromkeys(call.key.receiver.text for call in calls)),
                    "ms": ms,
                },
            )


@rule("recursion", TIME)
def recursion(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """A receiver that saves the very object whose saving it was called for."""
    told = set()
    for each in analysis.receivers:
        if not each.is_nested or not is_projects(each.call.key.receiver):
            continue
        outer = _same_around(each.dispatch, each.call)
        if not outer or not _is_about_the_same(each.dispatch, outer[0]):
            continue
        receiver = each.call.key.receiver
        if receiver in told:
            continue
        told.add(receiver)
        deepest = _depth(each.call)
        top = outer[-1]
        yield Found(
            "recursion",
            next(call for call in calls_in(top) if call.key.receiver is receiver),
            {
                "receiver": receiver.text,
                **sent(each.dispatch),
                "depth": len(outer) + deepest,
                "error": each.call.error,
            },
            saves_ms=milliseconds(each.dispatch.ns),
        )


def _same_around(dispatch: Group, call: Group) -> list[Group]:
    """The dispatches around one of the same signal and sender, that called the same receiver."""
    return [
        outer
        for outer in around(dispatch, DispatchKey)
        if (outer.key.signal, outer.key.sender) == (dispatch.key.signal, dispatch.key.sender)
        and any(other.key.receiver is call.key.receiver for other in calls_in(outer))
    ]


def _is_about_the_same(dispatch: Group, outer: Group) -> bool:
    """Whether an object that was sent is the one around it: a tree saves others of its kind."""
    keys = {member.key for member in outer.members or () if member.key is not None}
    return any(member.key in keys for member in dispatch.members or ())


def _depth(call: Group) -> int:
    """How often a receiver is called in its own call, each in the last."""
    depth, inside = 1, [call]
    while inside:
        inside = [
            other
            for each in inside
            for dispatch in each.under(DispatchKey)
            for other in calls_in(dispatch)
            if other.key.receiver is call.key.receiver
        ]
        depth += bool(inside)
    return depth


@rule("slow-delete", TIME, 10, "rows")
def slow_delete(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """So many rows that were loaded one by one, since somebody listens to their deletion."""
    for dispatch in analysis.tree.dispatches():
        if model_signal(dispatch) != "post_delete" or dispatch.count < threshold:
            continue
        operation = next(around(dispatch, OperationKey), None)
        if operation is None or operation.key.name != "delete":
            continue
        calls = [call for call in calls_in(dispatch) if is_projects(call.key.receiver)]
        # Of single deletes each loads its own.
        each_time = dispatch.count / max(1, operation.count)
        if calls and each_time >= threshold and _could_be_fast(dispatch.key.sender):
            yield Found(
                "slow-delete",
                dispatch,
                {
                    "sender": dispatch.key.sender,
                    "rows": dispatch.count,
                    "receivers": [call.key.receiver.text for call in calls],
                    "deleted": operation.key.model,
                    "ms": milliseconds(operation.ns),
                },
                saves_ms=milliseconds(operation.ns),
            )


def _could_be_fast(label: str | None) -> bool:
    """Whether Django would delete a model's rows in one statement if nobody listened.

    As ``Collector.can_fast_delete`` has it: there is nothing to be deleted because of them.
    """
    try:
        options: Any = apps.get_model(label or "")._meta
    except (LookupError, ValueError):
        return False
    relations: Any = get_candidate_relations_to_delete(options)
    return (
        not options.concrete_model._meta.parents
        and all(related.field.remote_field.on_delete is DO_NOTHING for related in relations)
        and not any(hasattr(field, "bulk_related_objects") for field in options.private_fields)
    )
