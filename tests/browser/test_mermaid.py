"""The charts of ``manage.py signals --format mermaid``, drawn by Mermaid itself."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from conftest import EXAMPLE
from mermaids import mermaid_script

from signals_panel.exports.connected import FORMATS, Contents
from signals_panel.wiring import ConnectedReceiver, ConnectedSignal

DRAW = """async (chart) => {
    mermaid.initialize({startOnLoad: false});
    const {svg} = await mermaid.render("chart", chart);
    document.body.innerHTML = svg;
    const texts = (selector) =>
        [...document.querySelectorAll(selector)].map((found) => found.textContent);
    return {
        nodes: texts("svg .node"),
        numbers: texts("svg .edgeLabels .edgeLabel .edgeLabel").filter((text) => text),
        arrows: document.querySelectorAll("svg path.flowchart-link").length,
    };
}"""

# What Mermaid reads as something of its own, in one place or another.
ODD = [
    "app.tests.<locals>.<lambda>",
    "partial(shop.receivers.log)",
    "(a sender that can't be named)",
    "end",
    "shop.end",
    "subgraph",
    "click",
    "default",
    "x",
    'a"b',
    "a#quot;b",
    "#35;",
    "&amp;",
    "`tick`",
    "**bold** _it_",
    "__call__",
    '%%{init: {"theme": "dark"}}%%',
    "%% comment",
    "$$x^2$$",
    "fa:fa-car",
    "a;b",
    "1. one",
    "- item",
    "a|b",
    "a --> b",
    "<b>bold</b>",
    "<script>document.title = 'ran'</script>",
    "back\\slash",
    "a[b]",
    "{a}",
    "@{ shape: x }",
    "http://example.com/",
    "# heading",
    "~~a~~",
    "class:::x",
    "[/a/]",
    "ä.Ö.中",
    "😀.b",
]


@pytest.fixture
def draw(page, messages):
    """Draw a chart; gives what is to be read in it."""
    page.set_content("<title>chart</title>")
    page.add_script_tag(path=mermaid_script())
    yield lambda chart: page.evaluate(DRAW, chart)
    assert messages == []
    assert page.title() == "chart"


def written(*arguments):
    return subprocess.run(
        [sys.executable, "manage.py", "signals", "--format", "mermaid", *arguments],
        cwd=EXAMPLE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "example.settings"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout


def test_the_example_site(draw):
    chart = written()
    drawn = draw(chart)

    assert {
        "shop.Product",
        "post_save",
        "shop.receivers.log_product_change",
        "showcase.senders.Order",
        "order_placed",
        "showcase.receivers.fetch_prices",
    } <= set(drawn["nodes"])
    # Each receiver once, whoever calls it; a signal once for each of its senders.
    assert drawn["nodes"].count("shop.receivers.log_product_change") == 1
    assert drawn["nodes"].count("post_save") == chart.count('(["post_save"])') > 3
    assert drawn["arrows"] == chart.count("-->")
    assert len(drawn["numbers"]) == chart.count(" -- ")


def test_one_model(draw):
    drawn = draw(written("--model", "shop.Product"))

    assert drawn == {
        "nodes": [
            "shop.Product",
            "post_save",
            "shop.receivers.log_product_change",
            "shop.receivers.email_stock_team",
            "shop.receivers.clear_catalogue_cache",
            "shop.receivers.announce_to_api",
        ],
        "numbers": ["1", "2", "3", "4"],
        "arrows": 5,
    }


def test_nothing(draw):
    assert draw(written("--signal", "pre_init"))["nodes"] == ["no receivers"]


def test_any_name(draw):
    """Each as a sender, as a signal and as a receiver, all of them in one chart."""

    def receiver(name, sender):
        return ConnectedReceiver(name, None, None, sender, True, None, False, "project")

    # A signal is shown by the last part of its name.
    signals = [
        ConnectedSignal(
            f"module.{name.rpartition('.')[2]}", "project", (receiver(f"to {name}", name),)
        )
        for name in ODD
    ]
    drawn = draw(FORMATS["mermaid"](Contents(signals, [], False, "")))

    wanted = [text for name in ODD for text in (name, name.rpartition(".")[2], f"to {name}")]
    assert [text.strip() for text in drawn["nodes"]] == [text.strip() for text in wanted]
    assert drawn["arrows"] == 2 * len(ODD)
