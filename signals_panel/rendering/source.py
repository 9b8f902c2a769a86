"""A receiver's source as lines of HTML, read when its details are opened."""

from __future__ import annotations

import ast
import linecache
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from signals_panel.describe import parsed
from signals_panel.wording import duration_text, effects_text

try:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer
except ImportError:  # pragma: no cover - the toolbar does without it, too
    highlight = None

_MAX_LINES = 80

# The line that took longest is lit if it is at least so much of the whole.
_COSTLY_SHARE = 0.25

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def source_of(path: str, number: int) -> list[dict[str, Any]]:
    """The function whose ``def`` is this line, with its decorators: ``number``, ``html``.

    Empty where the file can't be read. What is no function is a single line.
    """
    linecache.checkcache(path)
    lines = linecache.getlines(path)
    # From Python 3.13 on, an empty file has one empty line.
    if not 0 < number <= len(lines) or lines == ["\n"]:
        return []
    first, last = _extent("".join(lines), number)
    block = lines[first - 1 : min(last, first + _MAX_LINES - 1)]
    shown = [
        {"number": first + offset, "html": html, "is_def": first + offset == number}
        for offset, html in enumerate(_highlighted([line.rstrip("\r\n") for line in block]))
    ]
    if last >= first + _MAX_LINES:
        shown.append({"number": "", "html": f"… {last - first - _MAX_LINES + 1} more lines"})
    return shown


def with_times(
    lines: list[dict[str, Any]], times: Iterable[Sequence[Any]], whole_ms: float
) -> list[dict[str, Any]]:
    """Lines of source, those that took time with that, and what they ``caused``; the costliest lit.

    ``times`` are lines of a report's details, and part of ``whole_ms``; those of several rows are
    added up.
    """
    sums: dict[int, float] = {}
    caused: dict[int, Counter[str]] = {}
    for number, ms, effects, _ in times:
        sums[number] = sums.get(number, 0) + ms
        caused.setdefault(number, Counter()).update(effects)
    costliest = max(sums, key=lambda number: sums[number], default=None)
    for line in lines:
        number = line["number"]
        if number in sums:
            line["time"] = duration_text(sums[number])
            line["caused"] = effects_text(caused[number])
            is_share = 0 < sums[number] >= whole_ms * _COSTLY_SHARE
            line["is_costly"] = number == costliest and is_share
    return lines


def _extent(text: str, number: int) -> tuple[int, int]:
    tree = parsed(text)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, _FUNCTIONS) and node.lineno == number:
            decorators = [decorator.lineno for decorator in node.decorator_list]
            return min([number, *decorators]), node.end_lineno or number
    return number, number


def _highlighted(lines: list[str]) -> list[SafeString]:
    if highlight is not None:
        text = "\n".join(lines)
        # Neither strips nor adds lines, so that the numbers stay right.
        lexer = PythonLexer(stripnl=False, ensurenl=False)
        html = highlight(text, lexer, HtmlFormatter(nowrap=True)).removesuffix("\n").split("\n")
        if len(html) == len(lines):
            # Pygments escapes, and ends every element with its line.
            return [mark_safe(line) for line in html]  # noqa: S308
    return [escape(line) for line in lines]
