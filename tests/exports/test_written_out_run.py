"""What is written out does what the signals did: it is run, with the receivers disconnected."""

from __future__ import annotations

import asyncio

import heard
import pytest
from django.core import mail
from django.core.cache import cache
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from written import calls_in, functions_in, functions_of, receivers_as_they_were, rows, taken_back

from accounts.models import User
from blog.models import SignalArticle
from shop.models import AuditLog, Product, QuietProduct
from showcase.models import Shelf, Tag
from showcase.receivers import refresh_tag_count, remember_report
from showcase.senders import Order, Report, Warehouse
from showcase.signals import order_placed, report_ready, stock_checked
from signals_panel import record_signals


@pytest.fixture
def alike(db):
    """Do something by signals, and again by what was written out; the rows are to be alike."""

    def compare(by_signals, name, by_code, *, all_of_it=False):
        with taken_back():
            with record_signals() as recording:
                by_signals()
            expected = rows()
        code = recording.written_out()
        assert functions_in(code)[0] == name
        with receivers_as_they_were():
            namespace = functions_of(code, all_of_it=all_of_it)
            by_code(namespace)
            assert rows() == expected
        return code

    return compare


def lamp(**kwargs):
    return Product(**{"name": "Desk lamp", "price": "39.90", "stock": 12, **kwargs})


def test_a_product(alike):
    code = alike(lambda: lamp().save(), "save_product", lambda names: names["save_product"](lamp()))
    assert [line for line in calls_in(code) if line.startswith("log_product_change")] == [
        "log_product_change(sender=Product, instance=product, created=created)"
    ]


def test_the_whole_cascade(alike, api, monkeypatch):
    cache.set("shop:catalogue", "old")

    def announced():
        product = lamp()
        product.announce = True
        return product

    def by_code(names):
        cache.set("shop:catalogue", "old")
        names["save_product"](announced())

    code = alike(lambda: announced().save(), "save_product", by_code)
    assert cache.get("shop:catalogue") is None
    assert [message.to for message in mail.outbox] == [["stock@example.com"]] * 2
    assert functions_in(code) == ["save_product", "save_audit_log"]
    assert "HTTP request" in code.split("announce_to_api(")[-1].splitlines()[0]


def test_what_happened_inside_as_a_function(alike, monkeypatch):
    """With both levels written out, nobody is called by a signal any more."""
    cache.delete("shop:audit-entries")

    def by_code(names):
        cache.delete("shop:audit-entries")
        save = names["save_audit_log"]
        monkeypatch.setattr(
            AuditLog.objects, "create", lambda **kwargs: save(AuditLog(**kwargs)), raising=False
        )
        with record_signals() as recording:
            names["save_product"](lamp())
        assert recording.totals.calls == 0
        assert cache.get("shop:audit-entries") == 1

    alike(lambda: lamp().save(), "save_product", by_code, all_of_it=True)


def test_a_user_and_the_profile(alike):
    def save_twice(save):
        user = User(username="reader")
        save(user)
        save(user)

    def by_signals():
        user = User(username="reader")
        user.save()
        user.save()

    code = alike(by_signals, "save_user", lambda names: save_twice(names["save_user"]))
    # The one that was changed has shown it.
    assert "    if created:\n        create_user_profile(" in code


def test_no_guard_for_a_receiver_that_does_not_ask(db):
    with record_signals() as recording:
        article = SignalArticle.objects.create(title="x", slug="x")
        article.published_at = "2030-01-01T00:00Z"
        article.save()
    assert "if not created" not in recording.written_out()


def test_publishing(alike):
    def article():
        return SignalArticle(title="x", slug="x", published_at="2030-01-01T00:00Z")

    alike(
        lambda: article().save(),
        "save_signal_article",
        lambda names: names["save_signal_article"](article()),
    )
    assert len(mail.outbox) == 2


def test_before_and_after_a_save(alike, connect):
    connect(pre_save, heard.before, sender=Tag)
    connect(post_save, heard.after, sender=Tag)
    connect(post_save, heard.writes_all, sender=Tag)
    code = alike(
        lambda: Tag(name="x").save(), "save_tag", lambda names: names["save_tag"](Tag(name="x"))
    )
    assert code.index("before(sender") < code.index("tag.save()") < code.index("after(sender")


def test_some_fields(alike, connect):
    QuietProduct.objects.create(name="x", price=1)
    connect(post_save, heard.writes_all, sender=Product)

    def change(save):
        product = Product.objects.get()
        product.price = 2
        save(product)

    code = alike(
        lambda: change(lambda product: product.save(update_fields=["price"])),
        "save_product",
        lambda names: change(names["save_product"]),
    )
    assert "product.save(update_fields=['price'])" in calls_in(code)


def test_methods(alike, connect):
    connect(post_save, heard.Audit.by_class, sender=Tag)
    connect(post_save, heard.Audit.by_nothing, sender=Tag, dispatch_uid='it\'s "the" one')
    alike(lambda: Tag(name="x").save(), "save_tag", lambda names: names["save_tag"](Tag(name="x")))


def test_one_receiver_connected_twice(alike, connect):
    connect(post_save, heard.after, sender=Tag)
    connect(post_save, heard.after, sender=Tag, dispatch_uid="again")
    code = alike(
        lambda: Tag(name="x").save(), "save_tag", lambda names: names["save_tag"](Tag(name="x"))
    )
    assert len([line for line in calls_in(code) if line.startswith("after(")]) == 2


@pytest.fixture
def hears_deleting(connect):
    for signal in (pre_delete, post_delete):
        connect(signal, heard.before, sender=Tag)
        connect(signal, heard.writes_all, sender=Tag)


def test_deleting_an_object(alike, hears_deleting):
    Tag.objects.create(name="x")

    def by_code(names):
        tag = Tag.objects.get()
        names["delete_tag"](tag)
        assert tag.pk is None

    alike(lambda: Tag.objects.get().delete(), "delete_tag", by_code)


def test_deleting_many(alike, connect):
    for signal in (pre_delete, post_delete):
        connect(signal, heard.before, sender=Tag)
    Tag.objects.bulk_create(Tag(name=name) for name in "xyz")
    tags = Tag.objects.exclude(name="y").order_by("-name")
    alike(tags.delete, "delete_tag", lambda names: names["delete_tag"](tags.all()))
    assert Tag.objects.count() == 1


@pytest.fixture
def shelf(db):
    shelf = Shelf.objects.create(name="x")
    Tag.objects.bulk_create(Tag(name=name) for name in "abc")
    shelf.tags.add(*Tag.objects.filter(name__in="ab"))
    return shelf


CHANGES = {
    "add": lambda shelf, tags: shelf.tags.add(*tags),
    "remove": lambda shelf, tags: shelf.tags.remove(*tags),
    "set": lambda shelf, tags: shelf.tags.set(tags),
    "clear": lambda shelf, tags: shelf.tags.clear(),
}


@pytest.mark.parametrize("looks", [True, False])
@pytest.mark.parametrize("change", CHANGES)
def test_changing_a_relation(alike, connect, shelf, change, looks):
    connect(m2m_changed, heard.writes_all if looks else heard.before, sender=Shelf.tags.through)
    tags = list(Tag.objects.filter(name__in="bc"))
    arguments = () if change == "clear" else (tags,)
    name = f"{change}_tags"
    alike(lambda: CHANGES[change](shelf, tags), name, lambda names: names[name](shelf, *arguments))


def test_setting_a_relation_to_less(alike, connect, shelf):
    """Nothing is added, and nobody is told of an adding."""
    connect(m2m_changed, heard.writes_all, sender=Shelf.tags.through)
    tags = list(Tag.objects.filter(name="b"))
    alike(lambda: shelf.tags.set(tags), "set_tags", lambda names: names["set_tags"](shelf, tags))


def test_changing_it_from_the_other_side(alike, connect, shelf):
    with receivers_as_they_were():
        # It counts on a shelf.
        m2m_changed.disconnect(refresh_tag_count, sender=Shelf.tags.through)
        changed_from_the_other_side(alike, connect, shelf)


def changed_from_the_other_side(alike, connect, shelf):
    connect(m2m_changed, heard.writes_all, sender=Shelf.tags.through)
    tag = Tag.objects.get(name="c")
    code = alike(
        lambda: tag.shelves.add(shelf),
        "add_shelves",
        lambda names: names["add_shelves"](tag, [shelf]),
    )
    assert "reverse=True" in code


def test_a_signal_of_the_projects(alike):
    order = Order(item="Desk lamp")
    alike(
        lambda: order_placed.send(sender=Order, order=order),
        "on_order_placed",
        lambda names: names["on_order_placed"](order),
    )
    assert len(mail.outbox) == 2


def test_send_robust_goes_on(alike, caplog):
    cache.delete("showcase:last-checked")

    def by_code(names):
        cache.delete("showcase:last-checked")
        names["on_stock_checked"]("Desk lamp")
        assert cache.get("showcase:last-checked") == "Desk lamp"

    alike(
        lambda: stock_checked.send_robust(sender=Warehouse, item="Desk lamp"),
        "on_stock_checked",
        by_code,
    )
    assert "A receiver failed." in caplog.text


def test_those_that_were_not_called_come_after_the_one_that_raised(db):
    with record_signals() as recording, pytest.raises(ValueError, match="no stock"):
        stock_checked.send(sender=Warehouse, item="x")
    code = recording.written_out()
    calls = calls_in(code)
    assert [call.partition("(")[0] for call in calls] == [
        "refuse_empty_stock",
        "remember_stock_check",
    ]
    assert "not called, because refuse_empty_stock raised" in code


def test_async(connect):
    with receivers_as_they_were():
        report_ready.receivers = []
        report_ready.sender_receivers_cache.clear()
        connect(report_ready, heard.awaited, sender=Report)
        connect(report_ready, remember_report, sender=Report)
        with record_signals() as recording:
            asyncio.run(report_ready.asend(sender=Report, title="Desk lamp"))
        cache.delete("showcase:last-report")
        names = functions_of(recording.written_out())
        asyncio.run(names["on_report_ready"]("Night light"))
    assert cache.get("showcase:last-report") == "Night light"
