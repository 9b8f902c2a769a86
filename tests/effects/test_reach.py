"""A block outside of requests: in a management command, and in a script of its own.

Those of mail, files and tasks stand with their kinds, as does Celery's worker.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from effects.clients import by_http_client
from effects.loopback import serving
from effects.recorded import in_a_command, script


def query():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_cache():
    cache.get("lamp")


def start_process():
    subprocess.run([sys.executable, "-c", ""], check=True)


def commit():
    with transaction.atomic():
        query()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "work"),
    [
        ("sql", query),
        ("cache", ask_cache),
        ("process", start_process),
        ("transaction", commit),
    ],
)
def test_a_management_command(kind, work):
    assert in_a_command(work, kind) == 1


def test_a_management_command_that_calls_an_api():
    with serving() as server:
        assert in_a_command(lambda: by_http_client(server.url), "http") == 1


SCRIPT = """
import http.client, subprocess, sys

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
)
django.setup()

from django.core.cache import cache
from django.db import connection, transaction
from django.dispatch import Signal
from signals_panel import record_signals

def receiver(**kwargs):
    cache.get("lamp")
    asked = http.client.HTTPConnection(sys.argv[1])
    asked.request("GET", "/stock/")
    asked.getresponse().read()
    asked.close()
    subprocess.run([sys.executable, "-c", ""])
    with transaction.atomic():
        connection.cursor().execute("SELECT 1")

signal = Signal()
signal.connect(receiver)
with record_signals() as recording:
    signal.send(None)
(call,) = recording.dispatches[0].calls
for effect in call.effects:
    print(effect.kind, effect.result)
print(recording.faults)
"""


def test_a_script():
    with serving() as server:
        found = script(SCRIPT, server.url.removeprefix("http://"))

    assert found == [
        "cache miss",
        "http 200",
        "process exit 0",
        "sql None",
        "sql None",
        "transaction None",
        "[]",
    ]
