"""How the panel's templates write numbers."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def grouped(number: int | None) -> str:
    """``2,000``, as in every text of the panel; nothing for 0, so that the others stand out."""
    return f"{number:,}" if number else ""


@register.filter
def raw(number: float) -> str:
    """A number for a script to read, whatever the language of the page."""
    return str(number)
