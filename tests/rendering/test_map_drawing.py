"""Where the map's boxes and curves are, and that it is sound SVG."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import pytest
from django.dispatch import Signal
from django.template.loader import render_to_string
from maps import Sender, fan, recorded

from signals_panel.rendering.map import map_context
from signals_panel.rendering.map.drawing import drawing
from signals_panel.rendering.map.graph import graph
from signals_panel.rendering.map.layout import APART, NEAR, Size, lay_out, spread
from signals_panel.rendering.map.texts import cut, letters_of

PAGES = ["/shop/cascade/", "/showcase/loop/", "/showcase/deferred/", "/showcase/async/"]
# Lines of text are as wide as the widest common font makes them.
LETTER = 6.6


def overlaps(boxes):
    return [
        (one["name"], other["name"])
        for one, other in combinations(boxes, 2)
        if one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    ]


@pytest.mark.parametrize(("senders", "receivers"), [(1, 1), (5, 10), (80, 3)])
def test_nothing_overlaps(connect, clock, senders, receivers):
    found = graph(fan(connect, clock, senders, receivers))
    drawn = drawing(found, 1000)

    assert len(drawn["nodes"]) == senders * (2 + receivers)
    assert overlaps(drawn["nodes"]) == []
    for box in drawn["nodes"]:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= drawn["width"]
        # Below the titles of the columns.
        assert box["y"] >= 20
        assert box["y"] + box["height"] <= drawn["height"]
    assert drawing(found, 1000) == drawn


@pytest.mark.parametrize("path", PAGES)
def test_pages(visit, path):
    drawn = map_context(visit(path).report)

    assert overlaps(drawn["nodes"]) == []
    for box in drawn["nodes"]:
        for text in (box["name"], *(detail["text"] for detail in box["details"])):
            assert len(text) * LETTER <= box["width"] - 12
        ys = [box["y"], box["name_y"], *(detail["y"] for detail in box["details"])]
        assert ys == sorted(set(ys))
        assert ys[-1] < box["y"] + box["height"]
    widths = [edge["width"] for edge in drawn["edges"]]
    assert min(widths) >= 1
    assert max(widths) == 8
    for edge in drawn["edges"]:
        source, target = (drawn["nodes"][edge[end]] for end in ("source", "target"))
        x, y = map(float, edge["d"][1:].partition("C")[0].split())
        assert x == pytest.approx(source["x"] + source["width"], abs=0.01)
        assert source["y"] < y < source["y"] + source["height"]
        assert x < target["x"]


def test_edges_are_as_thick_as_their_time_and_counted(connect, clock):
    signal = Signal()
    connect(signal, lambda sender, **kwargs: clock.tick(6))
    connect(signal, lambda sender, **kwargs: clock.tick(2))

    def send():
        for _ in range(1000):
            signal.send(sender=Sender)

    drawn = map_context(recorded(send))
    assert [(edge["width"], edge["label"]) for edge in drawn["edges"]] == [
        (8, "× 1,000"),
        (1 + 7 * 6 / 8, "× 1,000"),
        (1 + 7 * 2 / 8, "× 1,000"),
    ]


def test_columns_have_titles(visit):
    titles = [column["title"] for column in map_context(visit("/shop/cascade/").report)["columns"]]

    assert titles == [
        "Line of code", "Signals", "Receivers", "Effects, signals", "Receivers", "Effects",
    ]  # fmt: skip


def test_a_node_is_level_with_the_middle_of_what_it_leads_to():
    sizes = [Size(0, 50, 20), *[Size(1, 50, 20)] * 3]
    laid = lay_out(sizes, [(0, 1), (0, 2), (0, 3)], 30)

    assert laid.corners == [(0, 20 + NEAR), (80, 0), (80, 20 + NEAR), (80, 40 + 2 * NEAR)]
    assert (laid.width, laid.height) == (130, 60 + 2 * NEAR)


def test_a_long_way_is_level_with_the_middle_of_its_end():
    sizes = [*[Size(layer, 50, 20) for layer in range(12)], *[Size(12, 50, 20)] * 3]
    edges = [(at, at + 1) for at in range(11)] + [(11, 12), (11, 13), (11, 14)]
    tops = [y for _, y in lay_out(sizes, edges, 30).corners]

    assert set(tops[:12]) == {20 + NEAR}


def test_an_order_without_crossings():
    # The first of the left leads to the last of the right, and so on.
    sizes = [Size(0, 9, 10)] * 3 + [Size(1, 9, 10)] * 3
    corners = lay_out(sizes, [(0, 5), (1, 4), (2, 3)], 30).corners

    assert [corners[at][1] for at in (5, 4, 3)] == [corners[at][1] for at in (0, 1, 2)]
    assert corners[1][1] - corners[0][1] == 10 + APART or corners[1][1] - corners[0][1] == 10 + NEAR


@pytest.mark.parametrize(
    ("wanted", "tops"),
    [
        ([], []),
        ([5.0], [5.0]),
        # There is room.
        ([0.0, 50.0], [0.0, 50.0]),
        # They press on each other, and are moved as one.
        ([10.0, 10.0], [4.0, 16.0]),
        ([10.0, 10.0, 100.0], [4.0, 16.0, 100.0]),
        ([20.0, 0.0], [4.0, 16.0]),
    ],
)
def test_spread(wanted, tops):
    number = len(wanted)

    assert spread(wanted, [10.0] * number, [2.0] * max(0, number - 1)) == tops


def test_nothing_at_all():
    assert lay_out([], [], 30) == ([], 0, 0)


def test_text_is_cut_by_its_width():
    assert cut("receiver", 8) == "receiver"
    assert cut("receivers", 8) == "receive…"
    assert letters_of("商品") == 4
    assert cut("商品商品", 5) == "商品…"


@pytest.mark.parametrize("is_saved", [True, False])
def test_it_is_sound_svg_without_styles(connect, is_saved):
    signal = Signal()

    def receiver(sender, **kwargs):
        raise ValueError("<b>&\"'</b>")

    connect(signal, receiver)
    report = recorded(lambda: signal.send_robust(sender=Sender))
    found = {**map_context(report), "is_saved": is_saved}
    html = render_to_string("signals_panel/fetched/map.html", found)

    assert "style=" not in html
    # Nothing but the script needs them.
    assert ("data-" in html) is not is_saved
    root = ElementTree.fromstring(f"<div>{html}</div>")
    assert root.find("svg").get("role") == ("img" if is_saved else None)
    titles = [title.text for title in root.iter("title")]
    assert titles[-1].endswith("raised ValueError: <b>&\"'</b>")


def test_numbers_are_not_localised(visit, settings):
    settings.LANGUAGE_CODE = "de"
    settings.USE_THOUSAND_SEPARATOR = True
    report = visit("/shop/cascade/").report
    html = render_to_string("signals_panel/fetched/map.html", map_context(report))

    svg = ElementTree.fromstring(f"<div>{html}</div>").find("svg")
    for rect in svg.iter("rect"):
        assert [float(rect.get(name)) >= 0 for name in ("x", "y", "width", "height")]


def test_of_a_very_long_text_only_the_beginning_is_measured(monkeypatch):
    measured = []

    def width(letter):
        measured.append(letter)
        return "W"

    monkeypatch.setattr("unicodedata.east_asian_width", width)

    assert cut("(SELECT " + "x, " * 1_600, 25) == "(SELECT x, x…"
    assert len(measured) < 1_000
