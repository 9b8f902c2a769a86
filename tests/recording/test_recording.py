"""Each kind of thing that is recorded, through the public API, on real models and a database."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.signals import request_started, setting_changed
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_init
from django.dispatch import Signal

from shop import receivers
from shop.models import AuditLog, Product
from showcase.models import Shelf, Tag
from showcase.signals import order_placed
from signals_panel import SourceLine, record_signals
from signals_panel.describe import signal_name
from signals_panel.results import node_of

pytestmark = pytest.mark.django_db


def test_dispatch(connect):
    with record_signals() as recording:
        Product.objects.create(name="Laptop", price=1)

    dispatch = recording.dispatches[0]
    assert dispatch.signal == "django.db.models.signals.post_save"
    assert dispatch.sender == "shop.Product"
    assert dispatch.method == "send"
    assert dispatch.sent_from == SourceLine(
        __file__,
        test_dispatch.__code__.co_firstlineno + 2,
        "test_dispatch",
        'Product.objects.create(name="Laptop", price=1)',
    )
    assert [call.receiver for call in dispatch.calls] == [
        "shop.receivers.log_product_change",
        "shop.receivers.email_stock_team",
        "shop.receivers.clear_catalogue_cache",
        "shop.receivers.announce_to_api",
    ]


def test_receiver_call():
    with record_signals() as recording:
        Product.objects.create(name="Laptop", price=1)

    call = recording.dispatches[0].calls[0]
    line = receivers.log_product_change.__code__.co_firstlineno + 1
    assert call.defined_at == SourceLine(
        receivers.__file__,
        line,
        "log_product_change",
        "def log_product_change(sender, instance, created, **kwargs):",
    )
    assert call.error is None
    assert call.is_async is False
    assert call.is_finished


def test_nested_dispatches():
    with record_signals() as recording:
        Product.objects.create(name="Laptop", price=1)

    outer = recording.dispatches[0]
    (nested,) = outer.calls[0].dispatches
    assert (nested.signal, nested.sender) == (outer.signal, "shop.AuditLog")
    assert [call.receiver for call in nested.calls] == ["shop.receivers.count_audit_entries"]
    assert list(recording.walk()) == [outer, nested]
    assert recording.dispatches == [outer]


def test_unheard_dispatches_are_counted():
    with record_signals() as recording:
        for _ in range(3):
            Tag(name="x")

    assert recording.unheard == {
        ("django.db.models.signals.pre_init", "showcase.Tag"): 3,
        ("django.db.models.signals.post_init", "showcase.Tag"): 3,
    }
    assert recording.dispatches == []


def test_unheard_when_receivers_are_for_another_sender(connect):
    signal = Signal()
    connect(signal, lambda **kwargs: None, sender=Product)

    with record_signals() as recording:
        signal.send(sender=Tag)
        signal.send(sender=Product)

    assert recording.totals.unheard == 1
    assert [dispatch.sender for dispatch in recording.dispatches] == ["shop.Product"]


def test_totals():
    with record_signals() as recording:
        Product.objects.create(name="Laptop", price=1)
        AuditLog.objects.count()

    totals = recording.totals
    assert (totals.dispatches, totals.calls, totals.unheard) == (2, 5, 6)
    assert (totals.queries, totals.all_queries) == (2, 4)
    assert 0 < totals.receiver_ms < totals.duration_ms
    assert repr(recording) == "<Recording: 2 dispatches, 5 calls, 2 queries in receivers>"


def test_durations_are_exact(connect, clock):
    outer, inner = Signal(), Signal()

    def works(**kwargs):
        clock.tick(3)
        inner.send(sender=None)
        clock.tick(1)

    def nested(**kwargs):
        clock.tick(5)

    connect(outer, works)
    connect(inner, nested)

    with record_signals() as recording:
        clock.tick(10)
        outer.send(sender=None)

    (dispatch,) = recording.dispatches
    (call,) = dispatch.calls
    assert (call.duration_ms, call.self_ms) == (9.0, 4.0)
    assert dispatch.duration_ms == 9.0
    assert call.dispatches[0].calls[0].self_ms == 5.0
    assert recording.totals.receiver_ms == 9.0
    assert recording.totals.duration_ms == 19.0


def test_a_running_recording_can_be_read(connect, clock):
    signal = Signal()

    def reads(**kwargs):
        clock.tick(2)
        seen.append(recording.totals)

    seen = []
    connect(signal, reads)
    with record_signals() as recording:
        signal.send(sender=None)

    assert (seen[0].calls, seen[0].receiver_ms) == (1, 2.0)


@pytest.mark.parametrize("method", ["send", "send_robust"])
def test_error(connect, method):
    signal = Signal()

    def fails(**kwargs):
        raise ValueError("no stock")

    connect(signal, fails)
    with record_signals() as recording:
        try:
            getattr(signal, method)(sender=None)
        except ValueError:
            assert method == "send"

    (dispatch,) = recording.dispatches
    assert dispatch.method == method
    assert dispatch.calls[0].error == "ValueError: no stock"


def test_receivers_after_one_that_raised_are_not_called(connect):
    signal = Signal()

    def fails(**kwargs):
        raise ValueError

    connect(signal, fails)
    connect(signal, lambda **kwargs: None)
    with record_signals() as recording, pytest.raises(ValueError, match=r"^$"):
        signal.send(sender=None)

    (call,) = recording.dispatches[0].calls
    assert call.error == "ValueError"


def sends_module_level():
    """A function that sends itself, to be named as a sender."""
    named_after_definition.send(sender=sends_module_level)


named_after_definition = Signal()


class Holder:
    as_class_attribute = Signal()


@pytest.mark.parametrize(
    ("signal", "name"),
    [
        (post_save, "django.db.models.signals.post_save"),
        (post_delete, "django.db.models.signals.post_delete"),
        (m2m_changed, "django.db.models.signals.m2m_changed"),
        (request_started, "django.core.signals.request_started"),
        # Also importable from django.test.signals, which imports it.
        (setting_changed, "django.core.signals.setting_changed"),
        (order_placed, "showcase.signals.order_placed"),
        (named_after_definition, "test_recording.named_after_definition"),
        (Holder.as_class_attribute, "test_recording.Holder.as_class_attribute"),
        (Signal(), "unnamed django.dispatch.dispatcher.Signal"),
    ],
)
def test_signals_are_named_where_they_are_defined(signal, name):
    assert str(signal_name(signal)) == name


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        (None, None),
        (Product, "shop.Product"),
        (Holder, "test_recording.Holder"),
        (Holder(), "test_recording.Holder"),
        (sends_module_level, "test_recording.sends_module_level"),
        (Product(pk=1), "shop.Product"),
        ("some text", "str"),
        (Shelf.tags.through, "showcase.Shelf_tags"),
        (receivers, "shop.receivers"),
    ],
)
def test_senders(connect, sender, name):
    signal = Signal()
    connect(signal, lambda **kwargs: None)

    with record_signals() as recording:
        signal.send(sender=sender)

    assert recording.dispatches[0].sender == name


def test_m2m_changes():
    shelf, tag = Shelf.objects.create(name="a"), Tag.objects.create(name="b")

    with record_signals() as recording:
        shelf.tags.add(tag)

    before, after = recording.dispatches
    assert before.sender == after.sender == "showcase.Shelf_tags"
    assert [len(dispatch.calls[0].queries) for dispatch in (before, after)] == [0, 1]


def test_nested_blocks_both_see_the_inner_one(connect):
    signal, other = Signal(), Signal()

    def opens_a_block(**kwargs):
        with record_signals() as inner:
            AuditLog.objects.count()
            other.send(sender=None)
        blocks.append(inner)

    blocks = []
    connect(signal, opens_a_block)
    connect(other, lambda **kwargs: AuditLog.objects.count())
    with record_signals() as recording:
        signal.send(sender=None)

    (inner,) = blocks
    call = recording.dispatches[0].calls[0]
    assert call.dispatches == inner.dispatches
    assert len(call.queries) == 1
    assert (inner.totals.queries, inner.totals.all_queries) == (1, 2)
    assert (recording.totals.queries, recording.totals.all_queries) == (2, 2)
    assert len(list(recording.walk())) == 2


def test_nothing_is_recorded_after_the_block(connect):
    signal = Signal()
    connect(signal, lambda **kwargs: None)
    with record_signals() as recording:
        pass

    signal.send(sender=None)

    assert recording.totals[:5] == (0, 0, 0, 0, 0)


def test_a_block_that_raises_ends():
    with pytest.raises(KeyError), record_signals() as recording:
        raise KeyError

    assert not node_of(recording).is_open


def test_signals_of_the_project_s_user_model():
    with record_signals() as recording:
        get_user_model().objects.create_user("jane")

    (dispatch,) = recording.dispatches
    assert dispatch.sender == "accounts.User"
    assert dispatch.calls[0].receiver == "profiles.receivers.create_user_profile"


def test_pre_init_is_heard_when_somebody_listens(connect):
    connect(pre_init, lambda **kwargs: None, sender=Tag)

    with record_signals() as recording:
        Tag(name="x")

    assert [d.signal for d in recording.dispatches] == ["django.db.models.signals.pre_init"]


def test_stack_of_the_first_dispatch_from_a_line(connect):
    signal = Signal()
    connect(signal, lambda **kwargs: None)

    def sends():
        signal.send(sender=None)

    with record_signals() as recording:
        for _ in range(2):
            sends()

    first, second = recording.dispatches
    functions = [
        place.source_line.function.rpartition(".")[2] for place in node_of(first).stack.places
    ]
    assert functions[:2] == ["sends", "test_stack_of_the_first_dispatch_from_a_line"]
    assert node_of(second).stack is None


def test_traceback_of_an_error(connect):
    signal = Signal()

    def deeper():
        raise ValueError

    def fails(**kwargs):
        deeper()

    connect(signal, fails)
    with record_signals() as recording:
        signal.send_robust(sender=None)

    lines = recording.dispatches[0].calls[0].traceback
    assert [line.text for line in lines] == ["deeper()", "raise ValueError"]


def test_arguments_are_kept_only_when_asked_for(settings, connect):
    tag = Tag(pk=3, name="secret")
    signal = Signal()
    connect(signal, lambda **kwargs: None)
    arguments = []
    for asked in (False, True):
        settings.SIGNALS_PANEL = {"SHOW_ARGUMENTS": asked}
        with record_signals() as recording:
            signal.send_robust(sender=None, instance=tag, created=True, text="secret", n=None)
        arguments.append(recording.dispatches[0].arguments)

    assert arguments == [
        None,
        {"instance": "showcase.Tag pk=3", "created": "True", "text": "str", "n": "None"},
    ]


def test_a_block_can_be_entered_once():
    block = record_signals()
    with block:
        with pytest.raises(RuntimeError, match="is for one block"):
            block.__enter__()
        Tag(name="x")
