"""What is said of recordings and reports."""

from __future__ import annotations

import re

from reports import build

from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.wording import plain_sentence, verdict


def text_of(report):
    """A report's verdict, with N for numbers of lines."""
    text = plain_sentence(verdict(report), report, lambda path: path.rpartition("/")[2])
    return re.sub(r"(\.py):\d+", r"\1:N", text.replace("\N{NO-BREAK SPACE}", " "))


def said(work, **config):
    """What is said of what a function does."""
    with record_signals() as recording:
        work()
    return text_of(build(recording, Config(**config)))
