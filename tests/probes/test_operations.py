"""Operations: what the program asks of a model or a queryset is one node of the cascade."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref

import pytest
from django.core import serializers
from django.db import IntegrityError
from django.db.models.deletion import Collector
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from reports import build, outline

from showcase.models import Shelf, Tag
from signals_panel import record_signals
from signals_panel.conf import Config

pytestmark = pytest.mark.django_db


def told(recording):
    return [
        (operation.kind, operation.model, operation.note, operation.rows)
        for operation in recording.operations
    ]


def statements(operation):
    return [effect.text.split()[0] for effect in operation.effects]


def test_the_line_is_the_one_that_calls_it():
    def calls(work):
        work()

    tags = Tag.objects.all()
    with record_signals() as recording:
        # Nothing of Django's is in between.
        calls(lambda: tags.update(name="a"))
        calls(lambda: Collector("default", origin=tags).collect(tags))
        calls(lambda: Tag(name="a").save_base())

    assert [operation.sent_from.text.strip() for operation in recording.operations] == [
        'calls(lambda: tags.update(name="a"))',
        'calls(lambda: Collector("default", origin=tags).collect(tags))',
        'calls(lambda: Tag(name="a").save_base())',
    ]


def test_a_save_is_one_node_with_its_sql_and_its_dispatches(connect):
    def receives(instance, **kwargs):
        Tag.objects.count()

    connect(post_save, receives, sender=Tag)
    with record_signals() as recording:
        tag = Tag(name="a")
        tag.save()
        tag.name = "b"
        tag.save()

    assert told(recording) == [
        ("save", "showcase.Tag", "created", 1),
        ("save", "showcase.Tag", "changed", 1),
    ]
    created, changed = recording.operations
    assert (statements(created), statements(changed)) == (["INSERT"], ["UPDATE"])
    assert [dispatch.signal.rpartition(".")[2] for dispatch in created.dispatches] == ["post_save"]
    assert created.sent_from.text.strip() == "tag.save()"
    assert created.sent_from == created.dispatches[0].sent_from
    # What the recording says besides is as it was.
    assert recording.dispatches == [*created.dispatches, *changed.dispatches]
    assert recording.totals.effects == {"sql": 2}
    assert recording.totals.all_effects == {"sql": 4}


def test_its_time_is_its_own_and_its_receivers(connect, clock):
    connect(post_save, lambda **kwargs: clock.tick(137), sender=Tag)
    connect(pre_save, lambda **kwargs: clock.tick(5), sender=Tag)
    with record_signals() as recording:
        Tag.objects.create(name="a")

    (operation,) = recording.operations
    (call,) = operation.dispatches[1].calls
    receivers = sum(each.duration_ms for each in operation.dispatches)
    assert call.duration_ms < operation.duration_ms
    assert operation.self_ms == pytest.approx(operation.duration_ms - receivers)


def test_what_a_receiver_saves_is_an_operation_in_it(connect):
    connect(post_save, lambda **kwargs: Tag.objects.create(name="x"), sender=Shelf)
    with record_signals() as recording:
        Shelf.objects.create()

    assert [operation.model for operation in recording.operations] == [
        "showcase.Shelf",
        "showcase.Tag",
    ]
    (call,) = recording.dispatches[0].calls
    assert [query.sql.split()[0] for query in call.queries] == ["INSERT"]
    assert outline(build(recording), everything=True) == [
        "save showcase.Shelf created",
        "  INSERT showcase_shelf",
        "  post_save showcase.Shelf",
        "    test_operations.test_what_a_receiver_saves_is_an_operation_in_it.<locals>.<lambda>",
        "      save showcase.Tag created",
        "        INSERT showcase_tag",
    ]


def test_a_delete_has_what_was_collected_for_it(connect):
    connect(post_delete, lambda **kwargs: None, sender=Tag)
    shelf = Shelf.objects.create()
    shelf.tags.add(Tag.objects.create(name="a"), Tag.objects.create(name="b"))
    with record_signals() as recording:
        Tag.objects.all().delete()
        shelf.delete()

    assert told(recording) == [
        ("delete", "showcase.Tag", "", 4),
        ("delete", "showcase.Shelf", "", 1),
    ]
    tags, _ = recording.operations
    assert statements(tags)[0] == "SELECT"
    assert statements(tags).count("DELETE") == 2
    assert len(tags.dispatches) == 2
    assert tags.sent_from.text.strip() == "Tag.objects.all().delete()"


def test_what_is_collected_and_not_deleted():
    tag = Tag.objects.create(name="a")
    with record_signals() as recording:
        Collector(using="default", origin=tag).collect([tag])

    assert told(recording) == [("collect", "showcase.Tag", "", None)]


def test_bulk_operations():
    tags = [Tag(name=name) for name in "abc"]
    with record_signals() as recording:
        Tag.objects.bulk_create(tags)
        Tag.objects.filter(name="a").update(name="d")
        for tag in tags:
            tag.name = "e"
        Tag.objects.bulk_update(tags, ["name"])
        Tag.objects.all()._raw_delete("default")

    assert told(recording) == [
        ("bulk_create", "showcase.Tag", "", 3),
        ("update", "showcase.Tag", "", 1),
        ("bulk_update", "showcase.Tag", "", 3),
        ("raw delete", "showcase.Tag", "", 3),
    ]
    assert recording.bulk_operations == [
        (kind, "showcase.Tag") for kind in ("bulk_create", "update", "bulk_update")
    ]


def test_many_to_many(connect):
    connect(m2m_changed, lambda **kwargs: None, sender=Shelf.tags.through)
    shelf, tag = Shelf.objects.create(), Tag.objects.create(name="a")
    with record_signals() as recording:
        shelf.tags.add(tag)
        shelf.tags.set([])
        created = shelf.tags.create(name="b")
        shelf.tags.clear()
        shelf.tags.remove(created)

    through = "showcase.Shelf_tags"
    assert told(recording) == [
        ("m2m", through, "add", None),
        ("m2m", through, "set", None),
        ("m2m", through, "create", None),
        # Of its own, since it sends signals.
        ("save", "showcase.Tag", "created", 1),
        ("m2m", through, "clear", None),
        ("m2m", through, "remove", None),
    ]
    assert [len(operation.dispatches) for operation in recording.operations] == [2, 2, 2, 0, 2, 2]
    # That it writes its rows in bulk is nobody's surprise.
    assert recording.bulk_operations == []


def test_one_that_raises():
    tag = Tag.objects.create(name="a")
    with record_signals() as recording, contextlib.suppress(IntegrityError):
        Tag.objects.create(pk=tag.pk, name="b")

    (operation,) = recording.operations
    assert operation.error.startswith("IntegrityError: UNIQUE constraint failed")
    assert recording.faults == []


def test_async_methods():
    async def works():
        tag = await Tag.objects.acreate(name="a")
        await tag.asave()
        await Tag.objects.aupdate(name="b")
        await tag.adelete()

    with record_signals() as recording:
        asyncio.run(works())

    assert [kind for kind, *_ in told(recording)] == ["save", "save", "update", "delete"]
    assert recording.operations[1].sent_from.text.strip() == "await tag.asave()"


def test_a_fixture_is_saved():
    data = serializers.serialize("json", [Tag.objects.create(name="a")])
    with record_signals() as recording:
        for each in serializers.deserialize("json", data):
            each.save()

    assert [kind for kind, *_ in told(recording)] == ["save"]


@pytest.mark.parametrize("max_kept", [1, 2, 3, 5, 10, 10_000])
def test_what_isnt_kept_adds_up(connect, settings, max_kept):
    def receives(**kwargs):
        Shelf.objects.create()
        Tag.objects.count()

    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    connect(post_save, receives, sender=Tag)
    connect(post_save, lambda **kwargs: Tag.objects.first(), sender=Shelf)
    with record_signals() as recording:
        for number in range(6):
            Tag.objects.create(name=str(number))
        Tag.objects.update(name="x")

    totals = recording.totals
    assert (totals.dispatches, totals.calls) == (12, 12)
    assert totals.effects == {"sql": 18}
    assert totals.all_effects == {"sql": 25}
    report = build(recording, Config())
    saves = [row for row in report["rows"] if row["kind"] == "operation"]
    counts = {row["model"]: 0 for row in saves}
    for row in saves:
        if row["operation"] == "save":
            counts[row["model"]] += row["count"]
    assert counts == {"showcase.Tag": 6, "showcase.Shelf": 6}
    shown = sum(row["count"] for row in report["rows"] if row["kind"] == "effect")
    more = sum(row["outside"].get("sql", 0) for row in report["rows"] if row["kind"] == "more")
    assert shown + more == 25
    assert recording.faults == []


def test_a_relation_that_is_used_for_the_first_time():
    shelf, tag = Shelf.objects.create(), Tag.objects.create(name="a")
    vars(vars(Shelf)["tags"]).pop("related_manager_cls", None)
    with record_signals() as recording:
        shelf.tags.add(tag)
        shelf.tags.clear()

    assert [(kind, note) for kind, _, note, _ in told(recording)] == [
        ("m2m", "add"),
        ("m2m", "clear"),
    ]


def test_a_manager_for_a_single_use_is_not_kept_alive():
    shelf = Shelf.objects.create()
    with record_signals() as recording:
        manager = shelf.tags(manager="objects")
        manager.clear()
    kept = weakref.ref(type(manager))
    del manager
    with record_signals():
        pass
    gc.collect()

    assert kept() is None
    assert [kind for kind, *_ in told(recording)] == ["delete"]


def test_a_pause_between_collecting_and_deleting_is_none_of_its_time(clock):
    tag = Tag.objects.create(name="a")
    with record_signals() as recording:
        collector = Collector("default", origin=tag)
        collector.collect([tag])
        clock.tick(100)
        collector.delete()

    (operation,) = recording.operations
    assert (operation.kind, operation.rows) == ("delete", 1)
    assert operation.duration_ms == 0
