"""Statements as HTML: short for a table's cell, whole for the details."""

from __future__ import annotations

import re

from debug_toolbar.panels.sql.utils import reformat_sql
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

from signals_panel.describe import is_interruption

_MAX_SHORT = 400
# Formatting takes milliseconds, and grows with the statement.
_MAX_FORMATTED = 4_000

# As the toolbar's SQL panel: a list of columns says less than the table behind it.
_COLUMNS = re.compile(r"^(\s*SELECT\s+(?:DISTINCT\s+)?)(?=[^()]*?\.)[^()]*?(\s+FROM\b)")
_KEYWORDS = re.compile(
    r"\b(SELECT|DISTINCT|FROM|INSERT|INTO|VALUES|RETURNING|UPDATE|SET|DELETE|WHERE|AND|OR|NOT|IN|"
    r"IS|NULL|LIKE|BETWEEN|EXISTS|INNER|LEFT|OUTER|JOIN|ON|AS|ORDER|GROUP|BY|HAVING|LIMIT|OFFSET|"
    r"ASC|DESC|UNION|CASE|WHEN|THEN|ELSE|END|COUNT|SAVEPOINT|RELEASE|ROLLBACK|TO|BEGIN|COMMIT)\b"
)


def short_sql(sql: str) -> SafeString:
    """A statement in a line or two, keywords bold: without a SELECT's columns, and cut."""
    sql = re.sub(r"\s+", " ", sql).strip()
    # Looked for near the beginning only: the pattern goes over it more than once.
    sql = _COLUMNS.sub(r"\1•••\2", sql[:5_000], count=1)
    if len(sql) > _MAX_SHORT:
        sql = f"{sql[:_MAX_SHORT]}…"
    # Escaping leaves no keyword in capitals behind, and no markup in what it is given.
    return mark_safe(_KEYWORDS.sub(r"<strong>\1</strong>", escape(sql)))  # noqa: S308


def whole_sql(sql: str) -> SafeString:
    """A statement formatted and highlighted as in the SQL panel; a very long one as it is."""
    if len(sql) <= _MAX_FORMATTED:
        try:
            # The toolbar's formatter escapes what it is given.
            formatted: str = reformat_sql(sql, with_toggle=False)
            return mark_safe(formatted)  # noqa: S308
        except Exception as error:
            if is_interruption(error):
                raise
            return conditional_escape(sql)
    return escape(sql)
