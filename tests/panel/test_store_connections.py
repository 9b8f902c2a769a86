"""A store in the database opens connections, and leaves none of its own open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent

# In a process of its own, on a database in a file: one in memory is never closed.
SERVER = """
import os, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.conf import settings
settings.DATABASES = {"default": {**settings.DATABASES["default"], "NAME": os.environ["FILE"]}}
settings.DATABASES["default"]["CONN_MAX_AGE"] = int(os.environ["MAX_AGE"])
settings.DEBUG_TOOLBAR_CONFIG = {"TOOLBAR_STORE_CLASS": "debug_toolbar.store.DatabaseStore"}
if os.environ["PANEL"] == "off":
    settings.DEBUG_TOOLBAR_PANELS = [
        panel for panel in settings.DEBUG_TOOLBAR_PANELS if "signals_panel" not in panel
    ]
import django
django.setup()
from wsgiref.util import setup_testing_defaults
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
call_command("migrate", verbosity=0)
application = get_wsgi_application()

def serve():
    environ = {"PATH_INFO": "/showcase/custom-signal/", "REMOTE_ADDR": "127.0.0.1"}
    setup_testing_defaults(environ)
    statuses = []
    response = application(environ, lambda status, headers: statuses.append(status))
    body = b"".join(response)
    response.close()
    print(statuses[0], b"djDebug" in body, connections["default"].connection is not None)

# A thread of a server has a connection of its own.
for _ in range(2):
    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
from debug_toolbar.models import HistoryEntry
print(HistoryEntry.objects.count())
"""


@pytest.mark.parametrize("panel", ["on", "off"])
@pytest.mark.parametrize(("max_age", "is_open"), [("0", False), ("60", True)])
def test_connections_are_open_as_without_the_panel(tmp_path, panel, max_age, is_open):
    served = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVER],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS / "example")]),
            "FILE": str(tmp_path / "db.sqlite3"),
            "MAX_AGE": max_age,
            "PANEL": panel,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    expected = f"200 OK True {is_open}"
    assert served.stdout.splitlines() == [expected, expected, "2"], served.stderr
