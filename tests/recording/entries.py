"""Entries of the store, whose sums must be the totals of what was recorded."""

from __future__ import annotations

import json

from reports import build

from signals_panel.conf import Config

MAX_ENTRY = 512 * 1024


def entry(recording):
    """What the store would keep, checked for size."""
    stats = build(recording, Config())
    assert len(json.dumps(stats)) < MAX_ENTRY
    return stats


def shown_in_detail(stats):
    """Sums over the rows and the remainder: they make up the totals."""
    sums = {"dispatch": 0, "call": 0, "effect": 0}
    for row in stats["rows"]:
        if row["kind"] == "more":
            sums["dispatch"] += row["dispatches"]
            sums["call"] += row["calls"]
            sums["effect"] += sum(row["effects"].values())
        elif row["kind"] in sums:
            sums[row["kind"]] += row["count"]
    return sums["dispatch"], sums["call"], sums["effect"]
