"""A report to be taken along: as text or Markdown, for a chat, a ticket or a commit message."""

from signals_panel.exports.markdown import markdown
from signals_panel.exports.outline import outline
from signals_panel.exports.written_out import costliest, is_written_out, written_out

__all__ = ["costliest", "is_written_out", "markdown", "outline", "written_out"]
