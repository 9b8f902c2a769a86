"""The panel's HTML without what needs its script."""

from __future__ import annotations

import pytest

from signals_panel.rendering.plain import plain_html


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        # What is for reading stays as it is, entities too.
        ('<p class="a">1 &lt; 2 &#x27;x&#39; <b>é</b><wbr></p>',) * 2,
        ('<a href="#fsp_1">row</a>',) * 2,
        (
            '<svg viewBox="0 0 9 9"><rect x="1"/><title>a</title></svg>',
            '<svg viewbox="0 0 9 9"><rect x="1"/><title>a</title></svg>',
        ),
        # Buttons are text.
        (
            '<button type="button" class="fsp-open" data-details="row:1" tabindex="0">a<b>b</b>'
            "</button>c",
            '<span class="fsp-open">a<b>b</b></span>c',
        ),
        ('<button aria-label="Show calls of a">calls</button>', "<span>calls</span>"),
        # What only the script shows is gone, with all that is in it.
        ("<p>a<span hidden>b<br><i>c</i><button hidden>d</button></span>e</p>", "<p>ae</p>"),
        ('<form><input name="a"><p>b</p></form><p>c</p>', "<p>c</p>"),
        ("<script>if (a < b) { c(); }</script><p>d</p>", "<p>d</p>"),
        ('<link rel="stylesheet" href="/static/a.css"><p>d</p>', "<p>d</p>"),
        ("<select><option>a</option></select>b", "b"),
        # Places in files are of another machine.
        (
            '<button class="fsp-place" data-copy="/home/a.py:1" title="Copy /home/a.py:1">a.py:1'
            "</button>",
            '<span class="fsp-place">a.py:1</span>',
        ),
        (
            '<a class="fsp-place" href="vscode://file//home/a.py:1" title="Open">a.py:1</a>',
            '<span class="fsp-place">a.py:1</span>',
        ),
        # All that folds is unfolded, and headings follow the page's own.
        (
            "<details><summary><h4>a</h4></summary>b</details>",
            "<details open><summary><h2>a</h2></summary>b</details>",
        ),
        ("<signals-panel class=fsp data-css=x>a</signals-panel>", '<div class="fsp">a</div>'),
        # An attribute's value is escaped again.
        (
            '<td title="&quot;&gt;&lt;script&gt;" onclick="x()">a</td>',
            '<td title="&quot;&gt;&lt;script&gt;">a</td>',
        ),
    ],
)
def test_plain(html, wanted):
    assert plain_html(html) == wanted
