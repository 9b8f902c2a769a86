"""Small things that were false: connected twice, bulk operations, counts, housekeeping."""

from __future__ import annotations

import importlib
import sys

import pytest
from django.core.signals import request_finished
from django.db.models.signals import post_save
from django.dispatch import Signal
from reports import build, stored_panel

from shop.models import Product
from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.exports import outline
from signals_panel.rendering import context

fired = Signal()


def calls(report):
    return [row for row in report["rows"] if row["kind"] == "call"]


# Connected twice --------------------------------------------------------------------------


def hears(**kwargs):
    pass


class Listener:
    def hears(self, **kwargs):
        pass


def test_one_function_under_two_uids(connect):
    connect(fired, hears, dispatch_uid="one")
    connect(fired, hears, dispatch_uid="two")
    with record_signals() as recording:
        fired.send(sender=Tag)
    report = build(recording, Config())

    (row,) = calls(report)
    assert (row["count"], row["connected_twice"], row["marks"]) == (2, True, ["connected-twice"])
    connections = report["details"]["1"]["connection"]
    assert [each["dispatch_uid"] for each in connections] == ["one", "two"]


def test_for_a_sender_and_for_all(connect):
    connect(fired, hears)
    connect(fired, hears, sender=Tag)
    with record_signals() as recording:
        fired.send(sender=Tag)
        fired.send(sender=Product)
    report = build(recording, Config())

    assert [(row["count"], row["connected_twice"]) for row in calls(report)] == [
        (2, True),
        (1, False),
    ]


def test_a_method_of_two_objects_is_two_receivers(connect):
    listeners = [Listener(), Listener()]
    for each in listeners:
        connect(fired, each.hears)
    with record_signals() as recording:
        fired.send(sender=Tag)

    assert [row["connected_twice"] for row in calls(build(recording, Config()))] == [False]


def test_functions_made_in_a_loop_are_not(connect):
    def make():
        def receiver(**kwargs):
            pass

        return receiver

    for _ in range(2):
        connect(fired, make())
    with record_signals() as recording:
        fired.send(sender=Tag)

    assert not any(row["connected_twice"] for row in calls(build(recording, Config())))


def test_a_module_imported_under_two_names(connect, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "receivers.py").write_text("def hears(**kwargs):\n    pass\n")
    sys.path[:0] = [str(tmp_path), str(tmp_path / "outside")]
    try:
        modules = [importlib.import_module(name) for name in ("receivers", "outside.receivers")]
    finally:
        del sys.path[:2]
    for module in modules:
        connect(fired, module.hears)
    with record_signals() as recording:
        fired.send(sender=Tag)
    report = build(recording, Config())

    assert [row["connected_twice"] for row in calls(report)] == [True, True]
    assert report["details"]["1"]["imported_as"] == ["receivers.hears", "outside.receivers.hears"]
    for name in ("receivers", "outside.receivers", "outside"):
        del sys.modules[name]


# Bulk operations --------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (lambda: Tag.objects.bulk_create([Tag(name="a")]), ("bulk_create", "showcase.Tag")),
        (lambda: Tag.objects.filter(name="x").update(name="y"), ("update", "showcase.Tag")),
        (
            lambda: Tag.objects.bulk_update([Tag.objects.create(name="b")], ["name"]),
            ("bulk_update", "showcase.Tag"),
        ),
    ],
)
def test_bulk_operations_are_noted(operation, expected):
    with record_signals() as recording:
        operation()

    assert recording.bulk_operations == [expected]


@pytest.mark.django_db
def test_a_save_is_no_bulk_operation(connect):
    def saves(instance, **kwargs):
        instance.name = "b"
        instance.save()

    tag = Tag.objects.create(name="a")
    connect(fired, saves)
    with record_signals() as recording:
        tag.save()
        fired.send(sender=Tag, instance=tag)
        tag.delete()

    assert recording.bulk_operations == []


@pytest.mark.django_db
def test_what_a_receiver_saves_is_not_the_bulk_operations(connect):
    connect(fired, lambda **kwargs: Tag.objects.create(name="a"))

    def nothing():
        fired.send(sender=Tag)
        yield from ()

    with record_signals() as recording:
        Tag.objects.bulk_create(nothing())

    assert recording.totals.queries == 1
    assert recording.bulk_operations == []


def test_the_hint_is_on_the_page_where_one_ran(visit):
    bulk, loop = (
        stored_panel(visit(f"/showcase/{page}/").request_id).content for page in ("bulk", "m2m")
    )

    assert "shop.Product.objects.bulk_create()</code> ran: bulk operations send no" in " ".join(
        bulk.split()
    )
    assert "bulk operations send no" not in loop


# Counts and housekeeping --------------------------------------------------------------------


@pytest.mark.django_db
def test_objects_that_nobody_hears_are_one_line_per_signal():
    with record_signals() as recording:
        for _ in range(3):
            Tag(name="x")
        Product(name="x")
    shown = context({**build(recording, Config()), "measured_by": {}}, Config())

    assert [row["objects"] for row in shown["signals"]] == ["4 objects of 2 models"] * 2


@pytest.mark.django_db
def test_each_has_its_queries_and_key(connect):
    def counts(**kwargs):
        Tag.objects.count()

    connect(post_save, counts, sender=Tag)
    with record_signals() as recording:
        tags = [Tag.objects.create(name=name) for name in "abc"]
        for tag in tags:
            tag.save()
    report = build(recording, Config())

    row = next(
        number
        for number, row in enumerate(report["rows"])
        if row["kind"] == "dispatch" and row["count"] == 3
    )
    each = report["details"][str(row)]["each"]
    assert [effects for _, _, effects, *_ in each] == [{"sql": 1}] * 3
    assert [key for *_, key, _ in sorted(each, key=lambda row: row[-1])] == [tag.pk for tag in tags]


def test_the_users_own_receivers_of_a_requests_end_are_copied(visit, connect):
    connect(request_finished, hears)
    text = outline(visit("/showcase/nothing/").report)

    assert "test_marks.hears" in text
    assert "request_started" not in text


def test_housekeeping_is_one_thing_on_the_row(visit):
    report = visit("/showcase/nothing/").report

    dispatches = [row for row in report["rows"] if row["kind"] == "dispatch"]
    assert [row["housekeeping"] for row in dispatches] == [True, True]


def test_tabs_count_what_they_show(visit):
    shown = context(visit("/shop/cascade/").report, Config())

    assert {view["id"]: view["count"] for view in shown["views"]} == {
        "cascade": str(
            sum(
                row["kind"] != "phase" and not row.get("housekeeping")
                for row in visit("/shop/cascade/").report["rows"]
            )
        ),
        "receivers": str(len(shown["receivers"][0]["rows"])),
        "signals": str(len(shown["signals"])),
        # Fetched when they are opened.
        "not-called": "",
        "connected": "",
        "compared": "",
        "effects-sql": str(len(shown["views"][6]["rows"])),
        "effects-cache": str(len(shown["views"][7]["rows"])),
        "effects-mail": str(len(shown["views"][8]["rows"])),
        "effects-http": str(len(shown["views"][9]["rows"])),
    }
