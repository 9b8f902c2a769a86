"""Transactions, under the receiver that opened them; and the marks of what they undid."""

from __future__ import annotations

import contextlib

import pytest
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import Signal
from reports import build

from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.wording import rolled_back_text, said_texts

signal = Signal()

pytestmark = pytest.mark.django_db(transaction=True)


def steps(recording):
    (call,) = recording.dispatches[0].calls
    found = [effect for effect in call.effects if effect.kind == "transaction"]
    assert all(effect.duration_ms > 0 for effect in found)
    return [(effect.text, effect.alias) for effect in found]


def test_a_commit_and_savepoints_are_spans_of_their_own(connect):
    def receives(**kwargs):
        with transaction.atomic():
            with transaction.atomic():
                pass
            with contextlib.suppress(ValueError), transaction.atomic():
                raise ValueError

    connect(signal, receives)
    with record_signals() as recording:
        signal.send(None)

    assert steps(recording) == [
        ("SAVEPOINT", "default"),
        ("RELEASE SAVEPOINT", "default"),
        ("SAVEPOINT", "default"),
        ("ROLLBACK TO SAVEPOINT", "default"),
        ("RELEASE SAVEPOINT", "default"),
        ("COMMIT", "default"),
    ]
    assert recording.totals.effects["transaction"] == 6


def test_a_rollback(connect):
    def receives(**kwargs):
        with contextlib.suppress(ValueError), transaction.atomic():
            raise ValueError

    connect(signal, receives)
    with record_signals() as recording:
        signal.send(None)

    assert steps(recording) == [("ROLLBACK", "default")]


def test_they_are_methods_as_without_us():
    plain = connection.commit
    with record_signals():
        assert connection.commit.__name__ == plain.__name__
        assert connection.commit.__module__ == plain.__module__


def test_rows_say_what_was_undone(connect):
    connect(post_save, lambda **kwargs: connection.cursor().execute("SELECT 1"), sender=Tag)
    with record_signals() as recording:
        for is_undone in (False, True, True):
            with contextlib.suppress(ValueError), transaction.atomic():
                Tag.objects.create(name="a")
                if is_undone:
                    raise ValueError

    rows = {row["kind"]: row for row in build(recording)["rows"]}
    for kind in ("operation", "dispatch", "call"):
        assert rows[kind]["atomic"] == ["default"]
        assert (rows[kind]["count"], rows[kind]["rolled_back"]) == (3, 2)


def test_what_the_sender_says(connect):
    connect(post_save, lambda **kwargs: None, sender=Tag)
    with record_signals() as recording:
        tag = Tag.objects.create(name="a")
        tag.save(update_fields={"name"})
        tag.save()
        post_save.send(sender=Tag, instance=tag, raw=True, created=True, using="replica")

    assert [dispatch.said for dispatch in recording.dispatches] == [
        "created",
        "only: name",
        "",
        "created, raw, using replica",
    ]


def test_another_signal_may_mean_something_else(connect):
    connect(signal, lambda **kwargs: None)
    with record_signals() as recording:
        signal.send(None, instance=Tag(name="a"), created=True, action="secret")

    assert recording.dispatches[0].said == ""


def test_who_was_bypassed(connect):
    def receives(**kwargs):
        pass

    connect(post_save, receives, sender=Tag)
    with record_signals() as recording:
        Tag.objects.bulk_create([Tag(name=name) for name in "abc"])
        Tag.objects.create(name="d")

    bulk, save = (row for row in build(recording)["rows"] if row["kind"] == "operation")
    assert (bulk["table_rows"], save["table_rows"]) == (3, 1)
    assert [name.rpartition(".")[2] for name in bulk["bypassed"]] == ["receives"]
    assert save["bypassed"] == []


def test_of_what_isnt_kept_it_isnt_known(connect, settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 4}
    connect(post_save, lambda **kwargs: None, sender=Tag)
    with record_signals() as recording, contextlib.suppress(ValueError), transaction.atomic():
        for number in range(10):
            post_save.send(sender=Tag, instance=Tag(name=str(number)), created=True)
        raise ValueError

    (row,) = (row for row in build(recording)["rows"] if row["kind"] == "dispatch")
    assert (row["count"], row["kept"]) == (10, 4)
    assert said_texts(row) == ["created × at least 4"]
    assert rolled_back_text(row) == "rolled back × at least 4"
