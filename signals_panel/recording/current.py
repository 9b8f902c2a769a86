"""The current node: where what happens now belongs.

None means that nobody records. Nodes compare by identity, which asgiref relies on when it
copies context between threads and tasks.
"""

from __future__ import annotations

from contextvars import ContextVar

from signals_panel.describe import CallSite
from signals_panel.recording.nodes import Node

current: ContextVar[Node | None] = ContextVar("signals_panel_current", default=None)

# Where the code stood that handed work to another thread (asgiref's sync_to_async): in that
# thread no frame of the project may be on the stack.
handed_over_from: ContextVar[CallSite | None] = ContextVar(
    "signals_panel_handed_over_from", default=None
)
