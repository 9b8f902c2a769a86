"""What runs for a model: what is said beforehand is what Django then sends."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import signals
from django.test.utils import isolate_apps

from shop.models import Product
from showcase.models import Shelf, Tag
from signals_panel.wiring import UnknownName, all_runs, connected, runs_for

# They are made for their relations: nobody reads their names.
# ruff: noqa: DJ008
with isolate_apps("showcase"):

    class Note(models.Model):
        content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
        object_id = models.IntegerField()
        about = GenericForeignKey()

        class Meta:
            app_label = "showcase"

    class Author(models.Model):
        notes = GenericRelation(Note)

        class Meta:
            app_label = "showcase"

    class Writing(models.Model):
        author = models.ForeignKey(Author, models.CASCADE)
        critics = models.ManyToManyField(Author, related_name="criticised")

        class Meta:
            app_label = "showcase"

    class Novel(Writing):
        """A table of its own beside that of its parent."""

        class Meta:
            app_label = "showcase"

    class Classic(Novel):
        class Meta:
            app_label = "showcase"
            proxy = True

    class Chapter(models.Model):
        novel = models.ForeignKey(Novel, models.CASCADE)

        class Meta:
            app_label = "showcase"

    class Prize(models.Model):
        """It outlives the novel."""

        novel = models.ForeignKey(Novel, models.SET_NULL, null=True)

        class Meta:
            app_label = "showcase"

    MODELS = [Note, Author, Writing, Novel, Chapter, Prize]

    if hasattr(models, "DB_CASCADE"):

        class Page(models.Model):
            """The database deletes it by itself."""

            chapter = models.ForeignKey(Chapter, models.DB_CASCADE)

            class Meta:
                app_label = "showcase"

        MODELS.append(Page)

SENT = ("pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed")


@pytest.fixture
def tables(transactional_db):
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    yield
    with connection.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


@pytest.fixture
def heard(connect):
    """Every signal that was sent, and by whom."""
    found = set()

    def hear(sender, signal, **kwargs):
        name = next(name for name in SENT if getattr(signals, name) is signal)
        found.add((name, sender._meta.label))

    for name in SENT:
        connect(getattr(signals, name), hear)
    return found


def told(*runs):
    return {(run.signal.rpartition(".")[2], run.sender) for some in runs for run in some}


def make(model):
    """An object of a model, with everything that it takes along when it is deleted."""
    author = Author.objects.create()
    author.notes.create()
    novel = (model if issubclass(model, Novel) else Novel).objects.create(author=author)
    chapter = Chapter.objects.create(novel_id=novel.pk)
    Prize.objects.create(novel_id=novel.pk)
    if Page := globals().get("Page"):
        Page.objects.create(chapter=chapter)
    return {Author: author, Writing: novel.writing_ptr}.get(model, novel)


@pytest.mark.parametrize("model", [Author, Writing, Novel, Classic])
def test_told_and_sent(tables, heard, model):
    instance = make(model)
    runs = runs_for(model)
    label = model._meta.label
    assert runs.model == label

    heard.clear()
    instance.save()
    assert heard == told(runs.saved) == {("pre_save", label), ("post_save", label)}

    heard.clear()
    instance.delete()
    assert heard == told(runs.deleted, runs.deleted_with)
    assert told(runs.deleted) == {("pre_delete", label), ("post_delete", label)}


def test_whom_a_deletion_takes_along(connect):
    connect(signals.post_delete, lambda **kwargs: None)

    def taken_along(model):
        return [run.sender.partition(".")[2] for run in runs_for(model).deleted_with]

    assert taken_along(Chapter) == []
    assert taken_along(Novel) == ["Chapter", "Writing"]
    # The proxy is another sender; the parents and what points to them are the same.
    assert taken_along(Classic) == ["Chapter", "Writing"]
    assert taken_along(Author) == ["Chapter", "Note", "Novel", "Writing"]


def test_relations(tables, heard):
    writing = make(Writing)
    through = "showcase.Writing_critics"
    for model in (Writing, Novel, Author):
        assert told(runs_for(model).related) == {("m2m_changed", through)}

    heard.clear()
    writing.critics.add(writing.author)
    assert heard == {("m2m_changed", through)}
    # What stands between sends nothing by itself, whatever is connected for all models.
    between = runs_for(Writing.critics.through)
    assert (between.saved, between.deleted) == ((), ())


def test_receivers_in_the_order_of_the_calls(connect, db):
    calls = []

    def hearing(name):
        def receiver(**kwargs):
            calls.append(name)

        return receiver

    for name, sender in (("a", Tag), ("b", None), ("c", Shelf), ("d", Tag)):
        connect(signals.pre_save, hearing(name), sender=sender, dispatch_uid=name)
        connect(signals.post_save, hearing(name.upper()), sender=sender, dispatch_uid=name.upper())
    Tag.objects.create(name="x")

    runs = runs_for(Tag)
    assert [each.dispatch_uid for run in runs.saved for each in run.receivers] == calls
    assert calls == ["a", "b", "d", "A", "B", "D"]


def test_a_proxy_has_receivers_of_its_own():
    assert [run.signal.rpartition(".")[2] for run in runs_for("shop.Product").saved] == [
        "post_save"
    ]
    assert runs_for("shop.QuietProduct").saved == ()


def test_all_models_with_receivers_by_name(connect):
    connect(signals.pre_save, lambda **kwargs: None)
    found = {each.model: each for each in all_runs(connected())}

    assert {"shop.Product", "shop.AuditLog", "accounts.User"} <= set(found)
    assert {"showcase.Shelf", "showcase.Tag"} <= set(found)
    # What runs for every model isn't told of each.
    assert "shop.QuietProduct" not in found
    assert list(found) == sorted(found)
    assert found["shop.Product"] == runs_for(Product)


def test_a_model_that_isnt_there():
    with pytest.raises(UnknownName):
        runs_for("shop.Nothing")
