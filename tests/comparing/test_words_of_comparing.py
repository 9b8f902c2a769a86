"""The verdict in words, and what stands beside it."""

from __future__ import annotations

import pytest

from signals_panel.wording import verdict_text
from signals_panel.wording.comparing import (
    left_out_text,
    no_earlier_text,
    signed_count,
    signed_duration,
    signed_number,
)

NOTHING = {"new": 0, "gone": 0, "calls": 0, "raised": 0, "effects": {}, "ms": 0.0, "receiver_ms": 0}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, "The same receivers and effects, 0 ms (0 ms in receivers)"),
        (
            {"ms": 0.004, "receiver_ms": 0.004},
            "The same receivers and effects, <0.01 ms (<0.01 ms in receivers)",
        ),
        (
            {"ms": -29, "receiver_ms": 12},
            "The same receivers and effects, −29.0 ms (+12.0 ms in receivers)",
        ),
        (
            {"new": 1, "calls": 1, "effects": {"sql": 2}, "ms": 68},
            "+1 receiver, +2 queries, +68.0 ms",
        ),
        ({"new": 1, "calls": 200, "ms": 1}, "+1 receiver, +200 receiver calls, +1.0 ms"),
        ({"new": 2, "gone": 1, "calls": 1, "ms": -1}, "+2 receivers, −1 receiver, −1.0 ms"),
        ({"new": 1, "gone": 1, "ms": 1}, "+1 receiver, −1 receiver, +1.0 ms"),
        (
            {"effects": {"sql": -1, "mail": 0, "cache": 1_000}},
            "−1 query, +1,000 cache operations, 0 ms",
        ),
        ({"raised": -2, "ms": 20_000}, "−2 errors of receivers, +20.0 s"),
        ({"effects": {"unknown kind": 2}}, "+2 unknown kind, 0 ms"),
    ],
)
def test_verdict(given, wanted):
    found = verdict_text(**{**NOTHING, **given})
    assert found.replace("\N{NO-BREAK SPACE}", " ") == wanted


def test_signs():
    assert signed_count(-1, "query", "queries") == "−1 query"
    assert signed_count(0, "query", "queries") == "0 queries"
    assert [signed_number(number) for number in (-1_000, 0, 3)] == ["−1,000", "", "+3"]
    # A sign before what is too short to be shown would say something that isn't known.
    assert [signed_duration(ms)[0] for ms in (-0.004, 0, 0.004, -0.006, 0.006)] == list("<0<−+")


def test_no_earlier_request():
    request = {"method": "GET", "path": "/shop/"}
    assert no_earlier_text(request, has_others=False).startswith(
        "The toolbar keeps no earlier request to GET /shop/. Load the page again"
    )
    assert no_earlier_text(request, has_others=True).endswith(", or choose another request.")
    assert "this address" in no_earlier_text(None, has_others=False)


def test_left_out():
    assert left_out_text({}) == ""
    assert "1,200 receivers, 3 signals left out" in left_out_text(
        {"receivers": 1_200, "signals": 3}
    )
