"""The example site's settings, with pages more, for a server that many ask at once.

These environment variables are set by the soak:

SOAK_FAULTS    the file that errors of the recorder are logged to
SOAK_DB        name of the database on the server that TEST_POSTGRES names
SOAK_WITHOUT   "1" leaves the panel out
"""

import os

# Those of the tests: the example's, and a second database where TEST_POSTGRES names one.
from settings import *  # noqa: F403
from settings import DATABASES, DEBUG_TOOLBAR_CONFIG, INSTALLED_APPS

ROOT_URLCONF = "soak.urls"

if "postgres" in DATABASES:
    DATABASES["default"] = DATABASES.pop("postgres") | {"NAME": os.environ["SOAK_DB"]}
else:
    # Eight threads write: each waits for its turn from the beginning, and none for a disk.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 60,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF",
    }

DEBUG_TOOLBAR_CONFIG |= {
    # Others ask meanwhile: a panel that is opened at once must still be there.
    "RESULTS_CACHE_SIZE": 50,
    # Those of the other panels would take longer than everything else.
    "ENABLE_STACKTRACES": False,
}

# Those of the toolbar that the recorder meets: the others take most of a request's time.
DEBUG_TOOLBAR_PANELS = [
    "debug_toolbar.panels.history.HistoryPanel",
    "debug_toolbar.panels.sql.SQLPanel",
    "debug_toolbar.panels.cache.CachePanel",
    "signals_panel.panel.FiredSignalsPanel",
]

if os.environ.get("SOAK_WITHOUT") == "1":
    DEBUG_TOOLBAR_PANELS.remove("signals_panel.panel.FiredSignalsPanel")
    INSTALLED_APPS.remove("signals_panel")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "faults": {"class": "logging.FileHandler", "filename": os.environ["SOAK_FAULTS"]},
    },
    "loggers": {
        "signals_panel": {"handlers": ["faults"], "level": "ERROR"},
        # Some receivers raise, as they should.
        "django.request": {"level": "CRITICAL"},
        "django.dispatch": {"level": "CRITICAL"},
    },
}
