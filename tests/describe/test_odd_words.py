"""What odd receivers, senders and values are called: nothing of theirs is run, none raises."""

from __future__ import annotations

import contextlib
import functools
import linecache
import sys
from types import MethodType

import pytest
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import Signal
from django.utils.safestring import mark_safe
from psycopg import sql
from psycopg.types.json import Jsonb

from signals_panel import record_signals
from signals_panel.describe import (
    error_text,
    instance_key,
    plain_params,
    plain_text,
    receivers,
    signal_name,
    sql_text,
)
from signals_panel.describe.owners import is_project_file
from signals_panel.describe.receivers import receiver_name
from signals_panel.describe.senders import sender_name
from signals_panel.describe.source import file_lines, parsed

HERE = __name__


class Odd:
    pass


def hears(*args, **kwargs):
    pass


# Receivers --------------------------------------------------------------------------------


def recorded_name(receiver):
    signal = Signal()
    signal.connect(receiver, weak=False)
    with record_signals() as recording, contextlib.suppress(TypeError):
        signal.send(sender=None)
    (call,) = recording.dispatches[0].calls
    assert recording.faults == []
    return call


def test_a_method_made_of_something_else_than_a_function():
    call = recorded_name(MethodType(functools.partial(hears), Odd()))
    assert call.receiver == f"{HERE}.Odd.functools.partial"


def test_partials_in_one_another_without_an_end():
    receiver = hears
    for _ in range(50):
        # With an attribute of its own, Python doesn't make one partial of two.
        receiver = functools.partial(receiver)
        receiver.is_mine = True
    call = recorded_name(receiver)
    assert (call.receiver, call.defined_at) == ("partial", None)


def test_what_can_t_be_called(settings):
    # With DEBUG, connecting it would fail.
    settings.DEBUG = False
    call = recorded_name(Odd())
    assert (call.receiver, call.defined_at) == (f"{HERE}.Odd", None)
    assert call.error.startswith("TypeError: ")


class Slotted:
    __slots__ = ()

    def __call__(self, **kwargs):
        pass


class AlsoSlotted(Slotted):
    __slots__ = ()


@pytest.mark.parametrize("room", [4096, 1])
def test_receivers_that_can_t_be_referred_to_weakly(monkeypatch, room):
    """Alike ones are one receiver, as long as there is room for their words."""
    monkeypatch.setattr(receivers, "_MAX_METHODS", room)
    monkeypatch.setattr(receivers, "_alike", {})
    first, other, second = (receiver_name(kind()) for kind in (Slotted, AlsoSlotted, Slotted))
    assert (first.text, other.text) == (f"{HERE}.Slotted", f"{HERE}.AlsoSlotted")
    assert second.text == first.text
    assert (second is first) == (room > 1)


@pytest.mark.parametrize("room", [4096, 1])
def test_methods(monkeypatch, room):
    class Two:
        def one(self, **kwargs):
            pass

        def two(self, **kwargs):
            pass

    monkeypatch.setattr(receivers, "_MAX_METHODS", room)
    monkeypatch.setattr(receivers, "_methods", {})
    owner = Two()
    words = [receiver_name(each) for each in (owner.one, owner.two, owner.one)]
    assert [word.text.rpartition(".")[2] for word in words] == ["one", "two", "one"]
    assert (words[0] is words[2]) == (room > 1)
    assert receivers.method_name(id(Two.one)) == words[0].text
    assert receivers.method_name(id(hears)) is None


def test_a_method_at_the_ids_of_one_that_is_gone(monkeypatch):
    class Gone:
        def method(self):
            pass

    monkeypatch.setattr(receivers, "_methods", {})
    receiver_name(Gone().method)
    (entry,) = receivers._methods.values()

    class Present:
        def method(self):
            pass

    receivers._methods[id(Present.method), id(Present)] = entry
    assert "Present.method" in receiver_name(Present().method).text


# Senders and signals ------------------------------------------------------------------------


def test_the_class_of_all_models_is_no_model():
    assert sender_name(models.Model) == "django.db.models.base.Model"


def test_a_module_that_is_none(monkeypatch):
    """Some programs put an object where a module should be."""
    monkeypatch.setitem(sys.modules, "odd_module", Odd())
    assert str(signal_name(post_save)) == "django.db.models.signals.post_save"
    assert str(signal_name(Signal())).startswith("unnamed ")


def test_many_files(monkeypatch):
    monkeypatch.setattr("signals_panel.describe.owners._MAX_KNOWN", 1)
    monkeypatch.setattr("signals_panel.describe.owners._is_project", {})
    files = [__file__, models.__file__, __file__]
    assert [is_project_file(file) for file in files] == [True, False, True]


# Values -------------------------------------------------------------------------------------


def released():
    """A value that raises whenever it is asked for anything."""
    value = memoryview(b"x")
    value.release()
    return value


def test_values_that_raise():
    value = released()
    assert plain_text(value) == "memoryview"
    assert plain_params([value]) == "(list that can't be shown)"
    assert error_text(ValueError(value)) == "ValueError"
    assert sql_text(sql.Literal(value)) == "(Literal that can't be shown)"


def test_sql():
    assert sql_text(mark_safe("SELECT 1")) == "SELECT 1"
    statement = sql.SQL("SELECT {}, {}, {}").format(
        sql.Placeholder(), sql.Placeholder("name"), sql.Literal("x")
    )
    assert sql_text(statement) == "SELECT %s, %(name)s, x"
    assert plain_params([Jsonb([1])]) == [[1]]


class Abstract(models.Model):
    class Meta:
        abstract = True
        app_label = "odd"


def test_an_instance_without_a_primary_key(settings, connect):
    instance = object.__new__(Abstract)
    assert instance_key(instance) is None
    settings.SIGNALS_PANEL = {"SHOW_ARGUMENTS": True}
    signal = Signal()
    connect(signal, hears)
    with record_signals() as recording:
        signal.send(None, instance=instance)
    assert recording.faults == []
    assert recording.dispatches[0].arguments == {"instance": "Abstract"}


# Source -------------------------------------------------------------------------------------


def test_a_loader_that_raises():
    class Loader:
        def get_source(self, name):
            raise ZeroDivisionError

    path = "/nowhere/loaded_oddly.py"
    assert linecache.lazycache(path, {"__name__": "loaded_oddly", "__loader__": Loader()})
    try:
        assert file_lines(path) == []
    finally:
        linecache.cache.pop(path, None)


def test_a_file_that_is_too_long_to_parse():
    assert parsed("x = 1\n" * 10) is not None
    assert parsed("x = 1\n" * 200_000) is None


def test_generated_code_is_passed_over(connect):
    fired = Signal()
    connect(fired, hears)
    namespace = {"fired": fired, "__name__": "generated"}
    exec("def send(): fired.send(sender=None)", namespace)
    with record_signals() as recording:
        namespace["send"]()
    assert recording.dispatches[0].sent_from.path == __file__
