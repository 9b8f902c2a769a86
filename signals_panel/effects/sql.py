"""SQL: every statement that a database cursor executes.

All cursors of all connections and threads are ``CursorWrapper``s, those opened before the
recording and server-side ones included; ``CursorDebugWrapper`` and the toolbar's SQL panel
build on them. So the methods are watched on that class, which counts a query wherever
``connection.queries`` and the SQL panel do.

It keeps the statement, with placeholders, and its parameters but for what looks like a
credential.
"""

from __future__ import annotations

import json
from typing import Any

from signals_panel.describe import keep_params, shorten, shown_params, sql_text
from signals_panel.effects.kinds import EffectKind, Invocation, watch

_MAX_PARAMS = 1_000


def _shown(data: Any) -> str:
    params = shown_params(data)
    return shorten(json.dumps(params, ensure_ascii=False), _MAX_PARAMS) if params else ""


SQL = EffectKind("sql", "query", "queries", "Queries", "SQL", _shown, max_text=2**31)


def _describe(operation: Invocation) -> tuple[str, str, str, Any]:
    method, cursor, args, kwargs = operation
    is_many = method == "executemany"
    # What Django's methods call them; most calls give them by position.
    sql = args[0] if args else kwargs.get("procname" if method == "callproc" else "sql")
    name = "param_list" if is_many else "params"
    params = args[1] if len(args) > 1 else kwargs.get(name)
    # A class of the program's may have its own idea of where to look for an attribute.
    database = object.__getattribute__(cursor, "__dict__").get("db")
    return (
        sql_text(sql),
        database.alias if database is not None else "",
        "executemany" if is_many else "",
        keep_params(params, many=is_many),
    )


watch(
    SQL,
    owners=["django.db.backends.utils.CursorWrapper"],
    methods=["execute", "executemany", "callproc"],
    describe=_describe,
    is_leaf=True,
)
