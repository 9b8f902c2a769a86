"""What is done before it is sure that the transaction will be committed."""

from __future__ import annotations

import django
import pytest
from django.core.mail import send_mail
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal
from effects import celery_jobs
from effects.clients import by_http_client
from effects.loopback import serving

from findings.found import codes_in, found_in
from showcase.models import Tag
from signals_panel import record_signals
from signals_panel.effects import Invocation, kind_of, watch

sent = Signal()

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def untimed(settings):
    """However long it takes on this machine."""
    codes = ["slow", "background", "waits-in-transaction"]
    settings.SIGNALS_PANEL = {"FINDINGS": dict.fromkeys(codes, False)}


def mails(**kwargs):
    send_mail("Hello", "", None, ["reader@example.com"])


def in_a_transaction():
    with transaction.atomic():
        sent.send(None)


def later(work):
    return lambda **kwargs: transaction.on_commit(work)


# Irreversible ---------------------------------------------------------------------------


def test_mail_in_a_transaction(connect):
    connect(sent, mails)
    (found,) = found_in(in_a_transaction)

    assert (found.code, found.figures["kinds"], found.figures["aliases"]) == (
        "irreversible",
        ["mail"],
        ["default"],
    )
    assert found.message == "findings.test_transactions.mails sent mail inside a transaction."
    assert found.receiver == "findings.test_transactions.mails"
    assert found.dispatch.calls[0].receiver == found.receiver


@pytest.mark.parametrize("receiver", [mails, later(mails)])
def test_mail_outside_of_transactions_and_after_the_commit(connect, receiver):
    connect(sent, receiver)

    assert codes_in(lambda: sent.send(None)) == []
    assert codes_in(in_a_transaction) == (["irreversible"] if receiver is mails else [])


def test_what_was_rolled_back_is_said(connect):
    def work():
        with transaction.atomic():
            sent.send(None)
            transaction.set_rollback(True)

    connect(sent, mails)
    (found,) = found_in(work)
    assert found.message.endswith("inside a transaction, which was rolled back.")


def test_mail_of_a_delete(connect):
    """``delete()`` of an object opens a transaction of its own where it cascades."""
    tag = Tag.objects.create(name="a")
    connect(post_delete, mails, sender=Tag)
    assert codes_in(lambda: Tag.objects.filter(pk=tag.pk).delete()) == ["irreversible"]


def test_a_transaction_around_the_whole_recording_is_none_of_its_business(connect):
    """As in a ``TestCase``."""
    connect(sent, mails)
    with transaction.atomic():
        assert codes_in(lambda: sent.send(None)) == []
        assert codes_in(in_a_transaction) == ["irreversible"]


@pytest.mark.parametrize(("method", "codes"), [("GET", []), ("POST", ["irreversible"])])
def test_a_request_that_changes_something(connect, method, codes):
    with serving() as server:
        body = b"stock=3" if method == "POST" else None
        connect(sent, lambda **kwargs: by_http_client(server.url, body))
        assert codes_in(in_a_transaction) == codes


# Enqueued early -------------------------------------------------------------------------


def test_a_task_in_a_transaction(connect):
    connect(sent, lambda **kwargs: celery_jobs.announce.delay("x"))
    (found,) = found_in(in_a_transaction, "enqueued-early")

    assert found.figures["times"] == 1
    assert found_in(lambda: sent.send(None), "enqueued-early") == []


def test_a_task_after_the_commit(connect):
    connect(sent, later(lambda: celery_jobs.announce.delay("x")))

    assert codes_in(in_a_transaction) == []


def test_a_task_that_runs_at_once_finds_its_rows(connect):
    celery_jobs.app.conf.task_always_eager = True
    try:
        connect(sent, lambda **kwargs: celery_jobs.announce.delay("x"))
        assert codes_in(in_a_transaction) == []
    finally:
        celery_jobs.app.conf.task_always_eager = False


@pytest.mark.skipif(django.VERSION < (6, 0), reason="Django has tasks of its own from 6.0 on")
def test_djangos_own_tasks(connect, settings):
    from effects import jobs

    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    connect(sent, lambda **kwargs: jobs.announce.enqueue("x"))
    assert codes_in(in_a_transaction) == ["enqueued-early"]


class Queue:
    """Stands for a backend that keeps its tasks in the database."""

    def enqueue(self):
        Tag.objects.create(name="a task")


def _describe(operation: Invocation) -> str:
    return "tasks.announce"


watch(kind_of("task"), owners=[Queue], methods=["enqueue"], describe=_describe)


def test_a_task_that_is_committed_with_the_rows(connect):
    connect(sent, lambda **kwargs: Queue().enqueue())

    assert codes_in(in_a_transaction) == []


# Waiting --------------------------------------------------------------------------------


class Pricing:
    """Stands for an API that takes its time."""

    def ask(self, clock, ms):
        clock.tick(ms)


def _describe_pricing(operation: Invocation) -> str:
    return "GET prices.example.com/"


watch(kind_of("http"), owners=[Pricing], methods=["ask"], describe=_describe_pricing)


@pytest.mark.parametrize(("ms", "codes"), [(9, []), (10, ["waits-in-transaction"])])
def test_waiting_in_a_transaction(connect, clock, settings, ms, codes):
    settings.SIGNALS_PANEL = {}
    connect(sent, lambda **kwargs: Pricing().ask(clock, ms))

    assert codes_in(in_a_transaction) == codes
    assert "waits-in-transaction" not in codes_in(lambda: sent.send(None))


def test_it_is_said_once_of_what_can_t_be_undone(connect, clock, settings):
    settings.SIGNALS_PANEL = {}

    def receives(**kwargs):
        mails()
        Pricing().ask(clock, 30)

    connect(sent, receives)
    assert codes_in(in_a_transaction) == ["background", "irreversible"]


def test_a_receiver_of_a_library_is_not_the_projects_to_mend(connect, monkeypatch):
    monkeypatch.setattr("signals_panel.analysis.analysis.origin_of", lambda receiver: "other")
    connect(post_save, mails, sender=Tag)
    with record_signals() as recording, transaction.atomic():
        Tag.objects.create(name="a")

    assert recording.findings == []
