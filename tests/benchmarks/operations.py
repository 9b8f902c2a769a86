"""One operation of each kind of effect, as cheap as it can be, and where it can be seen."""

import contextlib
import http.client
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core import mail
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.files.storage import FileSystemStorage
from django.core.mail.backends import locmem
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

from benchmarks.answering import answering

_EXECUTE = (CursorWrapper, "execute")


@dataclass(frozen=True)
class Operation:
    """``open`` prepares it and gives what does it as often as it is told to."""

    kind: str
    title: str
    times: int
    open: Callable[[], AbstractContextManager[Callable[[int], Any]]]
    # The methods that somebody who times it would wrap.
    seams: list[tuple[type, str]] = field(default_factory=list)


def _often(once):
    def repeat(times):
        for _ in range(times):
            once()

    return repeat


@contextlib.contextmanager
def _querying():
    with connection.cursor() as cursor:
        yield _often(lambda: cursor.execute("SELECT 1"))


@contextlib.contextmanager
def _caching():
    cache.set("lamp", "on")
    yield _often(lambda: cache.get("lamp"))
    cache.delete("lamp")


@contextlib.contextmanager
def _mailing():
    backend = locmem.EmailBackend()
    message = mail.EmailMessage("Lamp", "It's on.", "shop@localhost", ["you@localhost"])

    def send():
        backend.send_messages([message])
        # Each is to find none, as the first did.
        mail.outbox.clear()

    yield _often(send)
    del mail.outbox


@contextlib.contextmanager
def _asking():
    with answering() as port:
        there = http.client.HTTPConnection("127.0.0.1", port)

        def get():
            there.request("GET", "/lamp/")
            there.getresponse().read()

        yield _often(get)
        there.close()


@contextlib.contextmanager
def _enqueueing():
    from django.tasks.backends.dummy import DummyBackend

    from benchmarks.jobs import switched

    backend = DummyBackend("default", {})

    def enqueue():
        backend.enqueue(switched, (), {})
        backend.clear()

    yield _often(enqueue)


@contextlib.contextmanager
def _looking_for_a_file():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "lamp.txt").write_text("on")
        storage = FileSystemStorage(folder)
        yield _often(lambda: storage.exists("lamp.txt"))


@contextlib.contextmanager
def _running():
    yield _often(lambda: subprocess.run(["true"], check=True))


def _commit():
    with transaction.atomic():
        pass


@contextlib.contextmanager
def _committing():
    yield _often(_commit)


@contextlib.contextmanager
def _nesting():
    with transaction.atomic():
        yield _often(_commit)


def _switch():
    """What is put off until a commit."""


@contextlib.contextmanager
def _putting_off():
    def repeat(times):
        with transaction.atomic():
            for _ in range(times):
                transaction.on_commit(_switch)

    yield repeat


@contextlib.contextmanager
def _stored_tag():
    from showcase.models import Tag

    tag = Tag.objects.create(name="lamp")
    yield tag
    tag.delete()


@contextlib.contextmanager
def _saving():
    with _stored_tag() as tag:
        yield _often(lambda: tag.save())


@contextlib.contextmanager
def _updating():
    with _stored_tag() as tag:
        queryset = type(tag).objects.filter(pk=tag.pk)
        yield _often(lambda: queryset.update(name="lamp"))


def _seams_of_tasks():
    try:
        from django.tasks.backends.dummy import DummyBackend
    except ImportError:
        # Django has them from 6.0 on.
        return []
    return [(DummyBackend, "enqueue")]


_connection = BaseDatabaseWrapper

ALL = [
    Operation("sql", "a query", 400, _querying, [_EXECUTE]),
    Operation("cache", "a cache get", 400, _caching, [(LocMemCache, "get")]),
    Operation("mail", "a mail sent", 100, _mailing, [(locmem.EmailBackend, "send_messages")]),
    Operation(
        "http",
        "an HTTP request",
        60,
        _asking,
        [(http.client.HTTPConnection, name) for name in ("putrequest", "getresponse")],
    ),
    Operation("task", "a task enqueued", 200, _enqueueing, _seams_of_tasks()),
    Operation(
        "file", "a file looked for", 400, _looking_for_a_file, [(FileSystemStorage, "exists")]
    ),
    Operation(
        "process",
        "a process run",
        10,
        _running,
        [(subprocess.Popen, name) for name in ("__init__", "communicate")],
    ),
    Operation(
        "transaction",
        "BEGIN and a commit",
        200,
        _committing,
        [_EXECUTE, (_connection, "commit"), (_connection, "set_autocommit")],
    ),
    Operation(
        "transaction",
        "a savepoint and its release",
        200,
        _nesting,
        [_EXECUTE, (_connection, "savepoint"), (_connection, "savepoint_commit")],
    ),
    Operation(
        "transaction", "work put off, and run", 200, _putting_off, [(_connection, "on_commit")]
    ),
    Operation("sql", "save() of an object", 200, _saving, [_EXECUTE, (Model, "save_base")]),
    Operation("sql", "update() of a queryset", 200, _updating, [_EXECUTE, (QuerySet, "update")]),
]
"""In the order of the table. Those that cause several effects say so in their title."""
