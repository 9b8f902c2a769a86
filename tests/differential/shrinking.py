"""Making a program that fails smaller, until nothing can be taken out of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

from differential.programs import Body, Program, Statement

# What has been reached by then has to do.
_SECONDS = 30


def shrink(
    program: Program, lines: list[str], failures: Callable[[Program], list[str]]
) -> tuple[Program, list[str]]:
    """The smallest program found by greedy deletion that still fails, and its failures."""
    until = monotonic() + _SECONDS
    progress = True
    while progress:
        progress = False
        for smaller in _smaller(program):
            if monotonic() > until:
                return program, lines
            found = failures(smaller)
            if found:
                program, lines, progress = smaller, found, True
                break
    return program, lines


def _smaller(program: Program) -> Iterator[Program]:
    for index in range(len(program.receivers)):
        rest = (*program.receivers[:index], *program.receivers[index + 1 :])
        yield dataclasses.replace(program, receivers=rest)
    for name in ("after", "on_log", "on_override", "on_death", "body", "before"):
        for body in _smaller_bodies(getattr(program, name)):
            yield dataclasses.replace(program, **{name: body})
    for index, receiver in enumerate(program.receivers):
        for body in _smaller_bodies(receiver.body):
            new = dataclasses.replace(receiver, body=body)
            receivers = (*program.receivers[:index], new, *program.receivers[index + 1 :])
            yield dataclasses.replace(program, receivers=receivers)


def _smaller_bodies(body: Body) -> Iterator[Body]:
    if len(body) > 1:
        # Half of it at once.
        middle = len(body) // 2
        yield body[:middle]
        yield body[middle:]
    for index, statement in enumerate(body):
        before, after = body[:index], body[index + 1 :]
        yield (*before, *after)
        for name, inner in _bodies(statement):
            # What is inside in its place; or less inside.
            yield (*before, *inner, *after)
            for smaller in _smaller_bodies(inner):
                yield (*before, dataclasses.replace(statement, **{name: smaller}), *after)  # type: ignore[type-var] # all are dataclasses


def _bodies(statement: Statement) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(statement):  # type: ignore[arg-type]
        value = getattr(statement, field.name)
        if isinstance(value, tuple):
            yield field.name, value
