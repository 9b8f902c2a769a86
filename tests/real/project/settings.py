"""Settings of every site here: those of the program, with the toolbar and the panel.

These environment variables choose:

SITE_SETTINGS    the program's settings
SITE_MIDDLEWARE  "1" adds a middleware of the project's own
"""

import os
from importlib import import_module

from debug_toolbar.settings import PANELS_DEFAULTS

_program = import_module(os.environ["SITE_SETTINGS"])
globals().update({name: value for name, value in vars(_program).items() if name.isupper()})

DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1"]
INTERNAL_IPS = ["127.0.0.1"]

INSTALLED_APPS = [*_program.INSTALLED_APPS, "debug_toolbar", "signals_panel", "project"]
MIDDLEWARE = ["debug_toolbar.middleware.DebugToolbarMiddleware", *_program.MIDDLEWARE]
if os.environ.get("SITE_MIDDLEWARE") == "1":
    # Around all others but the toolbar's, so that whatever a request sends is sent inside it.
    MIDDLEWARE.insert(1, "project.middleware.passing_on")

ROOT_URLCONF = "project.urls"
PROGRAM_URLCONF = _program.ROOT_URLCONF

DEBUG_TOOLBAR_PANELS = list(PANELS_DEFAULTS)
DEBUG_TOOLBAR_PANELS.insert(
    DEBUG_TOOLBAR_PANELS.index("debug_toolbar.panels.sql.SQLPanel"),
    "signals_panel.panel.FiredSignalsPanel",
)
# A page of these programs makes more requests than the toolbar remembers by itself.
DEBUG_TOOLBAR_CONFIG = {"RESULTS_CACHE_SIZE": 100}
