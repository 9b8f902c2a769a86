"""Receivers that leave rows: each writes down all that it was given."""

from __future__ import annotations

from functools import partial

from django.db.models import Model

from shop.models import AuditLog


def _word(value):
    if isinstance(value, Model):
        return f"{value._meta.label} {value.pk}"
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return getattr(value, "__name__", None) or str(value)


def writes_all(**kwargs):
    """Look at every argument."""
    words = {name: _word(value) for name, value in kwargs.items() if name != "signal"}
    AuditLog.objects.create(action="all", object_repr=str(sorted(words.items()))[:200])


def before(sender, instance, **kwargs):
    AuditLog.objects.create(action="before", object_repr=f"{instance.pk} {sender.__name__}")


def after(sender, instance, **kwargs):
    AuditLog.objects.create(action="after", object_repr=f"{instance.pk} {sender.__name__}")


def only_new(sender, instance, created, **kwargs):
    if created:
        AuditLog.objects.create(action="new", object_repr=str(instance))


def saves_again(sender, instance, created, **kwargs):
    if created:
        instance.save(update_fields=["price"])


def puts_off(sender, **kwargs):
    from django.db import transaction

    transaction.on_commit(nothing)


def nothing(**kwargs):
    pass


def takes_sender(sender, **kwargs):
    pass


async def awaited(**kwargs):
    pass


def fails(**kwargs):
    raise ValueError("no\nstock \u202e \ud800")


class Audit:
    """Receivers that are methods."""

    def by_object(self, **kwargs):
        pass

    @classmethod
    def by_class(cls, sender, instance, **kwargs):
        AuditLog.objects.create(action="class", object_repr=str(instance))

    @staticmethod
    def by_nothing(sender, instance, **kwargs):
        AuditLog.objects.create(action="static", object_repr=str(instance))


class CallableObject:
    def __call__(self, **kwargs):
        pass


def type(sender, **kwargs):  # noqa: A001 - the name of a builtin, on purpose
    pass


part = partial(nothing)
lambda_ = lambda **kwargs: None  # noqa: E731 - a receiver without a name of its own
