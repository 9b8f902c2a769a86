"""What an effect is called, and what came of it; kinds of a project's own may raise anything."""

from __future__ import annotations

from typing import Any

from signals_panel.describe import clean, is_interruption, is_own_fault, short_name
from signals_panel.effects.kinds import Described, Invocation, Watch
from signals_panel.recording import Root, add_fault

_MAX_RESULT = 100


def _cut(text: str, limit: int) -> str:
    return clean(text if len(text) <= limit else f"{text[: limit - 1]}…")


def is_fault(watch: Watch, error: Exception) -> bool:
    """Whether it is a mistake in describing; a timeout is the program's to have."""
    # A kind of the project's own may raise anything.
    return is_own_fault(error) if watch.is_own else not is_interruption(error)


def described(watch: Watch, root: Root, operation: Invocation) -> tuple[str, str, str, Any]:
    """What happened: text, alias, note and data."""
    try:
        found = watch.describe(operation)
        if watch.is_own:
            # It knows what it says.
            if type(found) is tuple:
                return found
            if type(found) is str:
                return _cut(found, watch.kind.max_text), "", "", None
        text, alias, note, data = Described(found) if isinstance(found, str) else Described(*found)
        if not type(text) is type(alias) is type(note) is str:
            raise TypeError(f"described with {type(text).__name__}, not str")
        short = short_name(alias), short_name(note)
        return _cut(text, watch.kind.max_text), *short, data
    except Exception as error:
        if not is_fault(watch, error):
            raise
        add_fault(root, f"the description of an effect ({watch.kind.name})", error)
        return f"{operation.method} (can't be described)", "", "", None


def result_of(watch: Watch, root: Root, operation: Invocation, value: Any) -> str | None:
    """What came of it, in a word."""
    if watch.result is None:
        return None
    try:
        found = watch.result(operation, value)
        return _cut(found, _MAX_RESULT) if type(found) is str else None
    except Exception as error:
        if not is_fault(watch, error):
            raise
        add_fault(root, f"the result of an effect ({watch.kind.name})", error)
        return None
