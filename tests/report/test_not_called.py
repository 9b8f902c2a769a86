"""Every receiver that somebody may be missing, each with the reason and what to do about it."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.db.models.signals import post_save, pre_delete, pre_save
from django.dispatch import Signal
from reports import build

from accounts.models import User
from shop.models import AuditLog, Product, QuietProduct
from showcase.models import Tag
from showcase.receivers import refuse_empty_stock, remember_stock_check
from showcase.senders import Order, Warehouse
from showcase.signals import order_placed, stock_checked
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.report import not_called
from signals_panel.wiring import connected, relation, unimported
from signals_panel.wording import advice_text, hint_text, reason_text

arrived, departed = Signal(), Signal()


def missed_here(**kwargs):
    pass


def rows_of(report):
    # As it comes from a store.
    stored = json.loads(json.dumps(report))
    return not_called(stored, connected(), unimported())


def row_of(rows, name):
    found = [row for row in rows if (row["receiver"] or "").rpartition(".")[2] == name]
    # Other tests have receivers of such names, too.
    (row,) = [row for row in found if row["receiver"] == f"{__name__}.{name}"] or found
    return row


def words(row):
    return reason_text(row), advice_text(row)


def recorded(run):
    with record_signals() as recording:
        run()
    return rows_of(build(recording))


# Each reason ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_proxy_s_receiver_and_its_base_s():
    rows = recorded(lambda: QuietProduct(name="Lamp", price=1).save())

    row = row_of(rows, "log_product_change")
    assert words(row) == (
        "connected for shop.Product; the signal was sent by shop.QuietProduct",
        "Proxy models send their own class: shop.QuietProduct is a proxy of shop.Product. "
        "Connect the receiver for each of the two.",
    )
    assert hint_text(row) == (
        "shop.receivers.log_product_change is not called here: connected for another sender"
    )


def test_the_other_way_round(connect):
    connect(arrived, missed_here, sender=QuietProduct)
    rows = recorded(lambda: arrived.send(sender=Product))

    assert advice_text(row_of(rows, "missed_here")).startswith(
        "Proxy models send their own class: shop.QuietProduct is a proxy of shop.Product."
    )


def test_another_sender_that_is_no_kin(connect):
    connect(arrived, missed_here, sender=Tag)
    rows = recorded(lambda: arrived.send(sender=Product))

    assert words(row_of(rows, "missed_here")) == (
        "connected for showcase.Tag; the signal was sent by shop.Product",
        "",
    )


def test_an_earlier_receiver_raised():
    def run():
        with pytest.raises(ValueError, match="no stock"):
            stock_checked.send(sender=Warehouse, item="Lamp")

    row = row_of(recorded(run), remember_stock_check.__name__)
    assert words(row) == (
        f"an earlier receiver raised: {refuse_empty_stock.__module__}.refuse_empty_stock, "
        "ValueError: no stock",
        "send() ends with the first exception; send_robust() goes on.",
    )
    assert row["defined_at"][0] == remember_stock_check.__code__.co_filename


def test_what_came_in_its_way_says_more_than_who_else_sends(connect):
    def fails(**kwargs):
        raise ValueError("no stock")

    connect(arrived, fails)
    connect(departed, fails)
    for sender in (Tag, Product):
        connect(arrived, missed_here, sender=sender)

    def run():
        with pytest.raises(ValueError, match="no stock"):
            arrived.send(sender=Tag)

    assert row_of(recorded(run), "missed_here")["reason"] == "earlier raised"

    # Of another signal it is told as well.
    connect(departed, missed_here, sender=Product)

    def run_both():
        run()
        with pytest.raises(ValueError, match="no stock"):
            departed.send(sender=Tag)

    mine = [row["reason"] for row in recorded(run_both) if row["receiver"].endswith(".missed_here")]
    assert mine == ["earlier raised", "other sender"]


def test_connected_late(connect):
    def run():
        arrived.send(sender=Tag)
        connect(arrived, missed_here)

    row = row_of(recorded(run), "missed_here")
    assert words(row) == (
        "connected only after the signal was sent",
        "Import its module in its app's ready(), which runs before any request.",
    )


def test_connected_since_the_report_was_made(connect):
    with record_signals() as recording:
        arrived.send(sender=Tag)
    report = build(recording)
    assert not [row for row in rows_of(report) if row["receiver"].endswith(".missed_here")]
    connect(arrived, missed_here)

    assert row_of(rows_of(report), "missed_here")["reason"] == "connected late"


def test_collected():
    def run():
        class Listener:
            def method(self, **kwargs):
                pass

        listener = Listener()
        arrived.connect(listener.method)
        arrived.send(sender=Tag)
        del listener
        arrived.send(sender=Tag)

    row = row_of(recorded(run), "method")
    assert words(row)[1] == "Keep a reference to it, or connect it with weak=False."
    assert row["origin"] == "project"


@pytest.mark.django_db
def test_bypassed_by_a_bulk_operation():
    # Another model's save sends the same signal: that isn't what to tell.
    def run():
        Tag.objects.create(name="heavy")
        Product.objects.bulk_create([Product(name="a", price=1), Product(name="b", price=1)])
        Product.objects.bulk_create([Product(name="c", price=1)])

    rows = recorded(run)
    row = row_of(rows, "log_product_change")
    assert words(row) == (
        "bulk_create of shop.Product sent no signals for its 3 rows",
        "Save the objects one by one, or call what the receiver does yourself.",
    )
    assert row["signal"] == "django.db.models.signals.post_save"
    assert row["sender"] == "shop.Product"
    assert row_of(rows, "count_audit_entries")["reason"] == "other sender"


@pytest.mark.django_db
def test_bypassed_of_two_signals_is_told_for_each(connect):
    connect(pre_save, missed_here)
    connect(post_save, missed_here)
    connect(pre_delete, missed_here)
    rows = recorded(lambda: Product.objects.update(price=2))

    mine = [row for row in rows if row["receiver"].endswith(".missed_here")]
    assert [(row["reason"], row["signal"].rpartition(".")[2]) for row in mine] == [
        ("bypassed", "post_save"),
        ("bypassed", "pre_save"),
        ("not sent", "pre_delete"),
    ]


def test_its_signal_was_not_sent():
    row = row_of(recorded(lambda: None), "confirm_order")

    assert words(row) == ("its signal wasn't sent", "")
    assert (row["signal"], row["sender"]) == (
        "showcase.signals.order_placed",
        "showcase.senders.Order",
    )
    assert row["defined_at"][1:3] == [20, "confirm_order"]


def test_one_row_for_all_its_signals(connect):
    connect(arrived, missed_here)
    connect(departed, missed_here)
    connect(departed, missed_here, sender=Tag)

    row = row_of(recorded(lambda: None), "missed_here")
    assert (row["more_signals"], reason_text(row)) == (1, "none of its signals was sent")


def test_a_signal_that_nobody_heard_was_sent(connect):
    signal_is_sent = recorded(lambda: order_placed.send(sender=Tag))

    assert row_of(signal_is_sent, "confirm_order")["reason"] == "other sender"


@pytest.mark.django_db
def test_what_was_called_is_not_there():
    rows = recorded(lambda: order_placed.send(sender=Order, order=Order("Lamp")))

    assert not [row for row in rows if row["receiver"].endswith(".reserve_stock")]


def test_never_imported():
    row = row_of(recorded(lambda: None), "tidy")

    assert words(row) == (
        "never imported: nothing has imported notes.receivers, so it isn't connected",
        "Import it in NotesConfig.ready().",
    )
    assert hint_text(row) == "notes.receivers.tidy is not called here: never imported"
    assert (row["origin"], row["sender"]) == ("project", "Note")


def test_never_imported_in_an_app_without_a_configuration():
    row = row_of(recorded(lambda: None), "tidy")
    row["parameters"].update(has_config=False, config="NotesConfig")

    assert advice_text(row) == (
        "The app has no configuration of its own: define NotesConfig(AppConfig) in notes.apps, "
        "and import it in its ready()."
    )


def test_sent_and_not_recorded(connect):
    connect(arrived, missed_here)
    with record_signals() as recording:
        pass
    report = build(recording)
    signal = f"{__name__}.arrived"
    report["unrecorded"] = [{"signal": signal, "reason": "async", "count": 1}]

    row = row_of(rows_of(report), "missed_here")
    assert words(row) == ("its signal was sent, but went past the recorder", "")


# What can't be known --------------------------------------------------------------------


def test_of_a_signal_without_room_it_is_not_said_that_it_was_not_sent():
    with record_signals() as recording:
        pass
    report = build(recording)
    report["left_out"]["signals"] = 1

    row = row_of(rows_of(report), "confirm_order")
    assert words(row) == ("its signal isn't among those that there was room for", "")


def test_of_more_signals_than_are_told_apart(monkeypatch):
    from signals_panel.recording import unheard

    monkeypatch.setattr(unheard, "_MAX_KEYS", 1)
    rows = recorded(lambda: [signal.send(sender=Tag) for signal in (arrived, departed)])

    assert row_of(rows, "confirm_order")["reason"] == "no room"


@pytest.mark.parametrize("what", ["silent", "receivers"])
def test_of_rows_without_room_it_is_not_said_that_they_came_late(connect, what):
    with record_signals() as recording:
        arrived.send(sender=Tag)
    report = build(recording)
    report["left_out"][what] = 1
    connect(arrived, missed_here)

    assert not [row for row in rows_of(report) if row["receiver"].endswith(".missed_here")]


@pytest.mark.django_db
def test_of_a_large_recording(connect):
    def run():
        for _ in range(20):
            AuditLog.objects.create(action="a", object_repr="b")

    with record_signals() as recording:
        run()
    report = build(recording, Config(max_rows=5))

    assert row_of(rows_of(report), "log_product_change")["reason"] == "other sender"


# The order ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_project_s_and_what_was_near_come_first():
    def run():
        with pytest.raises(ValueError, match="no stock"):
            stock_checked.send(sender=Warehouse, item="Lamp")
        Product.objects.update(price=1)
        QuietProduct(name="Lamp", price=1).save()

    rows = recorded(run)
    reasons = dict.fromkeys(
        (row["origin"], row["reason"], bool(row["parameters"].get("related"))) for row in rows
    )
    assert list(reasons) == [
        ("project", "earlier raised", False),
        ("project", "bypassed", False),
        ("project", "never imported", False),
        ("project", "other sender", False),
        ("project", "not sent", False),
        ("django", "not sent", False),
    ]
    receivers = {row["receiver"].partition(".")[0] for row in rows}
    assert not receivers & {"signals_panel", "debug_toolbar"}


@pytest.mark.django_db
def test_a_model_s_kin_comes_before_other_senders():
    rows = recorded(lambda: QuietProduct(name="Lamp", price=1).save())

    related = ["related" in row["parameters"] for row in rows if row["reason"] == "other sender"]
    assert related == sorted(related, reverse=True)
    assert related.count(True) == 4


# Kin ------------------------------------------------------------------------------------


@pytest.fixture
def lamp():
    """A model that inherits from one with a table, for the length of a test."""

    class Lamp(Product):
        class Meta:
            app_label = "shop"

    yield Lamp
    del apps.all_models["shop"]["lamp"]
    apps.clear_cache()


def test_kin(lamp):
    assert relation("shop.Product", "shop.QuietProduct") == "proxy"
    assert relation("shop.QuietProduct", "shop.Product") == "proxy"
    assert relation("shop.Product", "shop.Lamp") == "parent"
    # Its own class is sent, which is a subclass of nobody's.
    assert relation("shop.Lamp", "shop.Product") is None
    assert relation("auth.AbstractUser", "accounts.User") == "abstract"
    for wanted, sent_by in [
        ("shop.Product", "shop.Product"),
        ("shop.Product", "shop.AuditLog"),
        ("shop.Product", "showcase.senders.Order"),
        ("nothing", "shop.Product"),
    ]:
        assert relation(wanted, sent_by) is None


def test_parents_are_not_sent(connect, lamp):
    connect(arrived, missed_here, sender=Product)
    row = row_of(recorded(lambda: arrived.send(sender=lamp)), "missed_here")

    assert advice_text(row) == (
        "A model sends its own class, and not its parents': shop.Lamp inherits from shop.Product. "
        "Connect the receiver for each of the two."
    )


def test_abstract_models_send_nothing(connect):
    base = User.__mro__[1]
    # It has a name once it has sent something, or with Django 6.0 and later.
    departed.send(sender=base)
    connect(arrived, missed_here, sender=base)
    with record_signals() as recording:
        departed.send(sender=base)
        arrived.send(sender=User)
    row = row_of(rows_of(build(recording)), "missed_here")

    assert advice_text(row) == (
        "An abstract model sends nothing: connect the receiver for accounts.User, which "
        "inherits from auth.AbstractUser."
    )
