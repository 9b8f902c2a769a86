"""What the panel's templates load: how it writes numbers, lines that don't show, rows alike."""

from __future__ import annotations

import re
from typing import Any, cast

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.utils.safestring import SafeString

register = template.Library()

# The end of a line, with the indentation of the next.
_BREAK = re.compile(r"\s*\n\s*")


@register.filter
def grouped(number: int | None) -> str:
    """``2,000``, as in every text of the panel; nothing for 0, so that the others stand out."""
    return f"{number:,}" if number else ""


@register.filter
def raw(number: float) -> str:
    """A number for a script to read, whatever the language of the page."""
    return str(number)


@register.tag
def oneline(parser: Parser, token: Token) -> OneLine:
    """Leave out the ends of lines up to ``endoneline``, with the indentation that follows them.

    A template is written to be read, and a page may have a thousand rows of it. It is done once,
    when the template is compiled. An end of line is a space inside an HTML tag and between words;
    it is nothing beside an HTML tag, and beside a tag or variable of the template.
    """
    nodelist = parser.parse(("endoneline",))
    parser.delete_first_token()
    for node in cast("list[TextNode]", nodelist.get_nodes_by_type(TextNode)):
        node.s = _without_breaks(node.s)
    return OneLine(nodelist)


class OneLine(Node):
    """What stands in ``{% oneline %}``."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """As any nodes."""
        return self.nodelist.render(context)


def _without_breaks(text: str) -> str:
    def space(found: re.Match[str]) -> str:
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        return "" if before in ("", ">") or after in ("", "<", ">") else " "

    return _BREAK.sub(space, text)


@register.tag
def alike(parser: Parser, token: Token) -> Alike:
    """Make once for each page what rows have in common: ``{% alike row times marks %}``.

    Up to ``endalike`` nothing of the row but these items may be used, and they can be hashed. A
    page may have a thousand rows, and few of them differ in more than their names and times.
    """
    _, row, *names = token.split_contents()
    nodelist = parser.parse(("endalike",))
    parser.delete_first_token()
    return Alike(nodelist, parser.compile_filter(row), names)


class Alike(Node):
    """What stands in ``{% alike %}``."""

    def __init__(self, nodelist: NodeList, row: FilterExpression, names: list[str]) -> None:
        self.nodelist = nodelist
        self._row = row
        self._names = names

    def render(self, context: Context) -> SafeString:
        """As any nodes, at the first row of those alike."""
        # Where {% include %}, too, keeps what lasts as long as the page is being made.
        kept = cast("dict[Alike, dict[Any, SafeString]]", context.render_context.dicts[0])
        made = kept.setdefault(self, {})
        row = self._row.resolve(context)
        key = tuple(map(row.get, self._names))
        found = made.get(key)
        if found is None:
            found = made[key] = self.nodelist.render(context)
        return found
