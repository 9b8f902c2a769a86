"""What is connected, sent or not: as text, Markdown, Mermaid or JSON."""

from collections.abc import Callable

from signals_panel.exports.connected.as_json import as_json
from signals_panel.exports.connected.contents import Contents, contents
from signals_panel.exports.connected.markdown import markdown
from signals_panel.exports.connected.mermaid import mermaid
from signals_panel.exports.connected.text import text

FORMATS: dict[str, Callable[[Contents], str]] = {
    "text": text,
    "markdown": markdown,
    "mermaid": mermaid,
    "json": as_json,
}

ENDINGS = {".md": "markdown", ".mmd": "mermaid", ".json": "json", ".txt": "text"}
"""The format of a file by how its name ends."""

__all__ = ["ENDINGS", "FORMATS", "Contents", "contents"]
