"""What is observed, in words: the same for a plain and a recorded run."""

from __future__ import annotations

import os
from typing import Any

from differential import model, pool

_PROBES = os.path.join("signals_panel", "probes", "")


def words(value: Any) -> Any:
    """A value by its identity, a result by its items."""
    if isinstance(value, BaseException):
        return error_words(value)
    for name, known in pool.VALUES.items():
        if known is value:
            return name
    if type(value) is dict:
        return ("dict", *((words(key), words(item)) for key, item in value.items()))
    if type(value) in (list, tuple):
        return (type(value).__name__, *(words(item) for item in value))
    return f"{type(value).__name__} {getattr(value, 'fuzz_name', value)}"


def error_words(error: BaseException) -> tuple[Any, ...]:
    """An exception: where it was raised, and what led to it."""
    chain: list[Any] = []
    following: BaseException | None = error
    while following is not None and len(chain) < 8:
        chain.append((model.error_words(following), _raised_at(following)))
        chain.extend(map(model.error_words, getattr(following, "exceptions", ())))
        following = following.__cause__ or following.__context__
    return tuple(chain)


def _raised_at(error: BaseException) -> str:
    place, traceback = "", error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        # The recorder's frames are there, and are no difference.
        if _PROBES not in code.co_filename:
            place = f"{code.co_name}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
