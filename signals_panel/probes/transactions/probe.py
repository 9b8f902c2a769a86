"""The probe on what Django asks of a connection."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from signals_panel.probes.passing import passing_through
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.probes.transactions import callbacks, tracking
from signals_panel.recording import (
    COMMITTED,
    ROLLED_BACK,
    Node,
    Root,
    Transaction,
    current,
    live,
    never_run,
    take_fault,
)

After = Callable[[Node, Any, Any, tuple[Any, ...], dict[str, Any]], None]


def _hook(after: After, original: Method, layer: Layer) -> Method:
    """Calls a connection's method, then tells what it has returned."""

    @functools.wraps(original)
    def hooked(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        value = original(*args, **kwargs)
        if node is not None and layer.active:
            _told(after, node, args[0], value, args[1:], kwargs)
        return value

    return functools.wraps(original)(passing_through(original, hooked))


def _told(after: Any, node: Node, *facts: Any) -> None:
    try:
        found = node if node.root.is_open else live(node)
        if found is not None:
            after(found, *facts)
    except Exception as error:
        if not take_fault(node.root, "a transaction", error):
            raise


def _argument(args: tuple[Any, ...], kwargs: dict[str, Any], name: str, position: int = 0) -> Any:
    # A hook hands on by position what it was given by name.
    return args[position] if len(args) > position else kwargs.get(name)


def _autocommit(node: Node, connection: Any, value: Any, args: Any, kwargs: Any) -> None:
    known = tracking.tracked(connection)
    if _argument(args, kwargs, "autocommit"):
        # Over already, unless the program did without atomic(): the database commits then.
        tracking.ended(connection, COMMITTED)
        known.is_manual = False
    else:
        # So does atomic() ask.
        forced = _argument(args, kwargs, "force_begin_transaction_with_broken_autocommit", 1)
        known.is_manual = not forced
        tracking.begun(connection, node)


def _go_on(node: Node, connection: Any) -> None:
    if tracking.tracked(connection).is_manual and not connection.in_atomic_block:
        tracking.begun(connection, node)


def _committed(node: Node, connection: Any, value: Any, args: Any, kwargs: Any) -> None:
    tracking.ended(connection, COMMITTED)
    _go_on(node, connection)


def _closed(node: Node, connection: Any, value: Any, args: Any, kwargs: Any) -> None:
    _lose(connection, tracking.ended(connection, ROLLED_BACK))


def _rolled_back(node: Node, connection: Any, value: Any, args: Any, kwargs: Any) -> None:
    _lose(connection, tracking.ended(connection, ROLLED_BACK))
    _go_on(node, connection)


def _savepoint(node: Node, connection: Any, value: Any, args: Any, kwargs: Any) -> None:
    if type(value) is str:
        tracking.note_open(connection, node)
        tracking.begun(connection, node, value)


def _savepoint_committed(node: Node, connection: Any, value: Any, args: Any, kwargs: Any) -> None:
    tracking.ended(connection, COMMITTED, _argument(args, kwargs, "sid"))


def _savepoint_rolled_back(node: Node, connection: Any, value: Any, args: Any, kwargs: Any) -> None:
    _lose(connection, tracking.ended(connection, ROLLED_BACK, _argument(args, kwargs, "sid")))


def _lose(connection: Any, transaction: Transaction | None) -> None:
    # atomic() rolls back as it is left with an exception.
    error = sys.exc_info()[1]
    if transaction is not None and transaction.handled == id(error):
        error = None
    for deferred, reason in tracking.forget_lost(connection, error):
        never_run(deferred, ROLLED_BACK, reason)


def _on_commit(original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    def on_commit(self: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(self, func, *args, **kwargs)
        before = len(getattr(self, "run_on_commit", ()))
        value = original(self, func, *args, **kwargs)
        _told(_registered, node, self, func, before)
        return value

    return functools.wraps(original)(passing_through(original, on_commit))


def _registered(node: Node, connection: Any, function: Any, before: int) -> None:
    tracking.note_open(connection, node)
    callbacks.registered(connection, node, function, before)


def _run_and_clear(original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    def run_and_clear_commit_hooks(self: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(self)
        entries, mine = self.run_on_commit, _wrapped(node, self)
        if mine is None:
            return original(self)
        self.run_on_commit = mine
        error = None
        try:
            return original(self)
        except BaseException as raised:
            error = raised
            raise
        finally:
            if self.run_on_commit is mine:
                # Django didn't come to it.
                self.run_on_commit = entries
            else:
                _told(_all_run, node, self, entries, error)
            error = None

    return functools.wraps(original)(passing_through(original, run_and_clear_commit_hooks))


def _wrapped(node: Node, connection: Any) -> list[Any] | None:
    try:
        return callbacks.wrapped(connection) if connection.run_on_commit else None
    except Exception as error:
        if not take_fault(node.root, "deferred work", error):
            raise
        return None


def _all_run(node: Node, connection: Any, entries: list[Any], error: Any) -> None:
    callbacks.all_run(connection, entries, error)


def _initialized() -> list[BaseDatabaseWrapper]:
    """Connections of this thread that have been made.

    ``connections.all()`` asks for each and catches an AttributeError, whose traceback keeps all
    that the program holds alive, up to the next garbage collection, before Python 3.11.
    """
    storage = vars(connections._connections).get("_storage")  # type: ignore[attr-defined]
    found = vars(storage).values() if isinstance(storage, threading.local) else ()
    return [each for each in found if isinstance(each, BaseDatabaseWrapper)]


def note_open_transactions(root: Root) -> None:
    """Transactions that are open when a recording begins, as in a ``TestCase``."""
    try:
        for connection in _initialized():
            if connection.in_atomic_block:
                tracking.note_open(connection, root, root.start)
    except Exception as error:
        if not take_fault(root, "open transactions", error):
            raise


probe = Patches(
    BaseDatabaseWrapper,
    {
        "set_autocommit": functools.partial(_hook, _autocommit),
        "commit": functools.partial(_hook, _committed),
        "rollback": functools.partial(_hook, _rolled_back),
        "savepoint": functools.partial(_hook, _savepoint),
        "savepoint_commit": functools.partial(_hook, _savepoint_committed),
        "savepoint_rollback": functools.partial(_hook, _savepoint_rolled_back),
        "close": functools.partial(_hook, _closed),
        "on_commit": _on_commit,
        "run_and_clear_commit_hooks": _run_and_clear,
    },
)
