"""What is put together where a map has more nodes than can be read."""

from __future__ import annotations

import pytest
from django.dispatch import Signal
from maps import Sender, fan, recorded

from signals_panel.rendering.map import map_context
from signals_panel.rendering.map.folding import fold
from signals_panel.rendering.map.graph import graph
from signals_panel.rendering.map.nodes import Graph

sent = Signal()


def boxes(report, kind):
    return [box for box in map_context(report)["nodes"] if box["kind"] == kind]


def text(box, name):
    return box[name].replace("\N{NO-BREAK SPACE}", " ")


def test_the_cheapest_are_one(connect, clock):
    report = fan(connect, clock, 1, 71)
    calls = boxes(report, "call")
    (more,) = [box for box in calls if "more" in box["name"]]

    # 71 and two: 13 have to go, and the one that stands for them comes.
    assert len(map_context(report)["nodes"]) == 60
    assert more["name"] == "and 14 more receivers"
    assert more["y"] == max(box["y"] for box in calls)
    assert (
        more["details"][0]["text"].replace("\N{NO-BREAK SPACE}", " ") == f"{sum(range(1, 15))} ms"
    )
    assert text(more, "title").startswith("and 14 more receivers: 105 ms, 4% of the request")
    assert {box["name"] for box in calls} >= {"receiver_0_70", "receiver_0_14"}
    assert "receiver_0_13" not in {box["name"] for box in calls}


def test_an_error_is_not_folded(connect, clock):
    def fails(sender, **kwargs):
        raise ValueError

    report_signal = Signal()
    connect(report_signal, fails)
    for number in range(80):
        connect(report_signal, slow(clock, number))
    report = recorded(lambda: report_signal.send_robust(sender=Sender))

    assert [box["name"] for box in boxes(report, "call") if box["failed"]] == ["fails"]


def slow(clock, number):
    def receiver(sender, **kwargs):
        clock.tick(1)

    receiver.__name__ = receiver.__qualname__ = f"slow_{number}"
    return receiver


def test_lines_signals_and_receivers_fold_one_after_the_other(connect, clock):
    report = fan(connect, clock, 70, 2)
    found = graph(report)
    whole = sum(node.ms for node in found.nodes)
    fold(found)

    assert len(found.nodes) == 60
    assert sum(node.ms for node in found.nodes) == pytest.approx(whole)
    assert {node.kind for node in found.nodes if node.folded} >= {"line", "dispatch", "call"}


def test_a_long_way_is_cut_at_its_end(connect, clock):
    def receiver(sender, depth=0, **kwargs):
        clock.tick(1)
        if depth < 60:
            sent.send(sender=Sender, depth=depth + 1)

    connect(sent, receiver)
    report = recorded(lambda: sent.send(sender=Sender))
    found = graph(report)
    everything = len(found.nodes)
    fold(found)
    last = found.nodes[-1]

    assert everything == 123
    assert len(found.nodes) == 60
    assert (last.kind, last.folded) == ("more", everything - 59)
    # As long as what it came of, and not once for each that is inside of another.
    (edge,) = [edge for edge in found.edges.values() if edge.target is last]
    assert last.ms == pytest.approx(edge.ms)
    (box,) = boxes(report, "more")
    assert box["name"] == "and 64 more further on"


def test_it_is_the_same_each_time(connect, clock):
    report = fan(connect, clock, 9, 30)

    assert map_context(report) == map_context(report)


def tree(*layers):
    """A graph in layers of pairs: the place of what leads to it in the layer before, and its ms."""
    found = Graph()
    above = []
    for number, layer in enumerate(layers):
        here = []
        for place, (parent, ms) in enumerate(layer):
            kind = ("line", "dispatch", "call")[min(number, 2)]
            node = found.node(place, kind, number, f"{number}.{place}")
            node.ms = ms
            if above:
                found.connect(above[parent], node, ms, 1)
            here.append(node)
        above = here
    return found


def test_what_was_folded_under_two_that_became_one_is_folded_on():
    """Three signals with folded receivers become one; then all of these are siblings."""
    calls = [(parent, 5 * parent + 10) for parent in (0, 0, 1, 1)] + [(2, 2)]
    found = tree([(0, 9)], [(0, 1), (0, 2), (0, 3)], calls)
    for parent in (0, 1):
        signal = next(node for node in found.nodes if node.name == f"1.{parent}")
        pair = found.children()[signal]
        found.replace(pair, type(signal)("call", 2, ""))
    signals = [node for node in found.nodes if node.kind == "dispatch"]
    found.replace(signals, type(signals[0])("dispatch", 1, ""))
    fold(found, 4)

    # The one that was by itself keeps its name.
    assert [(node.name, node.folded) for node in found.nodes if node.kind == "call"] == [
        ("2.4", 0),
        ("", 4),
    ]


def test_nothing_stands_for_one_alone():
    """Far on the right, too, what is alone is shown as it is."""
    found = tree([(0, 9)], [(0, 9)], [(0, 4), (0, 5)], *[[(0, 4), (1, 5)]] * 2, [(1, 5)], [(0, 5)])
    # Two branches, of which nothing is alike.
    for node in found.nodes:
        node.effect = f"kind {node.name[-1]}" if node.layer > 1 else ""
    fold(found, 8)

    assert [(node.name, node.folded) for node in found.nodes if node.layer > 3] == [
        ("4.0", 0),
        ("", 3),
    ]
