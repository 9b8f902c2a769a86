"""Every signal with its receivers, as they are connected on the example site and in odd ways."""

from __future__ import annotations

import functools
import random

import pytest
from django.apps import apps
from django.db.models.signals import m2m_changed, pre_migrate, pre_save
from django.dispatch import Signal

import signals_panel
from shop.models import Product, QuietProduct
from showcase.models import Shelf, Tag
from showcase.signals import order_placed
from signals_panel.wiring import DJANGO, PROJECT, THIRD_PARTY, UnknownName, connected

sent = Signal()
POST_SAVE = "django.db.models.signals.post_save"


class Sender:
    class Inner:
        pass


an_object = Sender()


def hears(**kwargs):
    pass


def hears_too(**kwargs):
    pass


async def awaited(**kwargs):
    pass


class Methods:
    def method(self, **kwargs):
        pass

    def __call__(self, **kwargs):
        pass


def of_signal(name, **filters):
    found = [each for each in connected(**filters) if each.signal.endswith(f".{name}")]
    # Other tests have signals of such names, too.
    (mine,) = [each for each in found if each.signal == f"{__name__}.{name}"] or found
    return mine


def names(receivers):
    return [each.receiver.rpartition(".")[2] for each in receivers]


def test_what_the_example_site_connects():
    receivers = [
        each
        for each in of_signal("post_save").receivers
        if each.sender == "shop.Product" and each.origin == PROJECT
    ]

    assert names(receivers) == [
        "log_product_change",
        "email_stock_team",
        "clear_catalogue_cache",
        "announce_to_api",
    ]
    first = receivers[0]
    assert first.receiver == "shop.receivers.log_product_change"
    assert first.file == "shop/receivers.py"
    assert first.defined_at.text.startswith("def log_product_change(")
    assert (first.weak, first.dispatch_uid, first.is_async) == (True, None, False)


def test_signals_that_nobody_hears_are_there():
    found = {each.signal: each for each in connected()}

    assert found["django.db.models.signals.pre_init"].receivers == ()
    assert list(found) == sorted(found)


def test_how_it_is_connected(connect):
    connect(sent, hears, weak=True, dispatch_uid="once")
    connect(sent, awaited)
    connect(sent, functools.partial(hears, a=1))
    connect(sent, Methods().method)
    connect(sent, Methods())

    hearing, partial, method, called, waited_for = of_signal("sent").receivers
    assert (hearing.weak, hearing.dispatch_uid, hearing.is_async) == (True, "once", False)
    # Django calls it after all others, whenever it was connected.
    assert waited_for.receiver.endswith(".awaited")
    assert (waited_for.weak, waited_for.is_async) == (False, True)
    assert partial.receiver == f"partial({hearing.receiver})"
    assert method.receiver.endswith(".Methods.method")
    assert called.receiver.endswith(".Methods")
    assert {each.file for each in (hearing, partial, method, called)} == {hearing.file}


def test_uids_without_what_differs_from_run_to_run(connect):
    for uid in (id(sent), f"{hears}", ("a", id(sent)), "sync-2024", 7):
        connect(sent, hears, dispatch_uid=uid)

    uids = [each.dispatch_uid for each in of_signal("sent").receivers]
    assert uids[0] == "…"
    assert uids[1].startswith("<function hears at 0x…")
    assert str(id(sent)) not in uids[2]
    assert uids[3:] == ["sync-2024", "7"]


def test_senders_that_have_sent_nothing(connect):
    config = apps.get_app_config("shop")
    by_hand = object()
    for sender in (Sender, Sender.Inner, an_object, config, hears, signals_panel, by_hand):
        connect(sent, hears, sender=sender)

    path = f"{__name__}.Sender"
    assert sorted(each.sender for each in of_signal("sent").receivers) == sorted(
        [
            path,
            f"{path}.Inner",
            # An object goes by its class.
            path,
            "shop.apps.ShopConfig",
            f"{__name__}.hears",
            "signals_panel",
            # Nothing tells what it is.
            "(a sender that can't be named)",
        ]
    )


def test_the_toolbars_and_the_panels_own_are_left_out(connect):
    def theirs(**kwargs):
        pass

    theirs.__module__ = "debug_toolbar.panels.history"
    connect(sent, theirs)

    assert of_signal("sent").receivers == ()
    own = ("debug_toolbar.", "signals_panel.")
    assert not [each.signal for each in connected() if each.signal.startswith(own)]
    assert not [
        one.receiver
        for each in connected()
        for one in each.receivers
        if one.receiver.startswith(own)
    ]


def test_a_receiver_that_is_gone(connect):
    methods = Methods()
    sent.connect(methods.method)
    assert len(of_signal("sent").receivers) == 1
    del methods

    assert of_signal("sent").receivers == ()


def test_whose_they_are():
    found = {each.signal: each for each in connected()}

    assert found[POST_SAVE].origin == DJANGO
    assert found["showcase.signals.order_placed"].origin == PROJECT
    # An installed package's, in a class.
    (of_toolbar,) = connected(signal="DebugToolbar._created")
    assert of_toolbar.origin == THIRD_PARTY
    origins = {
        each.receiver.partition(".")[0]: each.origin
        for signal in found.values()
        for each in signal.receivers
    }
    assert origins["django"] == DJANGO
    assert origins["shop"] == PROJECT


# Order -----------------------------------------------------------------------------------


@pytest.mark.parametrize("followed", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_order_doesnt_depend_on_a_loop_over_a_set(connect, seed, followed):
    """Receivers of different senders never run in one send: their order tells nothing."""
    senders = [Product, QuietProduct, Tag, Shelf]
    random.Random(seed).shuffle(senders)
    for sender in senders:
        connect(pre_save, hears, sender=sender)
        connect(pre_save, hears_too, sender=sender)
    if followed:
        connect(pre_save, awaited)

    found = [
        (each.sender, each.receiver.rpartition(".")[2])
        for each in of_signal("pre_save").receivers
        if each.origin == PROJECT
    ]
    labels = ["shop.Product", "shop.QuietProduct", "showcase.Shelf", "showcase.Tag"]
    each_of = [(label, name) for label in labels for name in ("hears", "hears_too")]
    assert found == [*each_of, *([(None, "awaited")] if followed else [])]


def test_order_around_what_hears_all_senders(connect):
    connect(sent, hears, sender=Tag)
    connect(sent, hears_too)
    connect(sent, hears, sender=Product)

    assert [each.sender for each in of_signal("sent").receivers] == [
        "showcase.Tag",
        None,
        "shop.Product",
    ]


def test_order_is_that_of_a_send(connect):
    calls = []

    def receiver(name, is_async=False):
        async def later(**kwargs):
            calls.append(f"{name} later")

        def now(**kwargs):
            calls.append(f"{name} now")

        return later if is_async else now

    for index in range(8):
        made = receiver(str(index), is_async=index % 3 == 0)
        connect(
            sent,
            made,
            sender=[None, Sender, Tag][index % 3 if index else 1],
            dispatch_uid=f"{index} {made.__name__}",
        )
    sent.send(Sender)

    heard = [each for each in of_signal("sent").receivers if each.sender != "showcase.Tag"]
    assert [each.dispatch_uid for each in heard] == calls


# Filters ---------------------------------------------------------------------------------


def test_one_model(connect):
    connect(pre_save, hears)
    connect(pre_migrate, hears)
    connect(sent, hears, sender=Product)
    connect(sent, hears_too, sender=Tag)
    found = {
        each.signal.rpartition(".")[2]: names(each.receivers) for each in connected("shop.product")
    }

    assert found["post_save"][0] == "log_product_change"
    assert found["pre_save"] == ["hears"]
    assert found["sent"] == ["hears"]
    # No model sends it.
    assert "pre_migrate" not in found
    assert "m2m_changed" not in found
    assert connected(Product) == connected("shop.Product")


def test_one_model_and_its_relations(connect):
    connect(m2m_changed, hears)
    for model in (Shelf, Tag):
        found = names(of_signal("m2m_changed", model=model).receivers)
        assert {"refresh_tag_count", "hears"} <= set(found)
    assert not [each for each in connected(Product) if each.signal.endswith("m2m_changed")]


def test_one_signal():
    (found,) = connected(signal="post_save")
    assert found.signal == POST_SAVE
    assert connected(signal=POST_SAVE) == [found]
    # It was asked for, so it is told that nobody hears it.
    (unheard,) = connected(signal="pre_init")
    assert unheard.receivers == ()


def test_one_app(connect):
    connect(order_placed, hears, sender=Product)
    found = {each.signal.rpartition(".")[2]: each for each in connected(app="showcase")}
    # Its own signals, all of them, and its receivers of Django's.
    assert {"order_placed", "stock_low", "m2m_changed"} <= set(found)
    assert "post_save" not in found
    assert "hears" in names(found["order_placed"].receivers)

    (post_save_,) = connected(app="profiles")
    assert names(post_save_.receivers) == ["create_user_profile"]
    # The same receiver is the business of the app whose model it hears.
    assert connected(app="accounts", signal="post_save") == [post_save_]


@pytest.mark.parametrize(
    ("filters", "kind", "nearest"),
    [
        ({"model": "shop.Prodct"}, "model", "shop.Product"),
        ({"model": "Product"}, "model", "shop.Product"),
        ({"signal": "post_svae"}, "signal", POST_SAVE),
        ({"signal": "order_place"}, "signal", "showcase.signals.order_placed"),
        ({"signal": ""}, "signal", None),
        ({"app": "shopp"}, "app", "shop"),
        ({"app": "something else"}, "app", None),
    ],
)
def test_what_isnt_there(filters, kind, nearest):
    with pytest.raises(UnknownName) as raised:
        connected(**filters)

    assert raised.value.kind == kind
    assert raised.value.given == next(iter(filters.values()))
    assert (raised.value.nearest or [None])[0] == nearest


def test_a_signals_name_is_whole():
    with pytest.raises(UnknownName) as raised:
        connected(signal="save")
    assert any(name.endswith("_save") for name in raised.value.nearest)
