"""What is done again and again."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import Signal

from findings.found import codes_in, found_in
from shop.models import AuditLog
from showcase.models import Shelf, Tag

sent = Signal()

# However long it takes on this machine.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def select(text="SELECT 1"):
    with connection.cursor() as cursor:
        cursor.execute(text)


def sends(number):
    def work():
        for _ in range(number):
            sent.send(None)

    return work


# Repeated -------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "codes"), [(4, []), (5, ["repeated"])])
def test_in_one_call(connect, number, codes):
    def receives(**kwargs):
        for _ in range(number):
            select()

    connect(sent, receives)
    found = found_in(sends(1))
    assert [each.code for each in found] == codes
    for each in found:
        assert not each.figures["is_once_per_send"]
        assert "ran the same query 5 times" in each.message


@pytest.mark.parametrize(("number", "codes"), [(9, []), (10, ["repeated"])])
def test_once_per_send(connect, clock, number, codes):
    connect(sent, lambda **kwargs: select("SELECT id FROM shop_product"))

    found = found_in(sends(number))
    assert [each.code for each in found] == codes
    for each in found:
        assert each.figures["is_once_per_send"]
        assert "ran the same query on every send: 10 times" in each.message
        assert each.advice.startswith("Fetch what it needs once")


def test_other_statements_are_no_repetition(connect):
    def receives(**kwargs):
        for number in range(20):
            select(f"SELECT {number}")

    connect(sent, receives)
    assert found_in(sends(1), "repeated") == []


def test_an_insert_for_each_saving(connect):
    def logs(**kwargs):
        Shelf.objects.create(name="of a tag")

    connect(post_save, logs, sender=Tag)

    def work():
        for number in range(12):
            Tag.objects.create(name=str(number))

    (found,) = found_in(work, "repeated")
    assert found.advice.startswith("Write these rows with one bulk_create")
    assert found.dispatch.sender == "showcase.Tag"


# Recursion ------------------------------------------------------------------------------


def test_a_receiver_that_saves_its_sender(connect):
    def again(instance, **kwargs):
        if not getattr(instance, "is_done", False):
            instance.is_done = True
            instance.save()

    connect(post_save, again, sender=Tag)
    (found,) = found_in(lambda: Tag.objects.create(name="a"), "recursion")

    assert found.figures["depth"] == 2
    assert found.receiver.endswith("again")
    assert found.dispatch.said == "created"


def test_one_without_an_end(connect):
    def again(instance, **kwargs):
        instance.save()

    connect(post_save, again, sender=Tag)

    def work():
        with pytest.raises(RecursionError):
            Tag(pk=1, name="a").save()

    found = found_in(work)
    assert {"recursion", "raised"} <= {each.code for each in found}


def test_a_tree_whose_nodes_save_others_is_none(connect):
    def next_one(instance, **kwargs):
        if len(instance.name) < 5:
            Tag.objects.create(name=instance.name + "x")

    connect(post_save, next_one, sender=Tag)
    assert found_in(lambda: Tag.objects.create(name="a"), "recursion") == []


def test_an_update_sends_nothing(connect):
    connect(post_save, lambda instance, **kw: Tag.objects.filter(pk=1).update(name="b"), sender=Tag)
    assert found_in(lambda: Tag.objects.create(name="a"), "recursion") == []


# Per object -----------------------------------------------------------------------------


def many(number):
    def receives(**kwargs):
        for each in range(number):
            select(f"SELECT {each}")

    return receives


@pytest.mark.parametrize(
    ("numbers", "codes"),
    [([3, 3, 4], ["per-object"]), ([3, 3, 3], []), ([6, 6], [])],
)
def test_several_receivers_of_each_saving(connect, clock, numbers, codes):
    for index, number in enumerate(numbers):
        connect((pre_save, post_save)[index % 2], many(number), sender=Tag)

    def work():
        for name in "ab":
            Tag(name=name).save()

    found = found_in(work)
    assert [each.code for each in found] == codes
    for each in found:
        assert each.message.startswith("Each showcase.Tag saved costs 10 queries in 3 receivers:")


def test_receivers_of_packages_are_not_counted(connect, clock, monkeypatch):
    for number in (4, 4):
        connect(post_save, many(number), sender=Tag)
    connect(pre_save, many(20), sender=Tag)
    third = iter([True, True, False] * 10)
    monkeypatch.setattr("signals_panel.findings.repetition.is_projects", lambda _: next(third))

    assert found_in(Tag(name="a").save, "per-object") == []


# Slow deletes ---------------------------------------------------------------------------


def delete(model):
    def work():
        model.objects.all().delete()

    return work


@pytest.mark.parametrize(("number", "codes"), [(9, []), (10, ["slow-delete"])])
def test_rows_that_are_deleted_one_by_one(connect, clock, number, codes):
    for each in range(number):
        AuditLog.objects.create(action="x", object_repr=str(each))

    def listens(**kwargs):
        pass

    connect(post_delete, listens, sender=AuditLog)
    found = found_in(delete(AuditLog))
    assert [each.code for each in found] == codes
    for each in found:
        assert each.message.startswith("shop.AuditLog was deleted row by row, 10 rows in")


def test_rows_that_django_has_to_load_anyway(connect):
    """What hangs on them is deleted because of them."""
    for number in range(12):
        Shelf.objects.create(name=str(number))
    connect(post_delete, lambda **kwargs: None, sender=Shelf)

    assert found_in(delete(Shelf), "slow-delete") == []


def test_single_deletes_are_single(connect):
    for number in range(12):
        AuditLog.objects.create(action="x", object_repr=str(number))
    connect(post_delete, lambda **kwargs: None, sender=AuditLog)

    def work():
        for each in AuditLog.objects.all():
            each.delete()

    assert codes_in(work) == []
