"""What holds for every comparison: its parts add up to the whole, before and after."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter

import pytest


def check(comparison):
    totals = comparison.totals
    parts = [*(each.own for each in comparison.receivers), comparison.outside, comparison.rest]
    for side in (0, 1):
        assert sum(part.calls[side] for part in parts) == totals.calls[side]
        effects = Counter()
        for part in parts:
            effects.update({kind: figure[side] for kind, figure in part.effects.items()})
        whole = {kind: figure[side] for kind, figure in totals.all_effects.items()}
        assert +effects == +Counter(whole)
        ms = sum(part.ms[side] for part in parts)
        assert ms == pytest.approx(totals.duration_ms[side])
    # Nothing but plain data, for whoever stores or sends it.
    assert json.loads(json.dumps(dataclasses.asdict(comparison)))
    return comparison
