"""Sentences with code and places in them."""

from __future__ import annotations

import pytest

from signals_panel.wording import Code, Place, Stress, plain_sentence
from signals_panel.wording.sentences import sentence, statement_code


def test_values_are_no_templates():
    found = sentence("{a} and {b}{c}.", a=Code("{b} {0}"), b="{a}", c=(" at ", Place(0)))
    assert found == (Code("{b} {0}"), " and ", "{a}", " at ", Place(0), ".")
    report = {"lines": [["/shop/views.py", 7, "f", "x"]]}
    assert plain_sentence(found, report) == "`{b} {0}` and {a} at /shop/views.py:7."
    assert plain_sentence(found, report, lambda path: path[6:]).endswith(" at views.py:7.")
    assert plain_sentence((Stress("1 ms"),), report) == "1 ms"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("product.save()", "product.save()"),
        ("product = Product.objects.create(\n    name=1,\n)", "Product.objects.create( name=1, )"),
        ("return await signal.asend(None)", "signal.asend(None)"),
        ("self.last = await a.asave()", "a.asave()"),
        ("assert a == b", "assert a == b"),
        ("a == b.save()", "a == b.save()"),
        ("return", "return"),
        (f"Product.objects.create({'name, ' * 20})", "Product.objects.create(…)"),
        (f"{'long_' * 20}.save()", f"{'long_' * 11}long…"),
        (f"with a({'b, ' * 30}):", f"with a({'b, ' * 17}b…"),
    ],
)
def test_a_line_of_source(line, shown):
    code = statement_code(line).text
    assert code == shown
    assert len(code) <= 60
