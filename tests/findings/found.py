"""What the rules find in a recording, as the tests of them ask for it."""

from __future__ import annotations

from typing import Any

from signals_panel import record_signals


def found_in(work, *codes: str) -> list[Any]:
    """The findings of what ``work`` does; with codes, those alone."""
    with record_signals() as recording:
        work()
    assert recording.faults == []
    return [each for each in recording.findings if not codes or each.code in codes]


def codes_in(work) -> list[str]:
    return [each.code for each in found_in(work)]
