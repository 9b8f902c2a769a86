"""Reports that hold what every report must."""

from __future__ import annotations

import json
from collections import Counter

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
    of_receivers, all_of_them = _effects(rows)
    assert of_receivers == +Counter(totals["effects"])
    assert all_of_them == +Counter(totals["all_effects"])
    if not built["left_out"]["receivers"]:
        assert sum(row["calls"] for row in built["receivers"]) == totals["calls"]
    if not built["left_out"]["signals"]:
        assert sum(row["heard"] for row in built["signals"]) == totals["dispatches"]
        assert sum(row["unheard"] for row in built["signals"]) == totals["unheard"]
    time = built["time"]
    parts = [time["outside"], time["python"], *time["effects"].values()]
    assert sum(parts) == pytest.approx(totals["duration_ms"])
    assert all(part >= 0 for part in parts)
    for index, details in built["details"].items():
        if "time" in details:
            _check_time(rows[int(index)], details["time"])
    for row in rows:
        assert all(0 <= thousandth <= 1000 for thousandth in row.get("spans", ()))
    _check_boxes(built)


def _check_time(row, time):
    """The parts of a row's time are the whole."""
    parts = [time["python"], time["deferred"]]
    parts += [*time["effects"].values(), *time["signals"].values()]
    assert sum(parts) == pytest.approx(row["ms"], abs=0.001), row
    assert all(part >= 0 for part in parts)


def _check_boxes(built):
    """Each box after the one before it, within the request and the row above."""
    # Rounded as boxes are.
    whole = round(built["totals"]["duration_ms"] * 1000) + 1
    extents = {}
    path = []
    for index, row in enumerate(built["rows"]):
        del path[row["level"] - 1 :]
        boxes = built["boxes"].get(str(index), [])
        assert len(boxes) <= 120
        assert len(boxes) % 2 == 0
        reached = 0
        for start, length in zip(boxes[::2], boxes[1::2], strict=True):
            assert reached <= start <= start + length <= whole
            reached = start + length
        if boxes:
            extents[index] = (boxes[0], reached)
        above = extents.get(path[-1]) if path else None
        if boxes and above and row["kind"] != "deferred":
            assert above[0] <= boxes[0], row
            assert reached <= above[1], row
        path.append(index)


def _effects(rows):
    """How many of each kind, shown or only counted: of receivers, and all."""
    of_receivers, others = Counter(), Counter()
    # The kinds of the rows around the next one.
    path = []
    for row in rows:
        del path[row["level"] - 1 :]
        if row["kind"] == "effect":
            holders = [kind for kind in path if kind in ("call", "deferred")]
            counts = of_receivers if holders[-1:] == ["call"] else others
            counts[row["effect"]] += row["count"]
        elif row["kind"] == "more":
            of_receivers.update(row["effects"])
            others.update(row["outside"])
        path.append(row["kind"])
    return +of_receivers, of_receivers + others


def rows(built, kind="call"):
    return [row for row in built["rows"] if row["kind"] == kind]
