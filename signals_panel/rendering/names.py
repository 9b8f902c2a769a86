"""What the views of one report share: names, places in files, texts, and where a row is found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from signals_panel.conf import Config
from signals_panel.rendering.links import place_html
from signals_panel.rendering.sql import short_sql

# A statement in a line or two; other kinds have short texts.
_SHORT = {"sql": short_sql}


def name_html(path: str) -> SafeString:
    """``django.db.models.signals.post_save``: the last part is what it is called."""
    # Of ``partial(shop.receivers.tell)`` the bracket isn't what it is called.
    inside = path.rstrip(")")
    home, dot, name = inside.rpartition(".")
    return format_html(
        '<span class="fsp-home">{}</span><b>{}</b>{}',
        _breakable(home + dot),
        _breakable(name),
        path[len(inside) :],
    )


def signal_html(path: str) -> SafeString:
    """``post_save``, with all of its path for who points at it."""
    return format_html('<b title="{}">{}</b>', path, _breakable(path.rpartition(".")[2]))


class Names:
    """Made once for each report, and looked up for each row."""

    def __init__(self, stats: Mapping[str, Any], config: Config) -> None:
        self.lines = [
            Line(place_html(line, config.editor_url), *line[:4]) for line in stats["lines"]
        ]
        self._texts = stats["texts"]
        self._short: dict[tuple[str, int], SafeString] = {}
        self._names: dict[str, SafeString] = {}
        self._short_signals: dict[str, SafeString] = {}
        # Where the other views have a row for what the cascade shows.
        self._receivers = {row["receiver"]: n for n, row in enumerate(stats["receivers"])}
        self._signals = {
            (row["signal"], row["sender"]): n for n, row in enumerate(stats["signals"])
        }
        self._effects = {_identity(row): n for n, row in enumerate(stats["effects"])}

    def name(self, path: str) -> SafeString:
        """As ``name_html``; the same names come again and again."""
        known = self._names.get(path)
        if known is None:
            known = self._names[path] = name_html(path)
        return known

    def signal(self, path: str) -> SafeString:
        """As ``signal_html``."""
        known = self._short_signals.get(path)
        if known is None:
            known = self._short_signals[path] = signal_html(path)
        return known

    def line(self, index: int | None) -> Line | None:
        """A line of source, by its index."""
        return None if index is None else self.lines[index]

    def text(self, row: Mapping[str, Any]) -> str:
        """What happened, in full; of SQL the statement."""
        text: str = self._texts[row["text"]]
        return text

    def short_text(self, row: Mapping[str, Any]) -> SafeString:
        """The same for a table's cell."""
        key = (row["effect"], row["text"])
        known = self._short.get(key)
        if known is None:
            known = self._short[key] = _SHORT.get(row["effect"], escape)(self.text(row))
        return known

    def number(self, row: Mapping[str, Any]) -> str | None:
        """The number of a cascade's row in the view of its kind, as text for a template."""
        if row["kind"] == "dispatch":
            found = self._signals.get((row["signal"], row["sender"]))
        elif row["kind"] == "call":
            found = self._receivers.get(row["receiver"])
        elif row["kind"] == "effect":
            found = self._effects.get(_identity(row))
        else:
            found = None
        return None if found is None else str(found)

    def number_of_signal(self, row: Mapping[str, Any]) -> str:
        """The number of a signal's row."""
        return str(self._signals[row["signal"], row["sender"]])


def _identity(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["effect"], row["text"], row["alias"], row["result"]


def _breakable(name: str) -> SafeString:
    """A name that breaks after a dot or underscore, before it breaks anywhere."""
    escaped = escape(name).replace(".", ".<wbr>").replace("_", "_<wbr>")
    return mark_safe(escaped)  # noqa: S308 - no entity has a dot or underscore in it


class Line(NamedTuple):
    """A line of source, and the link or button that leads to it."""

    place: SafeString
    path: str
    number: int
    function: str
    text: str


def file_stem(request: Mapping[str, Any] | None) -> str:
    """A file's name without its ending: letters, digits and dashes alone."""
    if not request:
        return "signals"
    words = re.findall(r"[A-Za-z0-9]+", f"{request['method'].lower()} {request['path'][:80]}")
    at = re.sub(r"\D", "", request["at"][:19])
    return "-".join(["signals", *words, at[:8], at[8:]])
