"""The views that the panel asks: details of a row, the outline, and a row as code."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest

VIEWS = [
    "details",
    "outline",
    "written-out",
    "not_called",
    "connected",
    "compare",
    "markdown",
    "saved",
    "timeline",
    "map",
]


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
        "Connected to sender <b>shop.Product</b> (weak reference)",
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


def test_map_view(visit):
    served = visit("/shop/cascade/")

    answer = visit(f"/__debug__/fired_signals/map/?request_id={served.request_id}")
    content = json.loads(answer.body)["content"]
    assert content.lstrip().startswith("<svg")
    assert "log_product_change" in content
    # What it is, the panel says around it.
    assert 'aria-hidden="true"' in content


def written_out_path(request_id, number):
    return f"/__debug__/fired_signals/written-out/?request_id={request_id}&number={number}"


def test_written_out_view(visit):
    served = visit("/shop/cascade/")
    rows = served.report["rows"]
    number = next(n for n, row in enumerate(rows) if row.get("model") == "shop.Product")

    text = json.loads(visit(written_out_path(served.request_id, number)).body)["text"]
    assert "`product.save()` at shop/views.py:" in text
    compile(text, "written.py", "exec")
    for wrong in ("0", number + 1, "9999", "-1", "x", "²", ""):
        assert visit(written_out_path(served.request_id, wrong)).status == 404, wrong


def test_only_what_can_be_written_out_has_the_button(visit):
    served = visit("/shop/cascade/")
    found = {}
    for number in range(len(served.report["rows"])):
        answer = visit(details_path(served.request_id, number=number))
        if answer.status == 200:
            content = json.loads(answer.body)["content"]
            found[number] = f'data-written-out="{number}"' in content
            assert ("data-written-out" in content) == found[number]
    named = {
        row.get("model") or row.get("sender")
        for n, row in enumerate(served.report["rows"])
        if found.get(n)
    }
    assert named == {"shop.Product", "shop.AuditLog"}
    assert sum(found.values()) == 4


@pytest.mark.parametrize(
    ("kind", "number"),
    [("row", "9999"), ("row", "-1"), ("row", "x"), ("row", "²"), ("lines", "0"), ("", "")],
)
def test_no_such_row(visit, kind, number):
    served = visit("/shop/cascade/")

    assert visit(details_path(served.request_id, kind, number)).status == 404


def content_of(visit, view, **parameters):
    answer = visit(f"/__debug__/fired_signals/{view}/?{urlencode(parameters)}")
    assert answer.headers["Content-Type"] == "application/json"
    # Names may break after a dot or underscore.
    return json.loads(answer.body)["content"].replace("<wbr>", "")


def test_not_called_view(visit):
    served = visit("/notes/write/")

    content = content_of(visit, "not_called", request_id=served.request_id)
    for text in (
        '<span class="fsp-home">notes.receivers.</span><b>tidy</b>',
        "Import it in NotesConfig.ready().",
        'data-hint="notes.receivers.tidy is not called here: never imported"',
        "connected for shop.Product; the signal was sent by notes.Note",
        "of Django and other packages</summary>",
    ):
        assert text in content, text


def test_long_lists_end_with_how_many_more(visit, monkeypatch):
    from signals_panel.rendering import not_called

    monkeypatch.setattr(not_called, "_MAX_ROWS", 2)
    served = visit("/notes/write/")

    content = content_of(visit, "not_called", request_id=served.request_id)
    assert content.count('<tr data-kind="silent" data-origin="project"') == 2
    assert "more, for which there was no room" in content


def test_connected_view(visit):
    content = content_of(visit, "connected")

    # The project's signals and receivers come first.
    first, _, rest = content.partition("log_product_change")
    assert "confirm_order" in first
    assert "update_last_login" in rest
    assert "<b>order_placed</b>" in first
    assert 'class="fsp-sender">shop.Product<' in rest
    assert "dispatch_uid <code>update_last_login</code>" in rest
    assert "signals that nothing is connected to" in rest
    assert "If shop" not in content


def test_connected_view_of_a_model(visit):
    content = content_of(visit, "connected", model="shop.Product")

    assert '<option value="shop.Product" selected>' in content
    saved, _, deleted = content.partition("If shop.Product is deleted")
    names = ["log_product_change", "email_stock_team", "clear_catalogue_cache", "announce_to_api"]
    found = re.findall(r"receivers\.</span><b>(\w+)</b>", saved.partition("is saved</h4>")[2])
    assert found == names
    assert "Nothing is connected." in deleted
    assert "update_last_login" not in content


def test_connected_view_of_a_model_s_relations(visit):
    content = content_of(visit, "connected", model="showcase.Shelf")

    assert "If many-to-many relations of showcase.Shelf change" in content
    assert "refresh_tag_count" in content


def test_no_such_model(visit):
    assert visit("/__debug__/fired_signals/connected/?model=shop.Prodct").status == 404


@pytest.mark.parametrize("view", sorted(set(VIEWS) - {"connected"}))
def test_no_such_request(visit, view):
    assert visit(f"/__debug__/fired_signals/{view}/?request_id=none").status == 404


@pytest.mark.parametrize("view", VIEWS)
def test_views_are_shown_only_to_whom_the_toolbar_shows(visit, settings, view):
    served = visit("/shop/cascade/")
    rows = served.report["rows"]
    number = next(n for n, row in enumerate(rows) if row.get("model") == "shop.Product")
    query = f"request_id={served.request_id}&kind=row&number={number}"
    path = f"/__debug__/fired_signals/{view}/?{query}"

    assert visit(path).status == 200
    settings.INTERNAL_IPS = []
    assert visit(path).status == 404


@pytest.mark.parametrize("view", VIEWS)
def test_views_need_no_login(view):
    from signals_panel.panel import FiredSignalsPanel

    patterns = {each.name: each.callback for each in FiredSignalsPanel.get_urls()}
    assert patterns[f"fired_signals_{view.replace('-', '_')}"].login_required is False


def test_the_timeline(visit):
    served = visit("/shop/cascade/")

    answer = visit(f"/__debug__/fired_signals/timeline/?request_id={served.request_id}")
    picture = json.loads(answer.body)
    assert answer.status == 200
    assert [str(row["row"]) for row in picture["rows"]] == list(served.report["boxes"])
    assert visit("/__debug__/fired_signals/timeline/?request_id=gone").status == 404
