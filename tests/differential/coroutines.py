"""The same for async code: tasks, cancellation, and hops to other threads."""

from __future__ import annotations

import asyncio
from typing import Any

from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async

from differential import model, pool, programs
from differential.interpreter import CATCHABLE, handles, in_loop, run_sync
from differential.programs import Body
from differential.sending import Sent, send
from differential.words import error_words, words
from differential.world import (
    SHARES_CONTEXT,
    Env,
    Nursery,
    Recorded,
    Scope,
)


async def run_async(body: Body, env: Env) -> None:
    """Run statements in async code."""
    for statement in body:
        handler = _HANDLERS.get(type(statement))
        if handler is None:
            run_sync((statement,), env)
        else:
            await handler(statement, env)


@handles(programs.Loop)
def _loop(statement: programs.Loop, env: Env) -> None:
    """An event loop, until everything in it is done."""
    program = env.world.program
    if in_loop() or program.profile == "sync" or not (env.may_bridge or program.profile == "loop"):
        return
    may_hop = program.may_hop

    async def main() -> None:
        nursery = Nursery()
        inside = env.at(scope=None, nursery=nursery, trail="loop", is_alone=False)
        inside.may_bridge = env.may_bridge and program.is_ordered
        try:
            await run_async(statement.body, inside)
        finally:
            while nursery.tasks:
                (outcome,) = await asyncio.gather(nursery.tasks.pop(0), return_exceptions=True)
                inside.log("spawned", words(outcome))
            if program.profile == "loop":
                await _cancel_rest()

    async def in_a_request() -> None:
        async with ThreadSensitiveContext():
            await main()

    if statement.how == "bridge" and may_hop:
        async_to_sync(main)()
    else:
        asyncio.run(in_a_request() if may_hop else main())


async def _cancel_rest() -> None:
    """Cancel what still runs, in the order it began: asyncio would do it in any order."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in sorted(tasks, key=lambda task: int(task.get_name().partition("-")[2])):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _send(statement: programs.Send, env: Env) -> None:
    world = env.world
    sync, _ = world.connections.heard_by(statement.signal, statement.sender)
    would_hop = bool(sync) and (statement.signal != "own" or statement.how == "asend_robust")
    if not statement.how.startswith("a") or (would_hop and not world.program.may_hop):
        send(statement, env)
        return
    if not world.may_send(env):
        return
    signal = pool.SIGNALS[statement.signal]
    sender = pool.SENDERS[statement.sender]
    sent = Sent(env, statement, statement.how)
    try:
        value = pool.VALUES.get(statement.value)
        result = await getattr(signal, statement.how)(sender, via=sent, value=value)
    except BaseException as error:
        sent.end()
        env.log("send raised", error_words(error))
        raise
    sent.end()
    env.log("sent", statement.how, words(result))


async def _try(statement: programs.Try, env: Env) -> None:
    try:
        await run_async(statement.body, env)
    except CATCHABLE as error:
        env.log("caught", error_words(error))


async def _finally(statement: programs.Finally, env: Env) -> None:
    try:
        await run_async(statement.body, env)
    finally:
        env.log("finally")
        await run_async(statement.final, env)


async def _block(statement: programs.Block, env: Env) -> None:
    if SHARES_CONTEXT and env.depth > 0 and model.live(env.place) is None:
        # Where nothing records around it, Django runs receivers in one context: what one of
        # them sets there is the others', too.
        await run_async(statement.body, env)
        return
    with Recorded(env) as inside:
        await run_async(statement.body, inside)


async def _pause(statement: programs.Pause, env: Env) -> None:
    for _ in range(statement.steps):
        await asyncio.sleep(0)


async def _hang(statement: programs.Hang, env: Env) -> None:
    scope = env.scope
    if scope is None or scope.is_over or scope.loop is not asyncio.get_running_loop():
        return
    scope.reached.set()
    await asyncio.Event().wait()


async def _cancel(statement: programs.Cancel, env: Env) -> None:
    scope = Scope()
    inside = env.at(scope=scope, trail="target")
    task = asyncio.create_task(run_async(statement.body, inside))

    def done(_: Any) -> None:
        scope.is_over = True
        scope.reached.set()

    task.add_done_callback(done)
    await scope.reached.wait()
    scope.is_over = True
    try:
        if statement.how == "timeout":
            await asyncio.wait_for(task, 0)
        else:
            task.cancel()
            await task
    except asyncio.CancelledError:
        env.log("was cancelled")
    except CATCHABLE as error:
        env.log("target raised", error_words(error))


async def _gather(statement: programs.Gather, env: Env) -> None:
    first = run_async(statement.first, env.at(trail="0", is_alone=False))
    second = run_async(statement.second, env.at(trail="1", is_alone=False))
    await asyncio.gather(first, second)


async def _spawn(statement: programs.Spawn, env: Env) -> None:
    inside = env.at(trail="task", scope=env.scope if statement.is_awaited else None)
    task = asyncio.create_task(run_async(statement.body, inside))
    if statement.is_awaited or env.nursery is None:
        await task
    else:
        env.nursery.tasks.append(task)


async def _hop(statement: programs.Hop, env: Env) -> None:
    if not env.world.program.may_hop:
        return
    inside = env.sync(trail="hop")
    if statement.how == "to_thread":
        await asyncio.to_thread(run_sync, statement.body, inside)
    else:
        is_sensitive = statement.how == "sensitive"
        await sync_to_async(run_sync, thread_sensitive=is_sensitive)(statement.body, inside)


_HANDLERS: dict[type, Any] = {
    programs.Send: _send,
    programs.Try: _try,
    programs.Finally: _finally,
    programs.Block: _block,
    programs.Pause: _pause,
    programs.Hang: _hang,
    programs.Cancel: _cancel,
    programs.Gather: _gather,
    programs.Spawn: _spawn,
    programs.Hop: _hop,
}
