"""Rows: models created and loaded, where Django itself fires four and two signals each."""

import contextlib

from django.db import transaction
from django.db.models.signals import post_init, post_save

from benchmarks.rounds import Row

_LOADED = 10_000


@contextlib.contextmanager
def _creating():
    from showcase.models import Tag

    def receive(sender, **kwargs):
        pass

    def work(times):
        with transaction.atomic():
            for _ in range(times):
                Tag.objects.create(name="lamp")
            transaction.set_rollback(True)

    post_save.connect(receive, sender=Tag)
    yield work
    post_save.disconnect(receive, sender=Tag)


@contextlib.contextmanager
def _stored_tags():
    from showcase.models import Tag

    Tag.objects.bulk_create(Tag(name=f"lamp {number}") for number in range(_LOADED))
    yield Tag
    Tag.objects.all().delete()


@contextlib.contextmanager
def _loading():
    with _stored_tags() as Tag:

        def work(times):
            list(Tag.objects.all()[:times])

        yield work


@contextlib.contextmanager
def _loading_beside_another():
    """Another model has a receiver, as each model with an ImageField has one for post_init."""
    from showcase.models import Shelf

    def receive(sender, **kwargs):
        pass

    post_init.connect(receive, sender=Shelf)
    with _loading() as work:
        yield work
    post_init.disconnect(receive, sender=Shelf)


@contextlib.contextmanager
def _getting():
    with _stored_tags() as Tag:
        pk = Tag.objects.first().pk

        def work(times):
            for _ in range(times):
                Tag.objects.get(pk=pk)

        yield work


def rows():
    """All rows of model work; the title says what one time is."""
    yield Row("models", "create", "create an object, one receiver (of 1,000)", 1_000, _creating)
    yield Row("models", "load", "load an object (of 10,000)", _LOADED, _loading)
    yield Row(
        "models",
        "load-beside",
        "the same, another model's receiver",
        _LOADED,
        _loading_beside_another,
    )
    yield Row("models", "get", "get one object", 100, _getting)
