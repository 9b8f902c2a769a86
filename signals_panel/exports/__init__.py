"""A report to be taken along: as text, to be pasted into a chat, a ticket or a commit message."""

from signals_panel.exports.outline import outline
from signals_panel.exports.written_out import costliest, is_written_out, written_out

__all__ = ["costliest", "is_written_out", "outline", "written_out"]
