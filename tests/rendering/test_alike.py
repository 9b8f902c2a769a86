"""What is made once for all rows that are alike: the same HTML as if each had its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

import signals_panel

_TEMPLATES = Path(signals_panel.__file__).parents[1] / "templates"
_BLOCK = re.compile(r"{% alike row ([\w ]+) %}(.*?){% endalike %}", re.DOTALL)
_INCLUDE = re.compile(r'{% include "([^"]+)"')


def blocks():
    """Each block of the panel's templates, as its file's name, its items and its text."""
    for path in sorted(_TEMPLATES.rglob("*.html")):
        for items, text in _BLOCK.findall(path.read_text()):
            yield pytest.param(set(items.split()), text, id=f"{path.name}: {items}")


def used(text):
    """The items of a row that a text of a template uses, with those of what it includes."""
    names = set(re.findall(r"\brow\.(\w+)", text))
    return names.union(*(used((_TEMPLATES / name).read_text()) for name in _INCLUDE.findall(text)))


@pytest.mark.parametrize(("items", "text"), list(blocks()))
def test_alike_in_all_that_is_used(items, text):
    assert used(text) == items


def render(*rows):
    source = (
        "{% load signals_panel %}{% for row in rows %}{{ row.name }}:"
        "{% alike row tags number %}"
        "{{ row.tags|join:'+' }}{{ row.number }}{{ row.name }}"
        "{% endalike %} {% endfor %}"
    )
    return engines["django"].from_string(source).render({"rows": rows})


def test_made_once_and_for_each_that_differs():
    rows = [
        {"name": "a", "tags": ("x", "y"), "number": 1},
        {"name": "b", "tags": ("x", "y"), "number": 1},
        {"name": "c", "tags": ("x", "y"), "number": 2},
        {"name": "d", "tags": ("x",), "number": 1},
    ]
    # The name isn't one of the items: it gives away which row it was made for.
    assert render(*rows) == "a:x+y1a b:x+y1a c:x+y2c d:x1d "


def test_an_item_may_be_missing():
    assert render({"name": "a", "tags": ()}, {"name": "b", "tags": ()}) == "a:a b:a "


def test_made_anew_for_each_page():
    assert render({"name": "a", "tags": ()}) == "a:a "
    assert render({"name": "b", "tags": ()}) == "b:b "
