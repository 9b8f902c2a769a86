"""What receivers do when they are called: they know by their arguments where they belong."""

from __future__ import annotations

import asyncio
from typing import Any

from differential import model, mortals, pool, programs
from differential.coroutines import run_async
from differential.interpreter import run_sync
from differential.programs import Receiver
from differential.querying import query
from differential.sending import Sent
from differential.words import words
from differential.world import Env, Here


def hear(spec: Receiver, sent: Sent, signal: Any, sender: Any, value: Any) -> Any:
    """What a sync receiver does."""
    call = sent.begin_call(spec)
    env = _env_of(spec, sent, call).sync()
    _log_call(env, spec, signal, sender, value)
    with Here(env):
        try:
            run_sync(spec.body if env.world.may_run() else (), env)
        except BaseException as error:
            if call is not None:
                call.fail(error)
            error.fuzz_sent = sent  # type: ignore[attr-defined] # for who logs it
            raise
    if call is not None:
        call.is_finished = True
    return _response(env, spec)


async def ahear(
    spec: Receiver,
    sent: Sent,
    signal: Any,
    sender: Any,
    value: Any,
    eager: tuple[model.Call | None] | None = None,
) -> Any:
    """What an async receiver does."""
    call = sent.begin_call(spec) if eager is None else eager[0]
    if call is not None:
        call.has_begun = True
    env = _env_of(spec, sent, call)
    if env.nursery is not None and env.nursery.loop is not asyncio.get_running_loop():
        env = env.sync()
    _log_call(env, spec, signal, sender, value)
    try:
        await run_async(spec.body if env.world.may_run() else (), env)
    except BaseException as error:
        if call is not None:
            call.fail(error)
        error.fuzz_sent = sent  # type: ignore[attr-defined]
        raise
    if call is not None:
        call.is_finished = True
    return _response(env, spec)


def hear_eagerly(spec: Receiver, sent: Sent, signal: Any, sender: Any, value: Any) -> Any:
    """Begin at once, and go on when awaited."""
    call = sent.begin_call(spec)
    env = _env_of(spec, sent, call).sync()
    env.log("begins", spec.name)
    query(programs.Query("one", 1000), env)
    return ahear(spec, sent, signal, sender, value, (call,))


def _env_of(spec: Receiver, sent: Sent, call: model.Call | None) -> Env:
    env = sent.env
    return env.at(
        place=call,
        depth=env.depth + 1,
        trail=spec.name,
        is_alone=env.is_alone and not spec.is_async,
    )


def _log_call(env: Env, spec: Receiver, signal: Any, sender: Any, value: Any) -> None:
    names = [
        next((name for name, known in known_by.items() if known is found), repr(found))
        for known_by, found in ((pool.SIGNALS, signal), (pool.SENDERS, sender))
    ]
    env.log("called", spec.name, *names, words(value))


def _response(env: Env, spec: Receiver) -> Any:
    if spec.returns == "fresh":
        return mortals.fresh(env)
    return pool.VALUES[spec.returns]
