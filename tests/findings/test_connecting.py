"""How receivers are connected, and what raised."""

from __future__ import annotations

import pytest
from django.db.models.signals import m2m_changed, post_save
from django.dispatch import Signal
from reports import build

from accounts.models import User
from findings.found import codes_in, found_in
from shop.models import AuditLog, Product
from showcase.models import Shelf, Tag
from signals_panel import record_signals

sent = Signal()

# However long it takes on this machine.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def receives(**kwargs):
    pass


# Raised ---------------------------------------------------------------------------------


def fails(**kwargs):
    raise ValueError("no stock")


def test_what_raised_comes_first(connect, clock):
    connect(sent, lambda **kwargs: clock.tick(90))
    connect(sent, fails)
    connect(sent, receives)

    def work():
        with pytest.raises(ValueError, match="no stock"):
            sent.send(None)

    raised, slow = found_in(work)
    assert (raised.code, slow.code) == ("raised", "slow")
    assert raised.message == (
        "findings.test_connecting.fails raised ValueError: no stock, which was caught further out; "
        "not called because of it: receives."
    )
    assert raised.figures["error"] == "ValueError: no stock"


def test_what_was_swallowed(connect):
    connect(sent, fails)
    (found,) = found_in(lambda: sent.send_robust(None))

    assert "which send_robust() swallowed." in found.message
    assert found.advice.startswith("Fix the receiver")


def test_it_is_told_where_it_was_raised(connect):
    outer = Signal()
    connect(sent, fails)
    connect(outer, lambda **kwargs: sent.send(None))
    found = found_in(lambda: outer.send_robust(None))
    assert [(each.code, each.receiver) for each in found] == [
        ("raised", "findings.test_connecting.fails")
    ]


# Connected twice ------------------------------------------------------------------------


def test_connected_twice(connect):
    connect(sent, receives, dispatch_uid="a")
    connect(sent, receives, dispatch_uid="b")

    (found,) = found_in(lambda: sent.send(None))
    assert (found.code, found.figures["ways"]) == ("connected-twice", 2)


def test_connected_for_two_senders(connect):
    connect(sent, receives, sender=Tag)
    connect(sent, receives, sender=Shelf)

    assert codes_in(lambda: sent.send(Tag)) == []


# Connected broadly ----------------------------------------------------------------------


@pytest.fixture
def broadly(connect):
    def about_tags(sender, **kwargs):
        if sender is Tag:
            AuditLog.objects.count()

    return connect(post_save, about_tags)


def save(number, *models):
    def work():
        for each in range(number):
            for model in models:
                model(name=str(each)).save()

    return work


@pytest.mark.parametrize(("number", "codes"), [(6, []), (7, ["connected-broadly"])])
def test_a_receiver_of_all_senders(broadly, clock, number, codes):
    # Of three senders it does something for the first alone, and each is saved so many times.
    from blog.models import SavingArticle

    def work():
        save(number, Tag, Shelf)()
        for each in range(2 * number):
            SavingArticle(title=str(each), slug=str(each)).save()

    found = found_in(work, "connected-broadly")
    assert [each.code for each in found] == codes
    for each in found:
        assert (each.figures["idle"], each.figures["calls"]) == (21, 28)
        assert each.advice == "Connect it with sender=showcase.Tag."


@pytest.mark.parametrize(("number", "codes"), [(9, []), (10, ["connected-broadly"])])
def test_so_many_idle_calls(connect, clock, number, codes):
    connect(post_save, receives)
    found = found_in(save(number, Tag, Shelf), "connected-broadly")
    assert [each.code for each in found] == codes


def test_one_that_is_connected_for_one_sender(connect):
    connect(post_save, receives, sender=Tag)
    connect(post_save, receives, sender=Shelf)
    assert found_in(save(30, Tag, Shelf), "connected-broadly") == []


def test_one_sender_alone(broadly):
    assert found_in(save(30, Shelf), "connected-broadly") == []


# Bypassed -------------------------------------------------------------------------------


def test_bypassed(connect):
    Tag.objects.create(name="a")
    connect(post_save, receives, sender=Tag)
    (found,) = found_in(lambda: Tag.objects.update(name="b"))

    assert found.code == "bypassed"
    assert found.message == ("showcase.Tag.objects.update() wrote 1 row without calling receives.")
    path, number = found.figures["line"]
    assert path == __file__
    assert number > 0
    assert found.dispatch is None


def test_an_update_of_nothing_and_one_of_another_model(connect):
    Shelf.objects.create(name="a")
    connect(post_save, receives, sender=Tag)

    assert codes_in(lambda: Tag.objects.update(name="b")) == []
    assert codes_in(lambda: Shelf.objects.update(name="b")) == []


def test_bypassed_receivers_of_packages(connect, monkeypatch):
    Tag.objects.create(name="a")
    connect(post_save, receives, sender=Tag)
    monkeypatch.setattr("signals_panel.findings.connecting.is_projects", lambda receiver: False)

    assert codes_in(lambda: Tag.objects.update(name="b")) == []


# Weak -----------------------------------------------------------------------------------


def connect_local():
    def local(**kwargs):
        pass

    sent.connect(local)
    return local


def module_level(**kwargs):
    pass


def test_a_weak_local_function():
    held = connect_local()
    try:
        (found,) = found_in(lambda: sent.send(None))
        assert (found.code, found.receiver) == (
            "weak",
            "findings.test_connecting.connect_local.<locals>.local",
        )
    finally:
        sent.disconnect(held)


def test_one_that_the_module_holds(monkeypatch):
    held = connect_local()
    try:
        monkeypatch.setitem(globals(), "held_by_the_module", held)
        assert codes_in(lambda: sent.send(None)) == []
    finally:
        sent.disconnect(held)


def test_a_strong_local_function_and_a_weak_one_of_the_module(connect):
    connect(sent, lambda **kwargs: None)
    connect(sent, module_level, weak=True)

    assert codes_in(lambda: sent.send(None)) == []


# Raw ------------------------------------------------------------------------------------


def saved_raw():
    Tag(pk=1, name="a").save_base(raw=True)


def test_a_receiver_that_queries_while_a_fixture_is_loaded(connect):
    def counts(**kwargs):
        Tag.objects.count()

    connect(post_save, counts, sender=Tag)
    (found,) = found_in(saved_raw)
    assert (found.code, found.figures["queries"], found.figures["sends"]) == ("raw", 1, 1)
    assert codes_in(Tag(name="b").save) == []


def test_one_that_returns_at_once(connect):
    connect(post_save, lambda raw, **kw: None if raw else Tag.objects.count(), sender=Tag)

    assert codes_in(saved_raw) == []


# Same app -------------------------------------------------------------------------------


def test_a_receiver_of_an_apps_own_model():
    found = found_in(Product(name="Lamp", price=1).save, "same-app")
    # Of the log of products, which a receiver writes and another counts, as well.
    assert [each.figures["sender"] for each in found] == ["shop.Product", "shop.AuditLog"]
    assert found[0].figures["receivers"] == ["shop.receivers.log_product_change"]
    assert found[0].message == (
        "log_product_change belongs to the same app as the sender, shop.Product."
    )


def test_a_receiver_of_another_app():
    assert codes_in(lambda: User.objects.create_user("ada")) == []


def test_one_that_costs_nothing(connect, monkeypatch):
    monkeypatch.setattr(receives, "__module__", "showcase.receivers")
    connect(m2m_changed, receives, sender=Shelf.tags.through)
    shelf, tag = Shelf.objects.create(name="a"), Tag.objects.create(name="b")
    found = found_in(lambda: shelf.tags.add(tag), "same-app")
    assert [each.figures["receivers"] for each in found] == [
        ["showcase.receivers.refresh_tag_count"]
    ]


# Settings -------------------------------------------------------------------------------


def test_a_rule_that_is_switched_off(connect, settings):
    connect(sent, receives, dispatch_uid="a")
    connect(sent, receives, dispatch_uid="b")
    settings.SIGNALS_PANEL = {"FINDINGS": {"connected-twice": False}}

    assert codes_in(lambda: sent.send(None)) == []


def test_a_rule_that_fails_costs_nothing_but_what_it_would_have_said(
    connect, clock, monkeypatch, caplog
):
    connect(sent, receives, dispatch_uid="a")
    connect(sent, receives, dispatch_uid="b")
    monkeypatch.setattr("signals_panel.findings.time._SLOW_SHARE", None)
    with record_signals() as recording:
        sent.send(None)
    report = build(recording)

    assert [found["code"] for found in report["findings"]] == ["connected-twice"]
    (fault,) = report["faults"]
    assert fault.startswith("the rule slow: TypeError: ")
    assert "failed in the rule slow" in caplog.text
