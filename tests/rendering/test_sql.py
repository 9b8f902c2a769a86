"""SQL as it is shown: short in a row, whole in the details."""

from __future__ import annotations

import pytest

from signals_panel.rendering.sql import short_sql, whole_sql


@pytest.mark.parametrize(
    ("sql", "html"),
    [
        ('SELECT "a"."b", "a"."c" FROM "a"',
         "<strong>SELECT</strong> ••• <strong>FROM</strong> &quot;a&quot;"),
        ("SELECT COUNT(*) AS n\n  FROM t",
         "<strong>SELECT</strong> <strong>COUNT</strong>(*) <strong>AS</strong> n "
         "<strong>FROM</strong> t"),
        ("SELECT '<b>'", "<strong>SELECT</strong> &#x27;&lt;b&gt;&#x27;"),
        ("x" * 500, "x" * 400 + "…"),
    ],
)  # fmt: skip
def test_short_sql(sql, html):
    assert short_sql(sql) == html


def test_short_sql_of_a_hostile_statement_is_quick():
    import time

    begin = time.process_time()
    for sql in ("SELECT " + "a." * 100_000, "SELECT " * 50_000, "(" * 100_000 + "FROM" * 50_000):
        short_sql(sql)
    assert time.process_time() - begin < 0.5


def test_whole_sql_is_the_toolbar_s():
    assert "<strong>FROM</strong>" in whole_sql("SELECT 1 FROM t")
    assert whole_sql("SELECT '<b>'").endswith("&lt;b&gt;'")
    assert whole_sql("<" + "x" * 5_000).startswith("&lt;x")


def test_sql_that_can_t_be_formatted(monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError

    monkeypatch.setattr("signals_panel.rendering.sql.reformat_sql", fail)
    assert whole_sql("SELECT '<'") == "SELECT &#x27;&lt;&#x27;"
