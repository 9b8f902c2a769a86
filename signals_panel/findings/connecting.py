"""How receivers are connected, and what that leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from signals_panel.analysis import Analysis, milliseconds
from signals_panel.findings.reading import (
    is_projects,
    model_signal,
    place,
    queries_in,
    sent,
)
from signals_panel.findings.rules import TIME, WIRING, Found, rule
from signals_panel.recording import Group, OperationKey


@rule("connected-twice", TIME)
def connected_twice(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """One receiver that is called several times for each send."""
    for each in analysis.projects:
        ways = analysis.connected_twice(each.dispatch, each.call.key.receiver)
        if ways > 1:
            yield Found(
                "connected-twice",
                each.call,
                {
                    "receiver": each.call.key.receiver.text,
                    **sent(each.dispatch),
                    "ways": ways,
                    "calls": each.call.count,
                },
                saves_ms=milliseconds(each.call.ns) * (1 - 1 / ways),
            )


@rule("same-app", WIRING)
def same_app(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """Receivers of an app's own models, where they cost something: one finding for each model."""
    found: dict[str, list[Any]] = {}
    for each in analysis.projects:
        sender = each.dispatch.key.sender
        if model_signal(each.dispatch) is None or not sender:
            continue
        if not (each.call.inside is not None and each.call.inside.effects):
            continue
        name = each.call.key.receiver.text.removeprefix("partial(")
        config = apps.get_containing_app_config(name)
        if config is not None and config.label == sender.partition(".")[0]:
            found.setdefault(sender, []).append(each)
    for sender, calls in found.items():
        most = max(calls, key=lambda each: each.call.ns)
        yield Found(
            "same-app",
            most.call,
            {
                "sender": sender,
                "app": sender.partition(".")[0],
                "signal": sent(most.dispatch)["signal"],
                "receivers": list(dict.fromkeys(each.call.key.receiver.text for each in calls)),
                "ms": milliseconds(sum(each.call.ns for each in calls)),
            },
        )


@rule("connected-broadly", WIRING, 20, "calls")
def connected_broadly(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """A receiver of all senders that does nothing for so many of its calls."""
    idle: dict[Any, list[Any]] = {}
    for each in analysis.projects:
        if model_signal(each.dispatch) is None:
            continue
        ways = analysis.connections.fitting(each.dispatch, each.call.key.receiver)
        if ways and all(way.is_for_all for way in ways):
            idle.setdefault(each.call.key.receiver, []).append(each)
    for receiver, calls in idle.items():
        in_vain = [each for each in calls if _does_nothing(each.call)]
        number = sum(each.call.count for each in in_vain)
        senders = {each.dispatch.key.sender for each in in_vain}
        if number < threshold or len(senders) < 2:
            continue
        yield Found(
            "connected-broadly",
            max(in_vain, key=lambda each: each.call.count).call,
            {
                "receiver": receiver.text,
                **sent(calls[0].dispatch),
                "calls": sum(each.call.count for each in calls),
                "idle": number,
                "senders": len(senders),
                "useful_for": sorted(
                    {each.dispatch.key.sender for each in calls if not _does_nothing(each.call)}
                    - {None}
                ),
                "ms": milliseconds(sum(each.call.ns for each in in_vain)),
            },
            saves_ms=milliseconds(sum(each.call.ns for each in in_vain)),
        )


def _does_nothing(call: Group) -> bool:
    return not call.children and call.rest is None and not call.errors


@rule("bypassed", WIRING, 1, "rows")
def bypassed(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """The project's receivers that a bulk operation in its own code sent nothing to."""
    for group in analysis.tree.groups():
        if type(group.key) is not OperationKey:
            continue
        site = group.key.site
        line = site.line if site is not None else None
        if line is None or line.package is not None or group.rows < threshold:
            continue
        names = [name for name in analysis.bypassed(group) if is_projects(name)]
        if names:
            yield Found(
                "bypassed",
                group,
                {
                    "operation": group.key.name,
                    "model": group.key.model,
                    "rows": group.rows,
                    "receivers": [name.text for name in names],
                    "line": place(line),
                },
            )


@rule("weak", WIRING)
def weak(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """A receiver that nothing but a weak reference may hold."""
    told = set()
    for each in analysis.projects:
        receiver = each.call.key.receiver
        if receiver in told or "<locals>" not in receiver.text:
            continue
        ways = analysis.connections.fitting(each.dispatch, receiver)
        if ways and all(way.may_vanish for way in ways):
            told.add(receiver)
            yield Found("weak", each.call, {"receiver": receiver.text, **sent(each.dispatch)})


@rule("raw", WIRING)
def raw(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """A receiver that asks the database while a fixture is loaded."""
    for each in analysis.projects:
        sends = [
            member
            for member in each.dispatch.members or ()
            if member.said and "raw" in member.said.split(", ")
        ]
        if sends and queries_in(each.call):
            yield Found(
                "raw",
                each.call,
                {
                    "receiver": each.call.key.receiver.text,
                    **sent(each.dispatch),
                    "sends": len(sends),
                    "queries": queries_in(each.call),
                },
                saves_ms=milliseconds(each.call.ns),
            )
