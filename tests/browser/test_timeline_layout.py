"""Where the picture's rows stand, and the scale: functions that know no page."""

from __future__ import annotations

import pytest

LAY_OUT = """async ([rows, end]) => {
    const { layOut } = await import("/static/signals_panel/timeline/layout.js");
    return layOut(rows, end);
}"""


@pytest.fixture
def lay_out(site, page):
    """Lays rows of ``(above, kind, boxes)`` out."""
    page.goto(f"{site}/")

    def run(rows, end=1000):
        return page.evaluate(
            LAY_OUT,
            [
                [{"above": above, "kind": kind, "boxes": boxes} for above, kind, boxes in rows],
                end,
            ],
        )

    return run


def heights(layout):
    return [row["y"] for row in layout["placed"]]


def test_one_below_another(lay_out):
    layout = lay_out(
        [(None, "phase", [0, 900]), (0, "dispatch", [0, 500]), (1, "call", [0, 200]),
         (1, "call", [200, 300]), (0, "dispatch", [500, 100])]
    )  # fmt: skip

    assert heights(layout) == [0, 1, 2, 2, 1]
    assert layout["height"] == 3


def test_what_overlaps_has_a_lane_with_all_that_is_in_it(lay_out):
    layout = lay_out(
        [(None, "dispatch", [0, 900]), (0, "call", [0, 500]), (1, "effect", [10, 50]),
         (0, "call", [10, 600]), (3, "effect", [20, 50]), (0, "call", [500, 100])]
    )  # fmt: skip

    assert heights(layout) == [0, 1, 2, 3, 4, 1]
    assert layout["height"] == 5


def test_times_close_to_each_other_are_a_block(lay_out):
    layout = lay_out([(None, "dispatch", [0, 10, 15, 10, 100, 10])])

    (row,) = layout["placed"]
    assert row["blocks"] == [
        {"start": 0, "end": 25, "boxes": [[0, 10], [15, 25]]},
        {"start": 100, "end": 110, "boxes": [[100, 110]]},
    ]


def test_a_row_goes_where_all_of_its_blocks_have_room(lay_out):
    layout = lay_out(
        [(None, "call", [0, 100, 500, 100]), (None, "call", [200, 100]),
         (None, "call", [300, 100, 550, 100]), (None, "call", [620, 10])]
    )  # fmt: skip

    assert heights(layout) == [0, 0, 1, 0]


def test_deferred_work_stands_in_the_part_it_ran_in(lay_out):
    rows = [
        (None, "phase", [0, 400]), (0, "call", [0, 100]), (1, "deferred", [50, 10]),
        (1, "deferred", [300, 50]), (3, "effect", [310, 10]), (1, "deferred", [500, 50]),
        (None, "phase", [400, 600]),
    ]  # fmt: skip
    layout = lay_out(rows)

    # The first ran at once, inside of what put it off.
    assert [row["home"] for row in layout["placed"]] == [-1, 0, 1, 0, 3, 6, -1]
    assert heights(layout) == [0, 1, 2, 1, 2, 1, 0]
    assert layout["links"] == [{"from": 1, "to": 3}, {"from": 1, "to": 5}]


def test_deferred_work_outside_of_all_parts_stands_by_itself(lay_out):
    layout = lay_out([(None, "dispatch", [0, 100]), (0, "deferred", [300, 50])])

    assert heights(layout) == [0, 0]
    assert layout["links"] == [{"from": 0, "to": 1}]


def test_a_very_deep_cascade(lay_out):
    rows = [(number - 1 if number else None, "call", [0, 1000]) for number in range(20_000)]
    layout = lay_out(rows)

    assert layout["height"] == 20_000
    assert heights(layout)[-1] == 19_999


def test_time_of_receivers_in_which_nothing_is_known(site, page):
    page.goto(f"{site}/")
    rows = [
        {"kind": "dispatch", "count": 1, "boxes": [0, 100]},
        {"kind": "call", "count": 1, "boxes": [0, 100]},
        {"kind": "effect", "count": 2, "boxes": [10, 20, 50, 10]},
        {"kind": "effect", "count": 1, "boxes": [25, 10]},
        # Its boxes were put together: what was between them isn't known.
        {"kind": "call", "count": 9, "boxes": [0, 40, 60, 40]},
    ]
    homes = [{"home": home} for home in (-1, 0, 1, 1, 0)]
    found = page.evaluate(
        """async ([rows, homes]) => {
            const { unaccounted } = await import("/static/signals_panel/timeline/unaccounted.js");
            return [...unaccounted(rows, homes)];
        }""",
        [rows, homes],
    )

    assert found == [[1, [[0, 10], [35, 50], [60, 100]]]]


@pytest.fixture
def scale(site, page):
    """What a scale of a second on 1,000 pixels says after some lines of a script."""
    page.goto(f"{site}/")

    def run(script):
        return page.evaluate(
            """async (script) => {
                const { Scale, ticks, timeText } = await import(
                    "/static/signals_panel/timeline/scale.js");
                const scale = new Scale(1_000_000, 1000);
                return new Function("scale", "ticks", "timeText", script)(scale, ticks, timeText);
            }""",
            script,
        )

    return run


def test_zoom_keeps_what_is_pointed_at_in_its_place(scale):
    assert scale(
        "const x = scale.x(300_000); scale.zoom(4, 300_000); return [x, scale.x(300_000)]"
    ) == pytest.approx([300, 300])


def test_nothing_beside_the_request_is_shown(scale):
    shown = "return [scale.from, scale.to]"

    assert scale(f"scale.show(900_000, 1_200_000); {shown}") == [700_000, 1_000_000]
    assert scale(f"scale.zoom(2); scale.pan(-5); {shown}") == [0, 500_000]
    assert scale(f"scale.zoom(0.1); {shown}") == [0, 1_000_000]
    start, end = scale(f"scale.zoom(1e9, 5000); {shown}")
    assert end - start == pytest.approx(20)
    assert start <= 5000 <= end


def test_ticks_are_round(scale):
    assert scale("return ticks(scale).times.map((time) => timeText(time, 100_000))")[:3] == [
        "0\N{NO-BREAK SPACE}ms",
        "100\N{NO-BREAK SPACE}ms",
        "200\N{NO-BREAK SPACE}ms",
    ]
    zoomed = "scale.show(1000, 3000); const { times, step } = ticks(scale);"
    assert scale(f"{zoomed} return times.map((time) => timeText(time, step))")[:2] == [
        "1.0\N{NO-BREAK SPACE}ms",
        "1.2\N{NO-BREAK SPACE}ms",
    ]
