"""Statements of sync code; async code has those that don't wait, too."""

from __future__ import annotations

import contextvars
import threading
from typing import Any

from differential import pool, programs, receivers
from differential.interpreter import CATCHABLE, handles, run_apart, run_sync
from differential.mortals import Holder, Mortal, Weakling, fresh
from differential.words import error_words
from differential.world import MAX_MADE, Env, Here, Recorded


@handles(programs.Connect)
def _connect(statement: programs.Connect, env: Env) -> None:
    world = env.world
    if not env.may_mutate or statement.receiver not in world.specs:
        return
    spec = world.specs[statement.receiver]
    receiver = world.receivers.get(spec.name)
    if receiver is None:
        world.made[spec.name] += 1
        if world.made[spec.name] > MAX_MADE:
            return
        receiver = world.receivers[spec.name] = receivers.make(spec)
    world.connections.connect(statement.signal, spec, receiver, statement.sender, statement.weak)
    pool.SIGNALS[statement.signal].connect(
        receiver, sender=pool.SENDERS[statement.sender], weak=statement.weak
    )


@handles(programs.Disconnect)
def _disconnect(statement: programs.Disconnect, env: Env) -> None:
    world = env.world
    receiver = world.receivers.get(statement.receiver)
    if not env.may_mutate or receiver is None:
        return
    world.connections.disconnect(statement.signal, receiver, statement.sender)
    found = pool.SIGNALS[statement.signal].disconnect(
        receiver, sender=pool.SENDERS[statement.sender]
    )
    env.log("disconnected", found)


@handles(programs.Drop)
def _drop(statement: programs.Drop, env: Env) -> None:
    if env.may_mutate:
        env.world.receivers.pop(statement.receiver, None)


@handles(programs.Raise)
def _raise(statement: programs.Raise, env: Env) -> None:
    raise pool.RAISED[statement.kind](statement.text)


@handles(programs.Try)
def _try(statement: programs.Try, env: Env) -> None:
    try:
        run_sync(statement.body, env)
    except CATCHABLE as error:
        env.log("caught", error_words(error))


@handles(programs.Finally)
def _finally(statement: programs.Finally, env: Env) -> None:
    try:
        run_sync(statement.body, env)
    finally:
        env.log("finally")
        run_sync(statement.final, env)


@handles(programs.Block)
def _block(statement: programs.Block, env: Env) -> None:
    with Recorded(env) as inside:
        run_sync(statement.body, inside)


@handles(programs.Overlap)
def _overlap(statement: programs.Overlap, env: Env) -> None:
    outer = Recorded(env)
    in_outer = outer.__enter__()
    run_apart(statement.in_outer, in_outer)
    inner = Recorded(in_outer)
    in_inner = inner.__enter__()
    run_apart(statement.in_both, in_inner)
    outer.__exit__(None, None, None)
    run_apart(statement.in_inner, in_inner)
    inner.__exit__(None, None, None)


@handles(programs.Foreign)
def _foreign(statement: programs.Foreign, env: Env) -> None:
    context = contextvars.copy_context()
    block = Recorded(env)
    inside = context.run(block.__enter__)
    context.run(run_apart, statement.inside, inside)
    with Here(env):
        run_apart(statement.outside, env)
    block.__exit__(None, None, None)


@handles(programs.InContext)
def _in_context(statement: programs.InContext, env: Env) -> None:
    contextvars.copy_context().run(run_sync, statement.body, env)


@handles(programs.Threads)
def _threads(statement: programs.Threads, env: Env) -> None:
    threads = []
    for number, body in enumerate((statement.first, statement.second)):
        inside = env.sync(trail=f"thread{number}", is_alone=False)
        if statement.is_followed:
            run: Any = contextvars.copy_context().run
            args: Any = (run_apart, body, inside)
        else:
            inside.place = None
            run, args = run_apart, (body, inside)
        thread = threading.Thread(target=run, args=args)
        thread.start()
        threads.append(thread)
        if env.world.program.is_ordered:
            thread.join()
    for thread in threads:
        thread.join()


@handles(programs.Keep)
def _keep(statement: programs.Keep, env: Env) -> None:
    if env.may_mutate:
        holder = Holder(env.world, statement.body)
        cls = Mortal if statement.how == "del" else Weakling
        env.world.kept.append((cls(holder), holder))


@handles(programs.Release)
def _release(statement: programs.Release, env: Env) -> None:
    if env.may_mutate and env.world.kept:
        env.world.kept[-1][1].env = env
        env.world.kept.pop()


@handles(programs.Guard)
def _guard(statement: programs.Guard, env: Env) -> None:
    guard = fresh(env, statement.final)
    run_sync(statement.body, env)
    # Only now, or with the frame, which an exception keeps.
    del guard
