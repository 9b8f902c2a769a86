"""Transactions: commits, rollbacks and savepoints, as spans of their own.

They are seen where Django asks a connection for them: what a commit takes isn't Python's time.
Where the database is asked for a savepoint with a statement, that is a query in it.

It keeps what was asked for, and the alias.
"""

from __future__ import annotations

from signals_panel.effects.kinds import EffectKind, Invocation, watch

TRANSACTION = EffectKind(
    "transaction", "transaction step", "transaction steps", "Transactions", "transaction"
)

_TEXTS = {
    "commit": "COMMIT",
    "rollback": "ROLLBACK",
    "savepoint": "SAVEPOINT",
    "savepoint_commit": "RELEASE SAVEPOINT",
    "savepoint_rollback": "ROLLBACK TO SAVEPOINT",
}


def _describe(operation: Invocation) -> tuple[str, str, str, None]:
    # A class of the program's may have its own idea of where to look for an attribute.
    alias = object.__getattribute__(operation.owner, "__dict__").get("alias")
    return _TEXTS[operation.method], alias if type(alias) is str else "", "", None


watch(
    TRANSACTION,
    owners=["django.db.backends.base.base.BaseDatabaseWrapper"],
    methods=list(_TEXTS),
    describe=_describe,
)
