"""What stands above the details of a row, and which row comes first."""

from __future__ import annotations

import pytest
from django.dispatch import Signal
from reports import build

from signals_panel import record_signals
from signals_panel.rendering import head
from signals_panel.rendering.inspected import selected
from signals_panel.wording import took_text

sent = Signal()


class Sender:
    """Who sends."""


@pytest.fixture
def report(clock, connect, query):
    def quick(sender, **kwargs):
        clock.tick(1)

    def slow(sender, **kwargs):
        clock.tick(2)
        query(3)

    connect(sent, quick)
    connect(sent, slow)
    with record_signals() as recording:
        for _ in range(2):
            sent.send(sender=Sender)
        clock.tick(8)
    return recording


def texts(found):
    return {
        key: str(value).replace("\N{NO-BREAK SPACE}", " ").replace("<wbr>", "")
        for key, value in found.items()
    }


def test_heads(report):
    stats = build(report)
    kinds = [row["kind"] for row in stats["rows"]]
    dispatch, call, effect = kinds.index("dispatch"), kinds.index("call"), kinds.index("effect")

    found = texts(head(stats, "row", dispatch))
    assert found["kind"] == "Signal"
    assert found["name"].startswith("sent from ")
    assert found["times"] == "× 2"
    assert found["row"] == str(dispatch)
    found = texts(head(stats, "row", call))
    assert found["kind"] == "Receiver"
    assert found["name"].endswith("<b>quick</b>")
    assert found["took"] == "2.0 ms, 10% of the request, the longest 1.0 ms"
    found = texts(head(stats, "row", effect))
    assert found["kind"] == "Query"
    assert found["took"] == "6.0 ms, 30% of the request, the longest 3.0 ms"


def test_heads_of_other_tables(report):
    stats = build(report)
    names = [row["receiver"].rpartition(".")[2] for row in stats["receivers"]]

    found = texts(head(stats, "receiver", names.index("slow")))
    assert (found["kind"], found["times"], found["row"]) == ("Receiver", "× 2", "")
    assert found["took"] == "10.0 ms, 50% of the request, the longest 5.0 ms"
    found = texts(head(stats, "effect", 0))
    assert (found["kind"], found["times"], found["row"]) == ("Query", "× 2", "")


def test_the_first_row_is_a_finding_s_else_the_costliest_receiver_s(report):
    with_rules = build(report)
    assert with_rules["findings"]
    assert selected(with_rules) == with_rules["findings"][0]["row"]

    without = {**with_rules, "findings": []}
    assert without["rows"][selected(without)]["receiver"].endswith("slow")
    assert selected({**without, "rows": without["rows"][:1]}) is None


def test_what_overlaps_has_no_share_above_all():
    """The times of one row are added up, also where they ran side by side."""
    row = {"count": 3, "ms": 150.0, "longest_ms": 50.0}

    assert took_text(row, 150.0, 77.0).replace("\N{NO-BREAK SPACE}", " ") == (
        "150 ms, more than all of the request, the longest 50.0 ms"
    )
    # Both are rounded, each for itself.
    assert "100% of the request" in took_text(row, 77.01, 77.0)
