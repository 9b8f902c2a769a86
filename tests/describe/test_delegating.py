"""The line that sent a signal, where methods delegate: super(), managers, threads, arguments."""

from __future__ import annotations

import asyncio
import textwrap

import pytest
from django.db import models
from django.dispatch import Signal
from django.test.utils import isolate_apps
from sent_lines import text_of

from showcase.models import Tag
from signals_panel import record_signals

fired = Signal()


def test_a_base_class_that_sends_itself(connect):
    class Base:
        def save(self):
            models.signals.post_save.send(sender=type(self), instance=self)

    class Item(Base):
        def save(self):
            super().save()

    connect(models.signals.post_save, lambda **kwargs: None, sender=Item)
    with record_signals() as recording:
        Item().save()

    # The nearest line that doesn't delegate is where it is sent, whatever came before.
    (dispatch,) = recording.dispatches
    assert text_of(dispatch) == "models.signals.post_save.send(sender=type(self), instance=self)"
    assert dispatch.via == []


@pytest.mark.django_db
@isolate_apps("showcase")
def test_via(connect):
    class Saved(Tag):
        class Meta:
            proxy = True
            app_label = "showcase"

        def save(self, *args, **kwargs):
            super().save(*args, **kwargs)

    class Twice(Saved):
        class Meta:
            proxy = True
            app_label = "showcase"

        def save(self, *args, **kwargs):
            kwargs["force_insert"] = True
            super().save(*args, **kwargs)

    connect(models.signals.post_save, lambda **kwargs: None, sender=Twice)
    with record_signals() as recording:
        Twice(name="a").save()
        Twice(
            name="b",
        ).save()

    first, second = recording.dispatches
    assert text_of(first) == 'Twice(name="a").save()'
    assert [line.text for line in first.via] == [
        "super().save(*args, **kwargs)",
        "super().save(*args, **kwargs)",
    ]
    assert text_of(second) == 'Twice(\n    name="b",\n).save()'
    assert second.sent_from != first.sent_from


@pytest.mark.django_db
def test_a_manager_called_in_create(connect):
    class Shortcut:
        @classmethod
        def create(cls, name):
            return Tag.objects.create(name=name)

    connect(models.signals.post_save, lambda **kwargs: None, sender=Tag)
    with record_signals() as recording:
        Shortcut.create("a")

    (dispatch,) = recording.dispatches
    assert text_of(dispatch) == 'Shortcut.create("a")'
    assert [line.text for line in dispatch.via] == ["return Tag.objects.create(name=name)"]


@pytest.mark.django_db(transaction=True)
@isolate_apps("showcase")
def test_delegating_on_both_sides_of_a_thread(connect):
    class Item(Tag):
        class Meta:
            proxy = True
            app_label = "showcase"

        async def asave(self, *args, **kwargs):
            await super().asave(*args, **kwargs)

        def save(self, *args, **kwargs):
            super().save(*args, **kwargs)

    connect(models.signals.post_save, lambda **kwargs: None, sender=Item)

    async def sends():
        with record_signals() as recording:
            await Item(name="a").asave()
        return recording

    (dispatch,) = asyncio.run(sends()).dispatches
    assert text_of(dispatch) == 'await Item(name="a").asave()'
    assert [line.text for line in dispatch.via] == [
        "super().save(*args, **kwargs)",
        "await super().asave(*args, **kwargs)",
    ]


def test_nobody_further_out(connect):
    """The innermost that delegates is the line, where no other is the project's."""
    connect(fired, lambda **kwargs: None)
    namespace = {"fired": fired, "__name__": "shop.base"}
    source = textwrap.dedent(
        """
        class Parent:
            def save(self): fired.send(sender=None)
        class Child(Parent):
            def save(self): super().save()
        """
    )
    exec(compile(source, "/usr/lib/python3/site-packages/lib/base.py", "exec"), namespace)
    with record_signals() as recording:
        namespace["Child"]().save()

    assert text_of(recording.dispatches[0]) == 'namespace["Child"]().save()'


def test_an_argument_delegates_nothing(connect):
    class Item:
        def clean(self):
            return 1

    class Child(Item):
        def clean(self):
            fired.send(sender=None, n=super().clean())

        def save(self):
            fired.send(sender=None, count=Tag.objects.none().count())

    connect(fired, lambda **kwargs: None)
    with record_signals() as recording:
        Child().clean()
        Child().save()

    assert [each.via for each in recording.dispatches] == [[], []]
    assert [text_of(each)[:10] for each in recording.dispatches] == ["fired.send"] * 2
