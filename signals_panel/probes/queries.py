"""The probe on database cursors.

All cursors of all connections and threads are ``CursorWrapper``s, those opened before the
recording and server-side ones included; ``CursorDebugWrapper`` and the toolbar's SQL panel
build on them. So the methods are replaced on that class, which counts a query wherever
``connection.queries`` and the SQL panel do.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

from django.db.backends.utils import CursorWrapper

from signals_panel.clock import perf_counter_ns
from signals_panel.describe import error_text, keep_params, sql_text
from signals_panel.probes.bulk import note_bulk_operation
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.recording.adding import add_query, live
from signals_panel.recording.current import current
from signals_panel.recording.nodes import Node, Query

_WRITES = frozenset({"INSERT", "UPDATE"})


def _method(name: str, original: Method, layer: Layer) -> Method:
    many = name == "executemany"
    # What Django's methods call them; most calls give them by position.
    text_name = "procname" if name == "callproc" else "sql"
    params_name = "param_list" if many else "params"

    @functools.wraps(original)
    def execute(self: CursorWrapper, *args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(self, *args, **kwargs)
        failure = None
        start = perf_counter_ns()
        try:
            return original(self, *args, **kwargs)
        except BaseException as error:
            failure = error_text(error)
            raise
        finally:
            end = perf_counter_ns()
            sql = args[0] if args else kwargs.get(text_name)
            params = args[1] if len(args) > 1 else kwargs.get(params_name)
            _record(node, self, sql, params, many, end - start, failure)

    return execute


def _record(
    node: Node,
    cursor: CursorWrapper,
    sql: object,
    params: object,
    many: bool,
    ns: int,
    failure: str | None,
) -> None:
    try:
        found = node if node._root._is_open else live(node)
        if found is None:
            return
        if type(sql) is str and sql[:6] in _WRITES:
            note_bulk_operation(found._root, sys._getframe(2))
        # A class of the program's may have its own idea of where to look for an attribute.
        database = object.__getattribute__(cursor, "__dict__").get("db")
        alias = database.alias if database is not None else ""
        kept = keep_params(params, many=many)
        add_query(found, Query(sql_text(sql), kept, alias, many, ns, failure))
    except Exception as error:
        if not node._root.take_fault("a query", error):
            raise


probe = Patches(
    CursorWrapper,
    {name: functools.partial(_method, name) for name in ("execute", "executemany", "callproc")},
)
