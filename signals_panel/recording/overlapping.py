"""The toolbar's time where receivers ran side by side.

What it took in one of them didn't hold up the others. Left out of the send as a whole, it would be
left out of their time, too: the send would be shorter than the receivers it waited for.
"""

from __future__ import annotations

from signals_panel.recording.intervals import Axis
from signals_panel.recording.measuring import elapsed, is_concurrent
from signals_panel.recording.nodes import DispatchNode
from signals_panel.recording.walking import calls_of


def give_back_overlap(dispatch: DispatchNode) -> None:
    """See that a send that has ended is as long as the longest way through one of its receivers."""
    toolbar = dispatch.root.budget.toolbar
    if toolbar.is_empty:
        return
    ns = toolbar.of(dispatch)
    if not ns or not is_concurrent(dispatch):
        return
    inside = [each for each in toolbar.stretches(dispatch.root) if each[0] >= dispatch.start]
    axis = Axis(dispatch.start, inside)
    least = max(axis(call.start) + elapsed(call) for call in calls_of(dispatch) if call.start)
    missing = least - (dispatch.end - dispatch.start - ns)
    if missing > 0:
        toolbar.give_back(dispatch, min(missing, ns))
