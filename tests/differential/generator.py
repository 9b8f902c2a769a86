"""Random programs: the same one for the same seed, whatever ``PYTHONHASHSEED`` is."""

from __future__ import annotations

import random
from typing import Any

from differential import programs
from differential.pool import CACHED, SENDERS, SIGNALS
from differential.programs import Body, Program, Receiver, Statement

_PROFILES = ("sync", "sync", "loop", "loop", "loop", "hops", "hops", "racy")
_RETURNS = ("none", "one", "two", "false", "fresh", "fresh")
_HOW = ("send", "send_robust", "asend", "asend_robust")


def make(seed: int) -> Program:
    """The program of a seed."""
    return _Maker(seed).make()


class _Maker:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.profile = self.random.choice(_PROFILES)
        self.is_settled = self.profile == "racy" and self.random.random() < 0.6
        self.has_mortals = self.profile == "sync" and self.random.random() < 0.6
        # A few of each, so that things meet.
        self.signals = self.random.sample(list(SIGNALS), self.random.randint(2, 4))
        self.senders = self.random.sample(list(SENDERS), self.random.randint(1, 3))
        # What can hear a signal: where one thing runs at a time, that isn't both kinds.
        self.is_async: dict[str, bool | None] = {
            name: self.random.random() < 0.6 for name in self.signals
        }
        self.number = 0

    def make(self) -> Program:
        count = self.random.randint(2, 5)
        specs = [self._spec(f"r{number}") for number in range(count)]
        before = [self._connect(spec) for spec in specs for _ in range(self.random.randint(1, 2))]
        self.specs = specs
        self.random.shuffle(before)
        if self.random.random() < 0.2:
            before.extend(self._body(False, 1))
        receivers = tuple(
            Receiver(
                spec.name, spec.kind, spec.is_async, spec.returns, self._body(spec.is_async, 2)
            )
            for spec in specs
        )
        return Program(
            seed=self.seed,
            profile=self.profile,
            is_settled=self.is_settled,
            has_mortals=self.has_mortals,
            receivers=receivers,
            before=tuple(before),
            body=self._main(),
            after=self._body(False, 1) if self.random.random() < 0.2 else (),
            on_log=self._effects(),
            on_override=self._effects(),
            on_death=self._effects(),
        )

    def _spec(self, name: str) -> Receiver:
        is_async = self.profile != "sync" and self.random.random() < 0.6
        kinds = ["function", "function", "method", "partial", "callable"]
        if is_async:
            kinds.append("eager")
        returns = self.random.choice(_RETURNS)
        return Receiver(name, self.random.choice(kinds), is_async, returns, ())

    # Connecting

    def _connect(self, spec: Receiver) -> Statement:
        signals = list(self.signals)
        if self.profile == "hops":
            # The own signal class calls one after the other, async or not.
            fitting = [s for s in signals if self.is_async[s] == spec.is_async or s == "own"]
            signals = fitting or ["own"]
        signal = self.random.choice(signals)
        sender = self._sender(signal) if self.random.random() < 0.4 else "none"
        if self.profile == "hops" and spec.is_async and signal != "own":
            # The first one that takes it stays the only one.
            sender = "none"
            self.is_async[signal] = None
        return programs.Connect(spec.name, signal, sender, self.random.random() < 0.6)

    def _sender(self, signal: str) -> str:
        if signal in CACHED:
            # Django's cache can't have None, nor what its references can't refer to.
            known = [sender for sender in self.senders if sender != "none"]
            return self.random.choice(known or ["Alpha"])
        return self.random.choice(self.senders)

    # Bodies

    def _main(self) -> Body:
        statements: list[Statement] = []
        for _ in range(self.random.randint(2, 5)):
            if self.profile != "sync" and self.random.random() < 0.7:
                how = self.random.choice(("run", "bridge"))
                statements.append(programs.Loop(how, self._body(True, 3)))
            else:
                statements.extend(self._body(False, 3))
        # What it raises would end it: most of it goes on.
        return tuple(
            programs.Try((each,)) if self.random.random() < 0.8 else each for each in statements
        )

    def _effects(self) -> Body:
        """Few and harmless: for what is run by something else."""
        if self.random.random() < 0.5:
            return ()
        return tuple(
            self._send() if self.random.random() < 0.5 else self._query(False)
            for _ in range(self.random.randint(1, 2))
        )

    def _body(self, is_async: bool, depth: int) -> Body:
        count = self.random.choice((0, 1, 1, 2, 2, 3))
        return tuple(self._statement(is_async, depth) for _ in range(count))

    def _statement(self, is_async: bool, depth: int) -> Statement:
        simple = [self._send] * 8 + [lambda: self._query(is_async)] * 4 + [self._mutation] * 2
        if not self.is_settled:
            simple += [self._raise]
        if is_async:
            simple += [self._pause] * 4 + [programs.Hang] * (not self.is_settled)
        if depth <= 0 or self.random.random() < 0.55:
            return self.random.choice(simple)()
        return self._compound(is_async, depth - 1)

    def _compound(self, is_async: bool, depth: int) -> Statement:
        def same() -> Body:
            return self._body(is_async, depth)

        def waiting() -> Body:
            # What comes after a wait has to be in the same place.
            return (*((self._pause(),) if is_async else ()), *same())

        def sync() -> Body:
            return self._body(False, depth)

        makers: list[Any] = [
            lambda: programs.Try(same()),
            lambda: programs.Try(same()),
            lambda: programs.Finally(same(), same()),
            lambda: programs.Block(waiting()),
            lambda: programs.Block(waiting()),
            lambda: programs.Overlap(sync(), sync(), sync()),
            lambda: programs.Foreign(sync(), sync()),
            lambda: programs.InContext(sync()),
            lambda: programs.Threads(self.random.random() < 0.6, sync(), sync()),
            lambda: programs.Keep(self.random.choice(("del", "finalize")), sync()),
            lambda: programs.Guard(sync(), sync()),
            lambda: programs.LazyRows(self._next(), sync()),
        ]
        if not is_async and self.profile != "sync":
            makers.append(lambda: programs.Loop("bridge", self._body(True, depth)))
        if is_async:
            if self.profile in ("loop", "racy"):
                makers += [lambda: programs.Gather(same(), same())] * 2
                makers += [lambda: programs.Spawn(self.random.random() < 0.4, same())] * 2
            if self.profile in ("hops", "racy"):
                hows = ("to_thread", "sensitive", "free")
                makers += [lambda: programs.Hop(self.random.choice(hows), sync())] * 3
            if not self.is_settled:
                makers += [self._cancel(depth)] * 2
        return self.random.choice(makers)()  # type: ignore[no-any-return]

    def _cancel(self, depth: int) -> Any:
        def make() -> Statement:
            body = self._body(True, depth)
            if self.random.random() < 0.6:
                body = (*body, programs.Hang())
            return programs.Cancel(self.random.choice(("cancel", "timeout")), body)

        return make

    # Single statements

    def _send(self) -> Statement:
        signal = self.random.choice(self.signals)
        value = self.random.choice(("none", "one", "two", "fresh"))
        how = self.random.choice(("send", "asend") if self.has_mortals else _HOW)
        if self.profile == "hops" and signal == "own" and how == "asend_robust":
            # That one is Django's, which runs all that the class's own runs in turn at once.
            how = "asend"
        return programs.Send(signal, self._sender(signal), how, value)

    def _query(self, is_async: bool) -> Statement:
        kinds = ["one", "one", "plain", "named", "many"]
        if not self.has_mortals:
            kinds += ["fails", "many_fails"]
        kind = self.random.choice(kinds)
        query = programs.Query(kind, self._next())
        is_safe = "fails" not in kind or (not self.is_settled and self.random.random() < 0.4)
        return query if is_safe else programs.Try((query,))

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _raise(self) -> Statement:
        return programs.Raise(
            self.random.choice(("error", "error", "exit")), f"number {self._next()}"
        )

    def _pause(self) -> Statement:
        return programs.Pause(self.random.randint(1, 3))

    def _mutation(self) -> Statement:
        kind = self.random.randrange(5)
        spec = self.random.choice(self.specs)
        if kind == 0 or (kind == 1 and self.profile == "hops"):
            return programs.Drop(spec.name)
        if kind == 1:
            return self._connect(spec)
        if kind == 2:
            signal = self.random.choice(self.signals)
            return programs.Disconnect(spec.name, signal, self._sender(signal))
        if kind == 3:
            return programs.Release()
        return programs.Keep(self.random.choice(("del", "finalize")), self._effects())
