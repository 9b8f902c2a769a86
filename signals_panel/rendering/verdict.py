"""The verdict as HTML."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from signals_panel.rendering.names import Names
from signals_panel.wording import Code, Place, Sentence, Stress


def sentence_html(pieces: Sentence, names: Names) -> SafeString:
    """A sentence with its code as code, its places as links, and what matters most in bold."""
    return format_html_join("", "{}", ((_piece(piece, names),) for piece in pieces))


def _piece(piece: str | Code | Place | Stress, names: Names) -> str:
    if isinstance(piece, Place):
        place: str = names.lines[piece.line].place
        return place
    if isinstance(piece, Code):
        return format_html("<code>{}</code>", piece.text)
    return piece if isinstance(piece, str) else format_html("<b>{}</b>", piece.text)
