"""A report to be taken along: as text, to be pasted into a chat, a ticket or a commit message."""

from signals_panel.exports.outline import outline

__all__ = ["outline"]
