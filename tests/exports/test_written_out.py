"""What is written out: code that compiles, says what can't be written, and names nothing twice."""

from __future__ import annotations

import ast
import contextlib
import json
import sys
from types import ModuleType

import heard
import pytest
from django.db.models import Model
from django.db.models.signals import post_delete, post_init, post_save, pre_save
from django.dispatch import Signal
from reports import build
from written import calls_in, disconnects_in, functions_in, heading_of

from accounts.models import User
from profiles.models import UserProfile
from shop.models import AuditLog, Product
from showcase.models import Tag
from showcase.senders import Order
from showcase.signals import order_placed
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.exports import costliest, is_written_out, written_out

own = Signal()


def recorded(send):
    with record_signals() as recording, contextlib.suppress(ValueError):
        send()
    return recording


def saved_tag(connect, *receivers, **kwargs):
    for receiver in receivers:
        connect(post_save, receiver, **{"sender": Tag, **kwargs})
    return recorded(lambda: Tag.objects.create(name="x"))


def stays_in(code):
    """What the first heading says of receivers that stay connected."""
    text = " ".join(line.lstrip("# ") for line in heading_of(code))
    return text.partition("Stays connected")[2]


PAGES = [
    "/accounts/register/",
    "/accounts/login/",
    "/accounts/logout/",
    "/blog/publish/signal/",
    "/shop/cascade/",
    "/shop/product/signal/",
    "/shop/product/service/",
    *(
        f"/showcase/{name}/"
        for name in (
            *("raises", "swallowed", "custom-signal", "async", "loop", "bulk", "prices/loop"),
            *("prices/update", "deferred", "rolled-back", "m2m", "streaming", "nothing"),
        )
    ),
]


@pytest.mark.parametrize("path", PAGES)
def test_every_row_of_every_page(visit, path):
    report = visit(path).report
    # As it comes out of the store.
    report = json.loads(json.dumps(report))
    for number, row in enumerate(report["rows"]):
        if is_written_out(report, number):
            ast.parse(written_out(report, number))
        else:
            with pytest.raises(ValueError, match="Nothing can be written out here"):
                written_out(report, number)
            calls = [
                each
                for each in report["rows"][number + 1 : number + 3]
                if each["kind"] == "call" and each["origin"] == "project"
            ]
            assert row["kind"] not in ("dispatch", "operation") or not calls


def test_a_dispatch_is_written_out_with_its_operation(visit):
    report = visit("/shop/cascade/").report
    numbers = [n for n, row in enumerate(report["rows"]) if row.get("model") == "shop.Product"]
    numbers += [n for n, row in enumerate(report["rows"]) if row.get("sender") == "shop.Product"]
    operation, dispatch = (written_out(report, number) for number in numbers)
    assert operation == dispatch
    assert costliest(report) == numbers[0]


def test_the_costliest_of_a_recording(db, clock, connect):
    connect(post_save, lambda **kwargs: clock.tick(5), sender=Product)
    with record_signals() as recording:
        AuditLog.objects.create(action="x", object_repr="x")
        Product.objects.create(name="x", price=1)
    first, _ = (each for each in recording.operations if each.model == "shop.AuditLog")
    assert functions_in(recording.written_out())[0] == "save_product"
    assert functions_in(recording.written_out(first)) == ["save_audit_log"]
    product = next(each for each in recording.walk() if each.sender == "shop.Product")
    assert functions_in(recording.written_out(product))[0] == "save_product"


def test_what_cannot_be_written_out(db):
    with record_signals() as recording:
        pass
    with pytest.raises(ValueError, match="has nothing to write out"):
        recording.written_out()
    with record_signals() as other:
        Product.objects.create(name="x", price=1)
    with pytest.raises(ValueError, match="another recording"):
        recording.written_out(next(other.walk()))
    with pytest.raises(TypeError, match="Give written_out"):
        recording.written_out("shop.Product")


# Receivers that stay connected -------------------------------------------------------------


def test_receivers_without_a_name(connect, db):
    def local(**kwargs):
        pass

    code = saved_tag(
        connect,
        local,
        heard.lambda_,
        heard.part,
        heard.Audit().by_object,
        heard.CallableObject(),
        heard.after,
    ).written_out()
    assert disconnects_in(heading_of(code)) == ["post_save.disconnect(after, sender=Tag)"]
    assert [call for call in calls_in(code) if "save" not in call] == [
        "after(sender=Tag, instance=tag)"
    ]
    stays = stays_in(code)
    for name in ("<locals>.local", "<lambda>", "partial(heard.nothing)", "by_object", "Callable"):
        assert name in stays
    assert stays.count("has no name to import it by") == 5
    assert "heard.py:" in stays


def test_a_name_that_means_something_else_now(connect, db, monkeypatch):
    recording = saved_tag(connect, heard.after, heard.before)
    monkeypatch.setattr(heard, "before", heard.nothing)
    code = recording.written_out()
    assert disconnects_in(heading_of(code)) == ["post_save.disconnect(after, sender=Tag)"]
    assert "heard.before" in stays_in(code)


def test_nothing_is_imported(connect, db, monkeypatch):
    recording = saved_tag(connect, heard.nothing)
    monkeypatch.delitem(sys.modules, "heard")
    with pytest.raises(ValueError, match="nothing to write out"):
        recording.written_out()
    assert "heard" not in sys.modules


def test_connected_for_all_models(connect, db):
    connect(post_save, heard.nothing)
    code = saved_tag(connect, heard.only_new).written_out()
    assert "heard.nothing" in stays_in(code)
    assert "is connected for all senders" in stays_in(code)


def test_a_dispatch_uid_that_cannot_be_written(connect, db):
    connect(post_save, heard.after, sender=Tag, dispatch_uid=("an", object()))
    assert "dispatch_uid" in stays_in(saved_tag(connect, heard.only_new).written_out())


def test_a_signal_is_still_sent_for_those_that_stay(connect, db):
    connect(order_placed, lambda **kwargs: None)
    code = recorded(lambda: order_placed.send(sender=Order, order=Order("x"))).written_out()
    assert calls_in(code)[0] == "order_placed.send(sender=Order, order=order)"


def test_connected_no_longer(db):
    post_save.connect(heard.after, sender=Tag)
    recording = recorded(lambda: Tag.objects.create(name="x"))
    post_save.disconnect(heard.after, sender=Tag)
    code = recording.written_out()
    assert disconnects_in(heading_of(code)) == []
    assert "after(sender=Tag, instance=tag)" in calls_in(code)


# What happened inside ----------------------------------------------------------------------


def test_what_a_receiver_puts_off(connect, db):
    code = saved_tag(connect, heard.puts_off).written_out()
    assert "# Inside: transaction.on_commit(heard.nothing), didn't run" in code


def test_a_receiver_that_saves_its_own_sender(connect, db):
    connect(post_save, heard.saves_again, sender=Product)
    code = recorded(lambda: Product.objects.create(name="x", price=1)).written_out()
    text = " ".join(code.replace("#", "").split())
    assert "Its receivers hear nothing of it any more: call save_product() there" in text
    assert functions_in(code) == ["save_product", "save_audit_log"]


def test_so_many_functions_and_no_more(connect):
    signals = [Signal() for _ in range(30)]
    module = ModuleType("many")
    receivers = []
    for number, signal in enumerate(signals):
        setattr(module, f"signal_{number}", signal)
        source = f"def receiver_{number}(sender, **kwargs):\n    go_on({number})\n"
        exec(compile(source, heard.__file__, "exec"), module.__dict__)
        receivers.append(getattr(module, f"receiver_{number}"))
        connect(signal, receivers[-1])
    module.go_on = lambda n: signals[n + 1].send(sender=None) if n < 29 else None
    sys.modules["many"] = module
    try:
        code = recorded(lambda: signals[0].send(sender=None)).written_out()
    finally:
        del sys.modules["many"]
    assert len(functions_in(code)) == 12


# Arguments ---------------------------------------------------------------------------------


def test_only_what_a_receiver_looks_at(connect, db):
    code = saved_tag(connect, heard.after, heard.only_new, heard.writes_all).written_out()
    calls = [call for call in calls_in(code) if not call.startswith("tag.")]
    assert calls[:2] == [
        "after(sender=Tag, instance=tag)",
        "only_new(sender=Tag, instance=tag, created=created)",
    ]
    assert calls[2] == (
        "writes_all(sender=Tag, instance=tag, created=created, raw=False, using='default', "
        "update_fields=None, signal=post_save)"
    )


def test_different_fields_are_a_parameter(connect, db):
    connect(post_save, heard.writes_all, sender=Product)
    product = Product.objects.create(name="x", price=1)

    def save():
        for fields in (["price"], ["name"], None):
            product.save(update_fields=fields)

    code = recorded(save).written_out()
    assert "def save_product(product, update_fields=None):" in code
    assert "product.save(update_fields=update_fields)" in code
    assert "It is for one of the 3: call it in a loop." in code


def test_fixtures(connect, db):
    connect(pre_save, heard.writes_all, sender=Tag)
    code = recorded(lambda: Tag(pk=7, name="x").save_base(raw=True)).written_out()
    assert "tag.save_base(raw=True)" in code
    assert "raw=True, using" in code


def test_what_a_signal_was_sent_with(connect):
    connect(own, heard.fails)
    connect(own, heard.writes_all)
    # Its line says so.
    code = recorded(lambda: own.send(sender=None, item="x", own=1, sender_=2)).written_out()
    assert functions_in(code) == ["on_own"]
    assert "def on_own(item, own_2, sender_):" in code
    assert "own=own_2" in code

    arguments = {"class": 1, "item": 2}
    code = recorded(lambda: own.send(sender=None, **arguments)).written_out()
    assert "def on_own(**named):" in code
    assert "**named" in "".join(calls_in(code))


def test_an_object_that_sends(connect):
    connect(own, heard.nothing)
    audit = heard.Audit()
    connect(own, heard.takes_sender)
    code = recorded(lambda: own.send(sender=audit)).written_out()
    assert "def on_own(sender):" in code
    assert calls_in(code) == ["nothing()", "takes_sender(sender=sender)"]
    code = recorded(lambda: own.send(sender=heard.Audit)).written_out()
    assert calls_in(code) == ["nothing()", "takes_sender(sender=Audit)"]


def test_kept_arguments_name_what_was_sent(connect, settings, db):
    settings.SIGNALS_PANEL = {"SHOW_ARGUMENTS": True}
    connect(own, heard.writes_all)
    sent = {"item": 1, "number": 2}
    code = recorded(lambda: own.send(None, **sent)).written_out()
    assert "def on_own(item, number):" in code


# Odd names and texts -----------------------------------------------------------------------


def test_names_of_builtins_and_names_that_two_things_have(connect, db):
    code = saved_tag(connect, heard.type, heard.after).written_out()
    assert "type as heard_type" in code
    assert "heard_type(" in "".join(calls_in(code))


def test_no_line_breaks_out_of_its_comment(connect):
    connect(own, heard.fails)
    code = recorded(lambda: own.send(sender=None)).written_out()
    assert "raised ValueError: no stock ?" in code
    ast.parse(code)
    code.encode()


class Gruß(Model):  # noqa: PLC2401 - letters that aren't English, on purpose
    class Meta:
        app_label = "shop"
        managed = False

    def __str__(self):
        return ""


class HTTPLog(Gruß):
    class Meta:
        app_label = "shop"
        proxy = True

    def __str__(self):
        return ""


def test_models_of_any_name(connect):
    connect(post_init, heard.nothing, sender=Gruß)
    connect(post_init, heard.nothing, sender=HTTPLog)
    code = recorded(Gruß).written_out()
    assert "from test_written_out import Gruß" in code
    ast.parse(recorded(HTTPLog).written_out())


def test_a_model_without_a_name_to_import(connect, db):
    class Local(Tag):
        class Meta:
            proxy = True
            app_label = "showcase"

    connect(post_save, heard.after, sender=Local)
    code = recorded(lambda: Local.objects.create(name="x")).written_out()
    assert "after(sender=apps.get_model('showcase.Local'), instance=local)" in calls_in(code)
    from django.apps import apps

    del apps.all_models["showcase"]["local"]
    apps.clear_cache()


def test_a_signal_without_a_name(connect):
    signal = Signal()
    connect(signal, heard.nothing)
    report = build(recorded(lambda: signal.send(sender=None)))
    number = costliest(report)
    assert number is not None
    code = written_out(report, number)
    assert "no name to import it by" in stays_in(code)
    assert calls_in(code) == []


def test_async_receivers_of_a_sync_send(connect, db):
    code = saved_tag(connect, heard.awaited).written_out()
    assert "async_to_sync(heard_awaited)" in code or "async_to_sync(awaited)" in code


def test_what_is_deleted_along(connect, db):
    connect(post_delete, heard.after, sender=User)
    connect(post_delete, heard.before, sender=UserProfile)
    User.objects.create(username="x")
    recording = recorded(lambda: User.objects.get().delete())
    code = recording.written_out()
    # Of what is deleted along there is no telling before: its receivers stay.
    assert functions_in(code)[0] == "delete_user"
    assert "before" not in code


def test_a_report_with_little_room(visit, settings):
    settings.SIGNALS_PANEL = {"MAX_ROWS": 9, "MAX_KEPT": 1}
    report = visit("/showcase/loop/").report
    for number in range(len(report["rows"])):
        if is_written_out(report, number):
            ast.parse(written_out(report, number))
    assert not is_written_out(report, len(report["rows"]))
    assert not is_written_out(report, -1)
    assert Config().max_rows > 9
