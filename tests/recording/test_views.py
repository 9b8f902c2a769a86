"""What a recording's views are to each other, and in a debugger."""

from __future__ import annotations

from django.db import connection
from django.dispatch import Signal

from signals_panel import record_signals

asked = Signal()


def test_views(connect, db, settings):
    from django.core.cache import cache

    def asks(**kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("nobody")

    connect(asked, asks)
    with record_signals() as recording:
        asked.send(sender=None)
    (dispatch,) = recording.dispatches
    (call,) = dispatch.calls
    query, cached = call.effects
    # Two of one node are equal, and the same in a set.
    assert len({dispatch, recording.dispatches[0], call, dispatch.calls[0]}) == 2
    assert dispatch != call
    assert repr(dispatch) == f"<Dispatch of {__name__}.asked from None>"
    assert repr(call) == f"<ReceiverCall of {call.receiver}>"
    assert repr(query) == "<Query 'SELECT 1' on 'default'>"
    assert repr(cached) == "<Effect cache: get nobody>"
