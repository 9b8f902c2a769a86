"""Arguments of Django's own signals, as they are written down."""

from __future__ import annotations

from functools import partial
from typing import Any

from signals_panel.exports.written_out.functions import Function, Given, Heard
from signals_panel.exports.written_out.source import quoted

DEFAULT = quoted("default")


def text_given(value: str) -> Any:
    """An argument that is written as it stands here."""
    return partial(str, value)


def signal_given(function: Function, heard: list[Heard]) -> Given:
    """The argument ``signal``."""
    if not heard:
        return {}
    module, _, name = heard[0].dispatch["signal"].rpartition(".")
    return {"signal": partial(function.context.names.imported, module, name)}


def using_text(function: Function, aliases: set[str]) -> str:
    """The database, or a parameter for it where there were several."""
    if len(aliases) > 1:
        return function.parameter("using", DEFAULT)
    return quoted(aliases.pop() if aliases else "default")
