"""A failure in words: its seed, the smallest program that shows it, and the difference."""

from __future__ import annotations

from differential import generator, running, shrinking
from differential.programs import Program

_MAX_LINES = 80
# How often a program of threads side by side is tried: it may fail only now and then.
_TRIES = 5


def check(seed: int) -> str | None:
    """What is wrong with the program of this seed, or None."""
    program = generator.make(seed)
    lines = running.failures(program)
    if not lines:
        return None
    program, lines = shrinking.shrink(program, lines, _failures)
    return "\n".join((f"Seed {seed} fails. Shrunk:", str(program), *lines[:_MAX_LINES]))


def _failures(program: Program) -> list[str]:
    for _ in range(1 if program.is_ordered else _TRIES):
        lines = running.failures(program)
        if lines:
            return lines
    return []
