"""Reports of recordings, as the panel makes them."""

from __future__ import annotations

from typing import Any

from signals_panel import report
from signals_panel.analysis import analyse
from signals_panel.conf import Config
from signals_panel.results import Recording


def build(recording: Recording, config: Config | None = None) -> Any:
    """The report of a recording."""
    return report.build(analyse(recording), config or Config())
