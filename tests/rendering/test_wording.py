"""Times, in words."""

from __future__ import annotations

import pytest

from signals_panel.wording import duration_text


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0 ms"), (0.001, "<0.01 ms"), (0.02, "0.02 ms"), (4.84, "4.8 ms"), (1234, "1,234 ms")],
)
def test_duration(ms, text):
    assert duration_text(ms).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (9_999.4, "9,999 ms"),
        (9_999.6, "10.0 s"),
        (59_000, "59.0 s"),
        (59_990, "1 min"),
        (90_000, "1 min 30 s"),
        (1_800_000, "30 min"),
        (3_600_000, "1 h"),
        (7_500_000, "2 h 5 min"),
    ],
)
def test_long_durations(ms, text):
    assert duration_text(ms) == text.replace(" ", "\N{NO-BREAK SPACE}")
