"""The report as HTML: escaped, valid, short where it may be."""

from __future__ import annotations

import itertools
import json
from html.parser import HTMLParser

import html5lib
import pytest
from django.dispatch import Signal
from django.template import engines
from django.template.loader import render_to_string
from reports import build, stored_panel

from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.rendering import context, details_context
from signals_panel.rendering.links import place_html, short_path
from signals_panel.rendering.source import source_of
from signals_panel.rendering.sql import short_sql, whole_sql
from signals_panel.wording import duration_text

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
        assert "{{ 7|<wbr>add:7 }}" in pages[0][0] or "{{ 7|add:7 }}" in pages[0][0]


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
    # The cascade, receivers, signals, queries and cache operations.
    assert page_of(report_).count("<details open>") == 5
    monkeypatch.setattr("signals_panel.rendering.page._MAX_UNFOLDED", len(report_["rows"]) - 1)
    assert "<details open>" not in page_of(report_)


def test_without_a_report():
    assert "Nothing was recorded" in render_to_string(
        "signals_panel/panel.html", context({}, Config())
    )


@pytest.mark.parametrize(
    "text",
    [
        "No receiver ran because of a signal",
        "No receiver ran a query",
        "is it connected",
    ],
)
def test_empty_states_say_what_to_check(visit, text):
    assert text in page_of(visit("/showcase/nothing/").report)


def test_the_bar_adds_up_to_the_whole(visit):
    time = context(visit("/shop/cascade/").report, Config())["time"]

    assert sum(float(part["width"]) for part in time) == pytest.approx(1000, abs=0.2)
    assert [part["key"] for part in time] == ["outside_sql", "sql", "rest"]


# Templates that are written to be read ---------------------------------------------------


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
        columns = 5 if "cache" not in report_["totals"]["all_effects"] else 6
        assert f'<td colspan="{columns}">{text} in detail.' in rows[-1]


# Places ---------------------------------------------------------------------------------

LINE = ["/srv/my site/shop/views.py", 12, "view", "x.save()"]


def test_a_place_is_copied_without_an_editor():
    html = place_html(LINE, "")

    assert html.startswith('<button type="button" class="fsp-place"')
    assert 'data-copy="/srv/my site/shop/views.py:12"' in html


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("vscode://file/{path}:{line}", "vscode://file//srv/my%20site/shop/views.py:12"),
        ("idea://open?file={path}&line={line}",
         "idea://open?file=/srv/my%20site/shop/views.py&amp;line=12"),
        ("x-mine:{path}", "x-mine:/srv/my%20site/shop/views.py"),
    ],
)  # fmt: skip
def test_a_place_is_a_link_into_the_editor(url, href):
    assert f'href="{href}"' in place_html(LINE, url)


def test_a_path_with_markup_stays_a_path():
    html = place_html(['/srv/"><script>{line}?.py', 1, "", ""], "e:{path}:{line}")

    assert "<script" not in html
    assert "%7Bline%7D" in html


def test_short_path(settings):
    site = "/venv/lib/python3.12/site-packages/django/db/models/base.py"
    assert short_path(site) == "django/db/models/base.py"
    assert short_path(str(settings.BASE_DIR / "shop" / "views.py")) == "shop/views.py"
    assert short_path("/elsewhere/x.py") == "/elsewhere/x.py"


# SQL ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "html"),
    [
        ('SELECT "a"."b", "a"."c" FROM "a"',
         "<strong>SELECT</strong> ••• <strong>FROM</strong> &quot;a&quot;"),
        ("SELECT COUNT(*) AS n\n  FROM t",
         "<strong>SELECT</strong> <strong>COUNT</strong>(*) <strong>AS</strong> n "
         "<strong>FROM</strong> t"),
        ("SELECT '<b>'", "<strong>SELECT</strong> &#x27;&lt;b&gt;&#x27;"),
        ("x" * 500, "x" * 400 + "…"),
    ],
)  # fmt: skip
def test_short_sql(sql, html):
    assert short_sql(sql) == html


def test_short_sql_of_a_hostile_statement_is_quick():
    import time

    begin = time.process_time()
    for sql in ("SELECT " + "a." * 100_000, "SELECT " * 50_000, "(" * 100_000 + "FROM" * 50_000):
        short_sql(sql)
    assert time.process_time() - begin < 0.5


def test_whole_sql_is_the_toolbar_s():
    assert "<strong>FROM</strong>" in whole_sql("SELECT 1 FROM t")
    assert whole_sql("SELECT '<b>'").endswith("&lt;b&gt;'")
    assert whole_sql("<" + "x" * 5_000).startswith("&lt;x")


def test_sql_that_can_t_be_formatted(monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError

    monkeypatch.setattr("signals_panel.rendering.sql.reformat_sql", fail)
    assert whole_sql("SELECT '<'") == "SELECT &#x27;&lt;&#x27;"


# Source ---------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "receivers.py"
        path.write_text(text)
        return str(path)

    return write


def numbers(lines):
    return [line["number"] for line in lines]


def test_source_with_its_decorators(file):
    decorators = "import x\n\n@x(\n  1,\n)\n@y\n"
    path = file(f"{decorators}def f(a):\n    '''<b>\n    x'''\n    return 1\n\nz = 1\n")

    lines = source_of(path, 7)
    assert numbers(lines) == [3, 4, 5, 6, 7, 8, 9, 10]
    assert "&lt;b&gt;" in lines[5]["html"]
    assert [line["number"] for line in lines if line["is_def"]] == [7]


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("x = lambda: 1\n", 1, [1]),
        ("def f(:\n  pass\n", 1, [1]),
        ("", 1, []),
        ("x = 1\n", 9, []),
        ("x = 1\n", 0, []),
    ],
)
def test_source_of_other_things(file, text, number, expected):
    assert numbers(source_of(file(text), number)) == expected


def test_source_that_is_not_there():
    assert source_of("/nowhere/receivers.py", 3) == []


def test_long_source_is_cut(file):
    path = file("def f():\n" + "    x = 1\n" * 200)

    lines = source_of(path, 1)
    assert numbers(lines)[:80] == list(range(1, 81))
    assert lines[80]["html"] == "… 121 more lines"


def test_source_without_pygments(file, monkeypatch):
    monkeypatch.setattr("signals_panel.rendering.source.highlight", None)
    lines = source_of(file("def f():\n    return '<b>'\n"), 1)

    assert [line["html"] for line in lines] == ["def f():", "    return &#x27;&lt;b&gt;&#x27;"]


# Texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0 ms"), (0.001, "<0.01 ms"), (0.02, "0.02 ms"), (4.84, "4.8 ms"), (1234, "1,234 ms")],
)
def test_duration(ms, text):
    assert duration_text(ms).replace("\N{NO-BREAK SPACE}", " ") == text


# The views ------------------------------------------------------------------------------


def details_path(request_id, kind="row", number="0"):
    return f"/__debug__/fired_signals/details/?request_id={request_id}&kind={kind}&number={number}"


def test_details_of_a_call(visit):
    served = visit("/shop/cascade/")
    rows = served.report["rows"]
    number = next(n for n, row in enumerate(rows) if "log_product" in row.get("receiver", ""))

    answer = visit(details_path(served.request_id, number=number))
    content = json.loads(answer.body)["content"]
    assert answer.headers["Content-Type"] == "application/json"
    for text in (
        "product.save()",
        "in cascade",
        "objects",
        "Connected for <b>shop.Product</b>, weakly.",
        "frames",
    ):
        assert text in content, text


def test_details_of_a_query(visit):
    served = visit("/shop/cascade/")

    statements = served.report["texts"]
    number = next(
        n
        for n, row in enumerate(served.report["effects"])
        if statements[row["text"]].startswith("INSERT")
    )

    path = details_path(served.request_id, "effect", number)
    content = json.loads(visit(path).body)["content"]
    assert "<strong>INSERT</strong>" in content
    assert "Parameters" in content


def test_arguments_only_when_the_setting_asks(visit, settings):
    def content():
        served = visit("/shop/cascade/")
        rows = served.report["rows"]
        number = next(n for n, row in enumerate(rows) if row.get("sender") == "shop.Product")
        return json.loads(visit(details_path(served.request_id, number=number)).body)["content"]

    # The heading; the stack of the send may well show a line with the word.
    assert '<h4 class="fsp-head">Arguments' not in content()
    settings.SIGNALS_PANEL = {"SHOW_ARGUMENTS": True}
    shown = content()
    assert '<h4 class="fsp-head">Arguments' in shown
    assert "<dt>instance</dt>" in shown
    assert "shop.Product" in shown
    assert "Floor lamp" not in shown


def test_outline_view(visit):
    served = visit("/shop/cascade/")

    answer = visit(f"/__debug__/fired_signals/outline/?request_id={served.request_id}")
    assert "shop.receivers.log_product_change" in json.loads(answer.body)["text"]


@pytest.mark.parametrize(
    ("kind", "number"),
    [("row", "9999"), ("row", "-1"), ("row", "x"), ("row", "²"), ("lines", "0"), ("", "")],
)
def test_no_such_row(visit, kind, number):
    served = visit("/shop/cascade/")

    assert visit(details_path(served.request_id, kind, number)).status == 404


@pytest.mark.parametrize("view", ["details", "outline"])
def test_no_such_request(visit, view):
    assert visit(f"/__debug__/fired_signals/{view}/?request_id=none").status == 404


@pytest.mark.parametrize("view", ["details", "outline"])
def test_views_are_shown_only_to_whom_the_toolbar_shows(visit, settings, view):
    served = visit("/shop/cascade/")
    path = f"/__debug__/fired_signals/{view}/?request_id={served.request_id}&kind=row&number=1"

    assert visit(path).status == 200
    settings.INTERNAL_IPS = []
    assert visit(path).status == 404


@pytest.mark.parametrize("view", ["details", "outline"])
def test_views_need_no_login(view):
    from signals_panel.panel import views

    assert getattr(views, view).login_required is False


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
