"""What is taken along: Markdown, and a file that opens by itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import debug_toolbar
import django
import html5lib
import pytest
from debug_toolbar.panels import Panel
from debug_toolbar.store import get_store
from reports import stored_panel

import signals_panel

CASCADE = "/shop/cascade/"


def saved(visit, served):
    answer = visit(f"/__debug__/fired_signals/saved/?request_id={served.request_id}")
    assert answer.status == 200
    return answer


def markdown(visit, served):
    answer = visit(f"/__debug__/fired_signals/markdown/?request_id={served.request_id}")
    assert answer.headers["Content-Type"] == "application/json"
    return json.loads(answer.body)["text"]


def test_markdown(visit):
    text = markdown(visit, visit(f"{CASCADE}?token=secret"))

    title, made, headline, *rest = text.split("\n\n")
    assert title == "# Signals of GET /shop/cascade/"
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d, status 200 · Django ", made)
    for version in (django.get_version(), debug_toolbar.VERSION, signals_panel.__version__):
        assert version in made
    assert headline.startswith("**One `product.save()` at shop/views.py:27 took ")
    assert rest[0] == "## What to do"
    assert "`shop.receivers.announce_to_api` waited" in rest[1]
    assert "**Leave it to a background job" in rest[1]
    assert "docs/findings.md#background)" in rest[1]
    assert rest[2] == "## What was sent"
    assert rest[3].startswith("```text\nSignals: One `product.save()` at ")
    assert text.endswith("\n```\n")
    assert "secret" not in text


def test_markdown_without_findings(visit):
    assert "What to do" not in markdown(visit, visit("/showcase/nothing/"))


@pytest.mark.parametrize(
    "path", [CASCADE, "/showcase/loop/", "/showcase/deferred/", "/showcase/nothing/"]
)
def test_the_saved_file(visit, path):
    served = visit(path)
    answer = saved(visit, served)
    page = answer.body.decode()

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    name = re.fullmatch(r'attachment; filename="(.+)"', answer.headers["Content-Disposition"])[1]
    words = "-".join(re.findall(r"\w+", path))
    assert re.fullmatch(rf"signals-get-{words}-\d{{8}}-\d{{6}}\.html", name)
    html5lib.HTMLParser(strict=True).parse(page)
    # Nothing that runs, nothing that is fetched, and nothing that only a script could use.
    for needless in (
        r"<(script|link|button|form|select|iframe|img)\b",
        r"\s(src|on\w+)=",
        r"<[^>]*\shidden\b",
    ):
        assert not re.search(needless, page), needless
    assert "data-" not in page.replace("data-theme=", "").partition("</style>")[2]
    assert "fsp-view-compared" not in page
    assert "fsp-view-connected" not in page
    assert "<details>" not in page
    for row in served.report["receivers"]:
        assert row["receiver"].rpartition(".")[2] in page.replace("<wbr>", "")


def test_the_saved_file_has_the_map(visit):
    page = saved(visit, visit(CASCADE)).body.decode()

    _, _, after = page.partition("<h2>Map</h2>")
    assert 'role="img" aria-label="Map of the request"' in after
    for name in ("product.save()", "announce_to_api", "cache delete shop:cat", "not called"):
        assert name in after
    # In the colours of their kinds, without the script's attributes.
    assert "fsp-of-cache" in after
    assert "<h2>Map</h2>" not in saved(visit, visit("/showcase/nothing/")).body.decode()


def test_the_saved_file_names_no_folder_of_this_machine(visit, settings):
    folder = str(Path(__file__).resolve().parents[1])
    served = visit(CASCADE)
    assert folder in stored_panel(served.request_id).content

    for editor in ("", "vscode://file/{path}:{line}"):
        settings.SIGNALS_PANEL = {"EDITOR_URL": editor}
        page = saved(visit, served).body.decode()
        assert folder not in page
        assert "vscode" not in page
        assert "receivers.py:" in page.replace("<wbr>", "")


def test_the_theme_follows_the_system(visit):
    page = saved(visit, visit(CASCADE)).body.decode()
    dark = page.partition("(prefers-color-scheme: dark)")[2].partition("</style>")[0]

    # Each rule that the panel has for the toolbar's dark theme, and for the variables of it.
    assert "--djdt-background-color: #121212" in dark
    assert "--fsp-error: #ff7b6b" in dark
    assert "--djdt-background-color: #fff" not in dark
    assert '"dark"' not in dark


def test_styles_where_files_are_only_collected(visit, settings, tmp_path, monkeypatch):
    """A project may serve its static files from one folder, and look for them nowhere else."""
    from django.contrib.staticfiles import finders

    folder = tmp_path / "signals_panel"
    folder.mkdir()
    for name in ("panel.css", "pictures.css", "saved.css"):
        (folder / name).write_bytes(b".collected { color: red }")
    settings.STATIC_ROOT = str(tmp_path)
    monkeypatch.setattr(finders, "find", lambda name: None)

    assert ".collected" in saved(visit, visit(CASCADE)).body.decode()


@pytest.mark.parametrize("view", ["markdown", "saved"])
def test_a_request_that_is_still_being_sent_can_not_be_taken(visit, monkeypatch, view):
    from signals_panel.panel import FiredSignalsPanel

    served = visit(CASCADE)
    monkeypatch.setattr(FiredSignalsPanel, "finished_stats", lambda panel: {"is_brief": True})

    path = f"/__debug__/fired_signals/{view}/?request_id={served.request_id}"
    assert visit(path).status == 404


def test_hostile_names(visit):
    evil = "</style><img src=x onerror='pwned()'>\"`*_[x](y)"
    served = visit(CASCADE)
    stats = get_store().panel(served.request_id, "FiredSignalsPanel")
    stats["request"]["path"] = f"/{evil}/\r\nX-Evil: 1"
    stats["lines"] = [
        [f"{path}{evil}", n, f + evil, text + evil] for path, n, f, text in stats["lines"]
    ]
    stats["texts"] = [text + evil for text in stats["texts"]]
    for row in (*stats["rows"], *stats["receivers"]):
        if "receiver" in row:
            row["receiver"] += evil
    get_store().save_panel(served.request_id, "FiredSignalsPanel", stats)

    answer = saved(visit, served)
    page = answer.body.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    assert "<img" not in page
    assert page.count("</style>") == 1
    assert "X-Evil" not in answer.headers
    assert '"' not in answer.headers["Content-Disposition"].partition('"')[2][:-1]
    title = markdown(visit, served).splitlines()[0]
    marked = "\\</style\\>\\<img src=x onerror='pwned()'\\>\"\\`\\*\\_\\[x\\](y)"
    assert title == f"# Signals of GET /{marked}/ X-Evil: 1"


def test_the_place_in_the_title_bar(visit):
    """The toolbar shows it from version 8 on; before, nobody asks for it."""
    panel = stored_panel(visit(CASCADE).request_id)

    assert panel.title_bar == '<div class="fsp-tools"></div>'
    assert hasattr(panel.title_bar, "__html__")
    assert hasattr(Panel, "title_bar") == (int(debug_toolbar.VERSION.split(".")[0]) >= 8)
