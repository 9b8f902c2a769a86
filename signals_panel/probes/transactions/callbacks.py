"""What is registered with ``on_commit``, and when it is run.

The list that Django keeps has the program's own functions at all times but one: while Django goes
through it, after the commit, those whose registration was recorded are wrapped.
"""

from __future__ import annotations

from typing import Any

from signals_panel.describe import error_text
from signals_panel.probes.transactions.tracking import tracked
from signals_panel.recording import (
    DROPPED,
    DeferredNode,
    Node,
    begin_deferred,
    current,
    defer,
    end_deferred,
    never_run,
    take_fault,
)


class _Running:
    """Calls a function, and records what it does as deferred work."""

    __slots__ = ("_deferred", "_function")

    def __init__(self, function: Any, deferred: DeferredNode) -> None:
        self._function = function
        self._deferred = deferred

    def __getattr__(self, name: str) -> Any:
        return getattr(self._function, name)

    def __str__(self) -> str:
        # Where it has no name, Django 6.1 logs itself.
        return str(self._function)

    def __repr__(self) -> str:
        return repr(self._function)

    def __call__(self) -> Any:
        __traceback_hide__ = True
        node = current.get()
        begun = None if node is None else _begun(self._deferred, node)
        if begun is None:
            return self._function()
        inside = self._deferred if begun else node
        # A timeout may be raised at any line: what was current is put back twice.
        try:
            try:
                current.set(inside)
                value = self._function()
            except BaseException as error:
                end_deferred(self._deferred, error)
                raise
            finally:
                current.set(node)
        except BaseException:
            current.set(node)
            raise
        end_deferred(self._deferred, None)
        return value


def _begun(deferred: DeferredNode, node: Node) -> bool | None:
    try:
        return begin_deferred(deferred, node)
    except Exception as error:
        if not take_fault(node.root, "deferred work", error):
            raise
        return None


def registered(connection: Any, node: Node, function: Any, before: int) -> None:
    """``on_commit`` has been called; it waits, if it is at the end of the list."""
    entries = connection.run_on_commit
    if len(entries) > before and entries[-1][1] is function:
        deferred = defer(node, function, connection.alias)
        if deferred is not None:
            tracked(connection).waiting.append((entries[-1][0], deferred))


def wrapped(connection: Any) -> list[Any]:
    """The functions that are to be run, those that were recorded wrapped."""
    known = {id(ids): deferred for ids, deferred in tracked(connection).waiting}
    return [
        (entry[0], _Running(entry[1], known[id(entry[0])]), *entry[2:])
        if id(entry[0]) in known
        else entry
        for entry in connection.run_on_commit
    ]


def all_run(connection: Any, entries: list[Any], error: BaseException | None) -> None:
    """They have been run, up to the one that raised."""
    known = tracked(connection)
    ran = {id(entry[0]) for entry in entries}
    reason = error_text(error) if error is not None else ""
    for ids, deferred in known.waiting:
        if reason and id(ids) in ran and deferred.error == reason:
            reason = f"{deferred.name} raised {reason}"
            break
    for ids, deferred in known.waiting:
        if id(ids) in ran:
            never_run(deferred, DROPPED, reason)
    known.waiting = [item for item in known.waiting if id(item[0]) not in ran]
