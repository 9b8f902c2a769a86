"""The panel's HTML without what needs its script: for a file that opens by itself."""

from __future__ import annotations

from html.parser import HTMLParser

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# They have no end tag.
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_DROPPED = frozenset({"script", "link", "form", "select"})
# The page around the panel has a heading of its own above them.
_RENAMED = {"button": "span", "signals-panel": "div", "h4": "h2", "h5": "h3"}
# What only the script reads, and what only belongs to a button.
_ATTRIBUTES = frozenset({"type", "tabindex", "aria-controls", "aria-expanded", "nonce"})


def plain_html(html: str) -> SafeString:
    """HTML that the panel's templates have made, to be read and not to be worked with.

    Buttons are text, what only the script shows is gone, all that folds is unfolded, and places in
    files have no link, since they are of another machine.
    """
    parser = _Plain()
    parser.feed(html)
    parser.close()
    return mark_safe("".join(parser.parts))  # noqa: S308 - of templates that have escaped it


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        # The end tags to be written, of all that is open; None for what isn't written.
        self._open: list[tuple[str, str | None]] = []
        # How many of them are left out with all that is in them.
        self._dropped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write it, by its new name, if it is to be seen."""
        named = dict(attrs)
        is_place = "fsp-place" in (named.get("class") or "")
        is_dropped = tag in _DROPPED or "hidden" in named
        new = "span" if is_place and tag == "a" else _RENAMED.get(tag, tag)
        is_void = tag in _VOID or (self.get_starttag_text() or "").endswith("/>")
        if not is_void:
            self._open.append((tag, None if is_dropped or self._dropped else new))
            self._dropped += is_dropped or bool(self._dropped)
        if not is_dropped and not self._dropped:
            self.parts.append(self._start(new, named, is_void=is_void, is_place=is_place))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As any start tag, which looks for the slash itself."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Write the end tag of what was written."""
        while self._open:
            opened, written = self._open.pop()
            if written is None:
                self._dropped -= 1
            else:
                self.parts.append(f"</{written}>")
            if opened == tag:
                break

    def handle_data(self, data: str) -> None:
        """Text stays as it is."""
        if not self._dropped:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        """An entity stays as it is."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A character's number stays as it is."""
        self.handle_data(f"&#{name};")

    def _start(
        self, tag: str, named: dict[str, str | None], *, is_void: bool, is_place: bool
    ) -> str:
        kept = {
            name: value
            for name, value in named.items()
            if name not in _ATTRIBUTES and not name.startswith(("data-", "on"))
        }
        if is_place:
            # The full path, on the machine of whoever has saved it.
            kept.pop("title", None)
            kept.pop("href", None)
        if tag == "span":
            kept.pop("aria-label", None)
        if tag == "details":
            kept["open"] = None
        written = "".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"'
            for name, value in kept.items()
        )
        return f"<{tag}{written}{'/' if is_void and tag not in _VOID else ''}>"
