"""Reports that hold what every report must."""

from __future__ import annotations

import json

import pytest
from reports import build

from signals_panel.conf import Config


def built(recording, **config):
    built = build(recording, Config(**config))
    assert built == json.loads(json.dumps(built))
    check(built)
    return built


def check(built):
    """What holds for every report: children sum to their parent, shown and left out to all."""
    totals, rows = built["totals"], built["rows"]
    for row, kind in (("dispatch", "dispatches"), ("call", "calls")):
        shown = sum(each["count"] for each in rows if each["kind"] == row)
        more = sum(each[kind] for each in rows if each["kind"] == "more")
        assert shown + more == totals[kind]
    for kind, number in totals["effects"].items():
        shown = sum(each["count"] for each in rows if each.get("effect") == kind)
        more = sum(each["effects"].get(kind, 0) for each in rows if each["kind"] == "more")
        assert shown + more == number
    if not built["left_out"]["receivers"]:
        assert sum(row["calls"] for row in built["receivers"]) == totals["calls"]
    if not built["left_out"]["signals"]:
        assert sum(row["heard"] for row in built["signals"]) == totals["dispatches"]
        assert sum(row["unheard"] for row in built["signals"]) == totals["unheard"]
    assert sum(built["time"].values()) == pytest.approx(totals["duration_ms"])
    for row in rows:
        assert all(0 <= thousandth <= 1000 for thousandth in row.get("spans", ()))


def rows(built, kind="call"):
    return [row for row in built["rows"] if row["kind"] == kind]
