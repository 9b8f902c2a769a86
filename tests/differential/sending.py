"""Sends: what each of them takes along, and how it is done in sync code."""

from __future__ import annotations

from asgiref.sync import async_to_sync

from differential import model, mortals, pool, programs
from differential.interpreter import handles, in_loop, run_apart
from differential.programs import Receiver
from differential.words import error_words, words
from differential.world import SHARES_CONTEXT, Env


class Sent:
    """One send. Its receivers get it as an argument, so they know where they belong."""

    def __init__(self, env: Env, statement: programs.Send, how: str) -> None:
        self.env = env
        self.statement = statement
        self.how = how
        self.is_own = statement.signal == "own" and how != "asend_robust"
        self.dispatch = model.begin(
            env.place,
            pool.SIGNAL_NAMES[statement.signal],
            pool.SENDER_NAMES[statement.sender],
            how,
        )
        self.live: tuple[list[Receiver], list[Receiver]] = ([], [])
        self.is_refused = False
        env.world.sent.append(self)
        if statement.signal != "overriding" or how != "send":
            self._look_up()

    def _look_up(self) -> None:
        """Django asks who is connected: it is heard even if nobody is called then."""
        if not self.is_own:
            self.live = self.env.world.connections.heard_by(
                self.statement.signal, self.statement.sender
            )
            if any(self.live) and self.dispatch is not None:
                self.dispatch.hear()

    def in_override(self) -> None:
        """A signal class with code of its own runs it."""
        env = self.env
        run_apart(env.world.program.on_override, env.sync(depth=env.depth + 1, trail="override"))
        if self.how == "send":
            self._look_up()

    def begin_call(self, spec: Receiver) -> model.Call | None:
        """One of the receivers is called."""
        if self.dispatch is None:
            return None
        self.dispatch.hear()
        call = model.Call(self.dispatch, receiver_path(spec), spec.is_async)
        self.dispatch.calls.append(call)
        return call

    def end(self) -> None:
        """The send has returned or raised."""
        if self.dispatch is not None:
            self.dispatch.end()

    def settle(self) -> None:
        """Add the receivers whose coroutines were made, and never run: nobody has seen them."""
        dispatch = self.dispatch
        if dispatch is None or self.is_own or self.how.endswith("robust") or not self.live[1]:
            return
        calls = {
            False: [call for call in dispatch.calls if not call.is_async],
            True: [call for call in dispatch.calls if call.is_async],
        }
        are_beside = self.how == "asend" and not SHARES_CONTEXT
        finished = sum(call.is_finished and call.error is None for call in calls[False])
        if self.is_refused or not (are_beside or finished == len(self.live[0])):
            return
        waiting = calls[True]
        calls[True] = []
        for spec in self.live[1]:
            path = receiver_path(spec)
            call = next((call for call in waiting if call.receiver == path), None)
            if call is None:
                call = model.Call(dispatch, path, True)
            else:
                waiting.remove(call)
            if not call.has_begun and not SHARES_CONTEXT:
                # asyncio cancels the very coroutine; in 6.1 it is one of Django's around it.
                call.error = "CancelledError"
                call.is_finished = True
                call.at_end = (call.error, True)
            calls[True].append(call)
        dispatch.calls = [*calls[are_beside], *calls[not are_beside]]


def receiver_path(spec: Receiver) -> str:
    """The name by which a recording knows a receiver."""
    module = "differential.receivers"
    if spec.kind == "method":
        return f"{module}.Owner_{spec.name}.hears"
    if spec.kind == "partial":
        return f"partial({module}.{spec.name})"
    if spec.kind in ("callable", "eager"):
        return f"{module}.Callable_{spec.name}"
    return f"{module}.{spec.name}"


@handles(programs.Send)
def send(statement: programs.Send, env: Env) -> None:
    """Send, from sync code or from the thread of an event loop."""
    world = env.world
    how = statement.how
    loop = in_loop()
    if how.startswith("a") and (loop or not env.may_bridge):
        how = how[1:]
    _, asynchronous = world.connections.heard_by(statement.signal, statement.sender)
    if asynchronous and statement.signal != "own":
        is_refused = loop and not how.startswith("a")
        if not (is_refused or env.may_bridge) or (is_refused and world.program.is_settled):
            return
    else:
        is_refused = False
    if not world.may_send(env):
        return
    signal = pool.SIGNALS[statement.signal]
    sender = pool.SENDERS[statement.sender]
    method = getattr(signal, how)
    if how.startswith("a"):
        method = async_to_sync(method)
    is_bridge = how.startswith("a") or bool(asynchronous)
    may_bridge = env.may_bridge and (world.program.is_ordered or not is_bridge)
    sent = Sent(env.sync(may_bridge=may_bridge), statement, how)
    sent.is_refused = is_refused
    try:
        if statement.value == "fresh":
            # In no variable: only the send has it.
            result = method(sender, via=sent, value=mortals.fresh(env))
        else:
            value = pool.VALUES.get(statement.value)
            result = method(sender=sender, via=sent, value=value)
    except BaseException as error:
        sent.end()
        env.log("send raised", error_words(error))
        raise
    sent.end()
    env.log("sent", how, words(result))
