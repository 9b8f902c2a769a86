"""The report as HTML: escaped, valid, and true in every language."""

from __future__ import annotations

import itertools
from html.parser import HTMLParser

import html5lib
import pytest
from django.db import transaction
from django.dispatch import Signal
from django.template import engines
from django.template.loader import render_to_string
from reports import build, stored_panel

from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.rendering import context, details_context

EVIL = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "' onmouseover='alert(1)' x='",
    "javascript:alert(1)",
    "</code></td></tr></table><svg onload=alert(1)>",
    "{{ 7|add:7 }}{% debug %}",
    "-->&lt;b&gt;<!--",
    "<template shadowrootmode=open><script>alert(1)</script></template>",
    "SELECT <b>1</b> FROM \"<i>.x\" WHERE a = '</pre><script>alert(1)</script>'",
    "\u202e\u2028]]><style>*{display:none}</style>",
]
PAGES = [
    "/shop/cascade/",
    "/showcase/loop/",
    "/showcase/swallowed/",
    "/showcase/custom-signal/",
    "/showcase/nothing/",
    "/showcase/m2m/",
]


def page_of(stats, **config):
    shown = context(stats, Config(**config))
    return render_to_string("signals_panel/panel.html", {**shown, "request_id": "abc"})


def details_of(stats, **config):
    """The details of everything that has some, by (kind, number)."""
    found = {}
    for kind, rows in (("row", "rows"), ("receiver", "receivers"), ("effect", "effects")):
        for number in range(len(stats[rows])):
            shown = details_context(stats, kind, str(number), Config(**config))
            if shown is not None:
                found[kind, number] = render_to_string("signals_panel/details.html", shown)
    return found


class Words(dict):
    """For each text another one: the same for the same, as the report's parts refer to it."""

    def __init__(self, corpus):
        super().__init__()
        self.corpus = itertools.cycle(corpus)

    def __missing__(self, text):
        self[text] = f"{next(self.corpus)}{len(self)}"
        return self[text]


def poison(value, words):
    """A report with every text replaced, but for those that the page's structure hangs on."""
    if isinstance(value, str):
        return words[value] if value else value
    if isinstance(value, list):
        return [poison(item, words) for item in value]
    if isinstance(value, dict):
        return {key: item if key == "kind" else poison(item, words) for key, item in value.items()}
    return value


class Structure(HTMLParser):
    """Tags and the names of their attributes, and where links go."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.links = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        # The only two that depend on words: bold keywords of SQL, breaks in names.
        if tag not in ("strong", "wbr", "br", "span"):
            self.tags.append((tag, sorted(name for name, _ in attrs)))
        for name, value in attrs:
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src"):
                self.links.append(value)

    def handle_endtag(self, tag):
        if tag not in ("strong", "wbr", "br", "span"):
            self.tags.append(f"/{tag}")

    def handle_comment(self, data):
        raise AssertionError(data)


@pytest.fixture
def stats(visit):
    """A report with everything in it."""
    served = visit("/showcase/loop/").report
    swallowed = visit("/showcase/swallowed/").report
    assert any("traceback" in row for row in swallowed["details"].values())
    return [served, swallowed, visit("/shop/cascade/").report]


@pytest.mark.parametrize("editor_url", ["", "vscode://file/{path}:{line}"])
def test_nothing_of_the_corpus_gets_out_of_its_text(stats, editor_url):
    for report_ in stats:
        report_["details"] = {
            number: {**details, "arguments": [["instance", "shop.Product pk=3"]]}
            for number, details in report_["details"].items()
        }
        harmless = poison(report_, Words(["x.y_z"]))
        evil = poison(report_, Words(EVIL))
        pages = [(page_of(evil, editor_url=editor_url), page_of(harmless, editor_url=editor_url))]
        harmless_details = details_of(harmless, editor_url=editor_url)
        pages += [
            (html, harmless_details[key])
            for key, html in details_of(evil, editor_url=editor_url).items()
        ]
        for html, expected in pages:
            found = Structure(html)
            assert found.tags == Structure(expected).tags
            assert not [link for link in found.links if link.startswith("javascript:")]
            assert "<script" not in html.lower()
        # On which page it is depends on how many texts come before it.
        shown = "".join(html for html, _ in pages)
        assert "{{ 7|add:7 }}" in shown.replace("<wbr>", "")


@pytest.mark.parametrize("path", PAGES)
def test_html_is_valid(visit, path):
    report_ = visit(path).report
    parser = html5lib.HTMLParser(strict=True)

    for html in (
        page_of(report_),
        page_of(report_, editor_url="vscode://file/{path}:{line}"),
        stored_panel(visit(path).request_id).content,
        *details_of(report_).values(),
    ):
        parser.parseFragment(html, container="div")


def test_ids_are_unique(stats):
    import re

    for report_ in stats:
        ids = re.findall(r'\bid="([^"]+)"', page_of(report_))
        assert len(ids) == len(set(ids))
        assert len(ids) > 10


def test_no_inline_style_or_script(stats):
    for report_ in stats:
        html = page_of(report_) + "".join(details_of(report_).values())
        assert " style=" not in html
        assert "<script" not in html


def test_numbers_are_the_panel_s_own_in_every_language(visit, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGE_CODE = "de"
    report_ = visit("/showcase/loop/").report
    for row in report_["rows"]:
        row["ms"] = 1234.5
    html = page_of(report_)

    assert "1,234\N{NO-BREAK SPACE}ms" in html
    assert 'data-ms="1234.5"' in html
    assert "1.234" not in html


def test_views_of_a_long_report_are_folded_until_the_script_comes(visit, monkeypatch):
    report_ = visit("/showcase/loop/").report
    # The cascade, receivers, signals, what isn't called, what is connected, what
    # changed, each kind of effect.
    kinds = len(report_["totals"]["all_effects"])
    assert page_of(report_).count("<details open>") == 6 + kinds
    monkeypatch.setattr("signals_panel.rendering.page._MAX_UNFOLDED", len(report_["rows"]) - 1)
    assert "<details open>" not in page_of(report_)


def test_without_a_report():
    assert "Nothing was recorded" in render_to_string(
        "signals_panel/panel.html", context({}, Config())
    )


@pytest.mark.parametrize(
    "text",
    [
        "No receiver ran a query",
        "No signal was sent but Django&#x27;s own",
    ],
)
def test_empty_states_say_what_to_check(visit, text):
    assert text in page_of(visit("/showcase/nothing/").report)


def test_the_bar_adds_up_to_the_whole(visit):
    time = context(visit("/shop/cascade/").report, Config())["time"]

    assert sum(float(part["width"]) for part in time) == pytest.approx(
        1000, abs=0.5
    )  # each is rounded
    assert [part["key"] for part in time] == [
        "outside", "python", "sql", "cache", "mail", "http"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<p>\n  one\n  two\n</p>\n", "<p>one two</p>"),
        ('<p\n  id="a"\n  class="b"\n>\n  <b>1</b> <i>2</i>\n</p>',
         '<p id="a" class="b"><b>1</b> <i>2</i></p>'),
        ('<p\n  {% if yes %} id="a"{% endif %}\n>', '<p id="a">'),
        ("{{ yes }}\n  {{ yes }}\n  x", "1\n11\n1x"),
        ("{% for one in many %}\n  {% if yes %}\n    {{ one }},\n  {% endif %}\n{% endfor %}",
         "a,b,"),
        ("<pre>{{ yes }}</pre>", "<pre>1\n1</pre>"),
    ],
)  # fmt: skip
def test_ends_of_lines_do_not_show(text, html):
    source = f"{{% load signals_panel %}}{{% oneline %}}{text}{{% endoneline %}}"
    found = engines["django"].from_string(source).render({"yes": "1\n1", "many": "ab"})

    assert found == html


def test_every_kind_of_row_is_one_line(stats):
    kinds = {row["kind"] for report_ in stats for row in report_["rows"]}
    assert kinds >= {"phase", "dispatch", "call", "effect"}
    more = {"kind": "more", "level": 1, "dispatches": 2, "calls": 1, "effects": {}}
    for report_ in stats:
        rows = page_of({**report_, "rows": [*report_["rows"], more]}).split("<tr class=")[1:]
        assert all("  " not in row.partition("</tr>")[0] for row in rows)
        text = "… and 2 more dispatches, 1 receiver call and 0 queries in receivers, not kept"
        # One for each kind of effect that there is, and that of queries in any case.
        columns = 4 + len({"sql", *report_["totals"]["all_effects"]})
        assert f'<td colspan="{columns}">{text} in detail.' in rows[-1]


def test_bars_are_as_high_as_they_are_filled(clock, connect):
    """A receiver that ran often for a moment doesn't look as if it took all the time."""
    signal = Signal()

    def quick(**kwargs):
        clock.tick(0.01)

    def slow(**kwargs):
        clock.tick(0.99)

    connect(signal, quick)
    connect(signal, slow)
    with record_signals() as recording:
        for _ in range(3_000):
            signal.send(sender=None)

    stats = build(recording, Config())
    heights = [
        float(row["bars"].split("v")[1].split("h")[0])
        for row in context(stats, Config())["rows"]
        if row["kind"] == "call"
    ]
    assert heights[0] == pytest.approx(1.2, abs=0.05)
    assert heights[1] > 11


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_undone", "shown"), [(False, ""), (True, ": rolled back")])
def test_details_tell_the_transaction(connect, is_undone, shown):
    def hears(**kwargs):
        pass

    signal = Signal()
    connect(signal, hears)
    with record_signals() as recording:
        signal.send(None)
        with transaction.atomic():
            signal.send(None)
            transaction.set_rollback(is_undone)

    stats = build(recording)
    first, second = [
        details_of(stats)["row", number]
        for number, row in enumerate(stats["rows"])
        if row["kind"] == "call"
    ]
    assert "In a transaction" not in first
    assert f"In a transaction on <code>default</code>{shown}</p>" in second
