"""Queries, some of which fail, and some of which lead to others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from differential import model, pool, programs
from differential.interpreter import handles, run_apart
from differential.words import error_words
from differential.world import Env


@handles(programs.Query)
def query(statement: programs.Query, env: Env) -> None:
    """Query the database, which may fail."""
    number, kind = statement.number, statement.kind
    sql, params, many = f"SELECT {number} + %s", [number], False
    if kind == "many":
        sql, params, many = "UPDATE fuzz SET word = %s WHERE id = %s", [(number, 1), (2, 3)], True
    elif kind == "plain":
        sql, params = f"SELECT {number}", None
    elif kind == "fails":
        sql = f"SELECT * FROM missing WHERE {number} = %s"
    elif kind == "many_fails":
        sql, params, many = f"DELETE FROM missing WHERE {number} = %s", [(1,), (2,)], True
    _execute(env, sql, params, many, kind == "named")


def _execute(env: Env, sql: str, params: Any, many: bool, is_named: bool = False) -> None:
    # An error's text is the connection's: another thread's failure might be told.
    with env.world.database_lock, pool.database.cursor() as cursor:
        try:
            if many:
                cursor.executemany(sql, params)
            elif is_named:
                cursor.execute(sql=sql, params=params)
            else:
                cursor.execute(sql, params)
        except BaseException as error:
            model.add_query(env.place, sql, params, many, model.error_words(error))
            env.log("query raised", sql, error_words(error))
            raise
        model.add_query(env.place, sql, params, many, None)
        env.log("queried", sql, None if many else cursor.fetchall())


@handles(programs.LazyRows)
def _lazy_rows(statement: programs.LazyRows, env: Env) -> None:
    def rows() -> Iterator[tuple[int, int]]:
        yield 1, statement.number
        run_apart(statement.body, env.sync(depth=env.depth + 1, trail="row"))
        yield 2, statement.number

    # Side by side, what is done meanwhile might wait for another thread that waits for this.
    lazy = rows() if env.world.program.is_ordered else list(rows())
    _execute(env, "UPDATE fuzz SET word = %s WHERE id = %s", lazy, True)
