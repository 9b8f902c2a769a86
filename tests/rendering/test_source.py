"""Source of receivers, with its decorators, as far as it is there."""

from __future__ import annotations

import pytest

from signals_panel.rendering.source import source_of


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "receivers.py"
        path.write_text(text)
        return str(path)

    return write


def numbers(lines):
    return [line["number"] for line in lines]


def test_source_with_its_decorators(file):
    decorators = "import x\n\n@x(\n  1,\n)\n@y\n"
    path = file(f"{decorators}def f(a):\n    '''<b>\n    x'''\n    return 1\n\nz = 1\n")

    lines = source_of(path, 7)
    assert numbers(lines) == [3, 4, 5, 6, 7, 8, 9, 10]
    assert "&lt;b&gt;" in lines[5]["html"]
    assert [line["number"] for line in lines if line["is_def"]] == [7]


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("x = lambda: 1\n", 1, [1]),
        ("def f(:\n  pass\n", 1, [1]),
        ("", 1, []),
        ("x = 1\n", 9, []),
        ("x = 1\n", 0, []),
    ],
)
def test_source_of_other_things(file, text, number, expected):
    assert numbers(source_of(file(text), number)) == expected


def test_source_that_is_not_there():
    assert source_of("/nowhere/receivers.py", 3) == []


def test_long_source_is_cut(file):
    path = file("def f():\n" + "    x = 1\n" * 200)

    lines = source_of(path, 1)
    assert numbers(lines)[:80] == list(range(1, 81))
    assert lines[80]["html"] == "… 121 more lines"


def test_source_without_pygments(file, monkeypatch):
    monkeypatch.setattr("signals_panel.rendering.source.highlight", None)
    lines = source_of(file("def f():\n    return '<b>'\n"), 1)

    assert [line["html"] for line in lines] == ["def f():", "    return &#x27;&lt;b&gt;&#x27;"]
