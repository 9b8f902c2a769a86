"""Runs the statements of a program, notes what can be observed, and builds the model.

A plain and a recorded run go the same way. Nothing keeps an exception in a variable: what its
frames hold would live on.
"""

from __future__ import annotations

import asyncio
import builtins
from typing import Any

from differential import pool
from differential.programs import Body, Statement
from differential.words import error_words
from differential.world import Env, Here

# What ``Try`` catches; a cancellation is none of it.
CATCHABLE: Any = (
    Exception,
    pool.FuzzExit,
    getattr(builtins, "BaseExceptionGroup", Exception),
)


_HANDLERS: dict[type, Any] = {}


def handles(kind: type[Statement]) -> Any:
    """Register what runs a kind of statement."""

    def register(handler: Any) -> Any:
        _HANDLERS[kind] = handler
        return handler

    return register


def run_sync(body: Body, env: Env) -> None:
    """Run statements in sync code."""
    for statement in body:
        handler = _HANDLERS.get(type(statement))
        if handler is not None:
            handler(statement, env)


def run_apart(body: Body, env: Env) -> None:
    """Run statements whose exceptions go nowhere: in finalizers, threads and logging."""
    with Here(env):
        try:
            run_sync(body, env)
        except BaseException as error:  # noqa: BLE001 - it would not be told to anyone
            env.log("ended by", error_words(error))


def in_loop() -> bool:
    """Whether this code runs in the thread of an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
