"""What no description may do, and what every report must be, whatever was described."""

from __future__ import annotations

import json

from django.db import connection
from django.dispatch import Signal
from django.template.loader import render_to_string
from reports import build

from signals_panel.conf import Config
from signals_panel.rendering import context

fired_by_describing = Signal()
fired_by_describing.connect(lambda **kwargs: None, weak=False)


def touch():
    """What no description may do: query, and send a signal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'described'")
    fired_by_describing.send(sender=None)


def assert_plain(recording):
    stats = build(recording, Config())
    text = json.dumps(stats, allow_nan=False)
    assert json.loads(text) == stats
    text.encode()
    render_to_string("signals_panel/panel.html", context(stats, Config())).encode()
