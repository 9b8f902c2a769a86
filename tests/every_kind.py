"""Effects of every kind in large numbers: real queries and cache operations, and others feigned.

What stands for a mail, a file and so on does nothing, and is watched as a project's own kinds are.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection

from signals_panel.effects import Invocation, kind_of, kinds, watch


def _describe(operation: Invocation) -> str:
    return f"caused {operation.argument(0, 'text')}"


def _result(operation: Invocation, value: object) -> str:
    return "done"


def _feigned(name: str) -> Callable[[str], None]:
    class Owner:
        def cause(self, text: str) -> None:
            """Do nothing."""

    watch(kind_of(name), owners=[Owner], methods=["cause"], describe=_describe, result=_result)
    owner = Owner()
    # Looked up anew each time: it is a hook while something is recorded.
    return lambda text: owner.cause(text)


def _query(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT '{text}'")


def _get(text: str) -> None:
    cache.get(text)


_CAUSES = {
    kind.name: {"sql": _query, "cache": _get}.get(kind.name) or _feigned(kind.name)
    for kind in kinds()
}
KINDS = list(_CAUSES)


def cause(number: int, *, varied: bool = False) -> None:
    """Cause as many effects, of all kinds in turn: alike ones, or each with a text of its own."""
    causes = list(_CAUSES.values())
    for each in range(number):
        causes[each % len(causes)](f"lamp:{each}" if varied else "lamp")


def caused(number: int) -> dict[str, int]:
    """How many of each kind that makes."""
    return {name: len(range(index, number, len(KINDS))) for index, name in enumerate(KINDS)}
