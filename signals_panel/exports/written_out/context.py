"""What the functions of one module share: the report, the names, what is known of receivers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from signals_panel.exports.written_out.models import sender_text
from signals_panel.exports.written_out.parts import Part, Row, guards
from signals_panel.exports.written_out.source import Names

Inner = Callable[[Part, str], tuple[str, bool]]
"""Gives the function for what happened inside of a receiver, and whether its receivers are
disconnected along with those of the function asked for."""


class Context:
    """The report that is written out, and the module in the making."""

    def __init__(
        self, report: Mapping[str, Any], short_path: Callable[[str], str], inner: Inner
    ) -> None:
        self.report = report
        self.names = Names()
        self.guards = guards(report["rows"])
        self.inner = inner
        self._short_path = short_path

    def place(self, line: int | None) -> str:
        """``shop/views.py:31``, of a line's index."""
        if line is None:
            return ""
        path, number = self.report["lines"][line][:2]
        return f"{self._short_path(path)}:{number}"

    def statement(self, row: Row, innermost: bool = False) -> str:
        """The statement that sent a row, or asked for it; or the last one on the way to it."""
        index = row["via"][0] if innermost and row["via"] else row["sent_from"]
        return "" if index is None else str(self.report["lines"][index][3])

    def attribute(self, row: Row) -> str:
        """A relation's name in the line that asked for its change, if it is to be seen there."""
        for is_innermost in (False, True):
            text = self.statement(row, is_innermost)
            found = re.search(rf"\.(\w+)\.a?{row['note']}\(", text)
            if found:
                return found[1]
        return ""

    def sender(self, name: str) -> str | None:
        """An expression for a sender; None where it can't be imported."""
        return sender_text(name, self.names)
