"""The map's nodes and edges, against the rows of real reports."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models.signals import post_save, pre_save
from django.dispatch import Signal
from maps import Sender, arrows, fan, graph_of, named, recorded

from showcase.models import Tag
from signals_panel.rendering.map import has_map, map_context
from signals_panel.rendering.map.folding import MAX_NODES, fold
from signals_panel.rendering.map.graph import graph

PAGES = [
    "/shop/cascade/",
    "/showcase/loop/",
    "/showcase/deferred/",
    "/showcase/swallowed/",
    "/showcase/async/",
    "/showcase/prices/loop/",
    "/showcase/m2m/",
    "/blog/publish/signal/",
]

sent = Signal()


def test_the_cascade_as_the_article_draws_it(visit):
    found = graph(visit("/shop/cascade/").report)

    drawn = arrows(found, ("dispatch", "call", "effect"))
    assert [arrow.partition("127.")[0] for arrow in drawn] == [
        "product.save() -> post_save",
        "post_save -> log_product_change",
        "log_product_change -> INSERT shop_auditlog",
        "log_product_change -> post_save",
        "post_save -> count_audit_entries",
        "count_audit_entries -> SELECT shop_auditlog",
        "count_audit_entries -> cache set shop:audit-entries",
        "post_save -> email_stock_team",
        "email_stock_team -> mail Product saved: Floor lamp (1 recipient)",
        "post_save -> clear_catalogue_cache",
        "clear_catalogue_cache -> cache delete shop:catalogue",
        "post_save -> announce_to_api",
        "announce_to_api -> HTTP POST ",
    ]
    assert named(found, "product.save()").detail.startswith("shop/views.py:")
    signals = [node.detail for node in found.nodes if node.kind == "dispatch"]
    assert signals == ["shop.Product", "shop.AuditLog"]


@pytest.mark.parametrize("most", [None, 5])
@pytest.mark.parametrize("path", PAGES)
def test_it_agrees_with_the_rows(visit, path, most):
    report = visit(path).report
    found = graph(report)
    if most is not None:
        fold(found, most)
    rows = report["rows"]
    shown = [number for node in found.nodes if node.kind != "line" for number in node.rows]
    # Nothing is there twice, and of what signals led to nothing is missing.
    assert sorted(shown) == wanted(rows)
    for node in found.nodes:
        if node.kind == "more":
            continue
        assert node.ms == pytest.approx(sum(rows[number]["ms"] for number in node.rows))
        assert node.count == sum(rows[number]["count"] for number in node.rows)
        assert node.errors == sum(rows[number].get("errors", 0) for number in node.rows)
        coming = [edge for edge in found.edges.values() if edge.target is node]
        if node.layer:
            assert sum(edge.ms for edge in coming) == pytest.approx(node.ms)
            assert sum(edge.count for edge in coming) == node.count
    for source, target in found.edges:
        assert target.layer == source.layer + 1


def wanted(rows):
    """The numbers of the rows that a signal led to, without operations and lines between."""
    found = []
    for number, row in enumerate(rows):
        around = [
            next(each for each in reversed(rows[:number]) if each["level"] == level)
            for level in range(1, row["level"])
        ]
        if any(each.get("housekeeping") for each in (*around, row)):
            continue
        is_below = any(each["kind"] == "dispatch" for each in around)
        kinds = ("dispatch", "call", "effect", "deferred") if is_below else ("dispatch",)
        if row["kind"] in kinds:
            found.append(number)
    return found


def test_a_signal_of_several_lines_is_one_node(connect):
    connect(sent, lambda sender, **kwargs: None)

    def send():
        sent.send(sender=Sender)
        # From another line.
        sent.send(sender=Sender)
        sent.send(sender=None)

    found = graph_of(send)
    lines = [node for node in found.nodes if node.kind == "line"]
    signals = [node for node in found.nodes if node.kind == "dispatch"]
    assert len(lines) == 3
    assert [(node.detail.rpartition(".")[2], node.count) for node in signals] == [
        ("Sender", 2),
        ("sender=None", 1),
    ]
    assert len([edge for edge in found.edges if edge[1] is signals[0]]) == 2


def test_an_operation_with_several_signals_is_counted_once(connect, db):
    for signal in (pre_save, post_save):
        connect(signal, lambda sender, **kwargs: None, sender=Tag)
    report = recorded(lambda: Tag.objects.create(name="heavy"))
    (operation,) = [row for row in report["rows"] if row["kind"] == "operation"]

    found = graph(report)
    (line,) = [node for node in found.nodes if node.kind == "line"]
    assert (line.count, line.ms) == (1, operation["ms"])
    assert [target.name for source, target in found.edges if source is line] == [
        "pre_save",
        "post_save",
    ]


def test_a_signal_that_leads_to_itself_goes_on_to_the_right(connect):
    def receiver(sender, depth=0, **kwargs):
        if depth < 3:
            sent.send(sender=Sender, depth=depth + 1)

    connect(sent, receiver)
    found = graph_of(lambda: sent.send(sender=Sender))

    signals = [node.layer for node in found.nodes if node.kind == "dispatch"]
    assert signals == [1, 3, 5, 7]


def test_deferred_work_hangs_on_its_receiver(connect, transactional_db):
    def later():
        cache.set("a", 1)

    def receiver(sender, **kwargs):
        transaction.on_commit(later)

    connect(sent, receiver)

    def send():
        with transaction.atomic():
            sent.send(sender=Sender)

    found = graph_of(send)
    assert arrows(found, ("deferred", "effect")) == ["receiver -> later", "later -> cache set a"]


def test_what_a_view_put_off_is_there_if_it_sends(connect, transactional_db):
    connect(sent, lambda sender, **kwargs: None)

    def later():
        sent.send(sender=Sender)

    def send():
        with transaction.atomic():
            transaction.on_commit(later)
            transaction.on_commit(lambda: cache.set("a", 1))

    found = graph_of(send)
    assert arrows(found, ("dispatch",)) == ["later -> sent"]
    assert [node.kind for node in found.nodes] == ["deferred", "dispatch", "call"]


def test_what_no_signal_led_to_is_not_there(connect, db):
    connect(sent, lambda sender, **kwargs: None)

    def send():
        cache.set("a", 1)
        sent.send(sender=Sender)

    assert "effect" not in {node.kind for node in graph_of(send).nodes}


def test_an_error(visit):
    found = graph(visit("/showcase/swallowed/").report)

    assert [node.name for node in found.nodes if node.errors] == ["refuse_empty_stock"]
    (box,) = [
        box for box in map_context(visit("/showcase/swallowed/").report)["nodes"] if box["failed"]
    ]
    assert box["title"].endswith("raised ValueError: no stock")


def test_receivers_that_were_not_called(visit):
    report = visit("/showcase/swallowed/").report
    assert arrows(graph(report), ("silent",)) == ["stock_checked -> report_empty_stock"]
    (box,) = [box for box in map_context(report)["nodes"] if box["kind"] == "silent"]
    assert [detail["text"] for detail in box["details"]] == ["not called"]
    assert box["rows"] == ""
    # For whom it was connected, Django 6.1 lets us know.
    assert re.fullmatch(
        r"showcase\.receivers\.report_empty_stock: connected for [\w. ]+; "
        r"the signal was sent by showcase\.senders\.Warehouse",
        box["title"],
    )


def test_many_of_other_senders_are_one(visit):
    report = visit("/shop/cascade/").report
    others = [row for row in report["silent"] if row["reason"] == "other sender"]
    (box,) = [box for box in map_context(report)["nodes"] if box["kind"] == "silent"]

    assert len(others) > 3
    assert box["name"] == f"{len(others)} receivers"
    assert box["title"].startswith(f"{others[0]['receiver']}: connected for ")
    assert len(box["title"].splitlines()) <= 13


def test_one_that_an_error_kept_from_its_call_hangs_on_that_signal(connect):
    def fails(sender, **kwargs):
        if sender is int:
            raise ValueError

    def send():
        sent.send(sender=str)
        with suppress(ValueError):
            sent.send(sender=int)

    def after(sender, **kwargs):
        """Comes after it."""

    connect(sent, fails)
    connect(sent, after, sender=int)
    (edge,) = [edge for edge in graph_of(send).edges if edge[1].kind == "silent"]
    assert [edge[0].detail.rpartition(".")[2], edge[1].name] == ["int", "after"]


def test_many_effects_of_a_receiver_are_one(connect, db):
    def receiver(sender, **kwargs):
        for name in ("a", "b", "c", "d"):
            connection.cursor().execute(f"SELECT 1 AS {name}")
        for name in ("a", "b", "a"):
            cache.delete(name)

    connect(sent, receiver)
    report = recorded(lambda: sent.send(sender=Sender))
    boxes = [box for box in map_context(report)["nodes"] if box["kind"] == "effect"]

    assert [(box["name"], box["effect"]) for box in boxes] == [
        ("4 queries", "sql"),
        ("cache delete a", "cache"),
        ("cache delete b", "cache"),
    ]
    assert len(boxes[0]["rows"].split()) == 4


def test_housekeeping_makes_no_map(visit, connect):
    assert not has_map(visit("/showcase/nothing/").report)
    assert map_context(visit("/showcase/nothing/").report)["nodes"] == []
    assert has_map(visit("/shop/cascade/").report)


def test_what_was_not_kept_is_said(connect):
    connect(sent, lambda sender, **kwargs: None)
    report = recorded(lambda: sent.send(sender=Sender))
    report["rows"].append(
        {"kind": "more", "level": 1, "dispatches": 3, "calls": 1, "effects": {"sql": 2}}
    )

    assert map_context(report)["left_out"] == (
        "Not in the map, since they weren't kept in detail: 3 sends, 1 receiver call, 2 queries."
    )


@pytest.mark.parametrize("receivers", [1, 60, 400])
def test_as_many_nodes_as_can_be_read(connect, clock, receivers):
    report = fan(connect, clock, 1, receivers)
    found = graph(report)
    fold(found)

    assert len(found.nodes) == min(receivers + 2, MAX_NODES)
