"""Settings of the example site: for a developer's own machine only.

These environment variables change them:

EXAMPLE_DB              path of the SQLite file
EXAMPLE_MAIL_DIR        folder that sent mail is written to
EXAMPLE_API_URL         where the shop announces new products
EXAMPLE_USE_SHADOW_DOM  "0" renders the toolbar outside a shadow root
EXAMPLE_RENDER_PANELS   "1" puts the panels into the page, "0" loads them on demand
EXAMPLE_CSP             "1" sends a strict content security policy with a nonce
EXAMPLE_EDITOR_URL      where the panel's files and lines link to
EXAMPLE_TOOLBAR_STORE   dotted path of the toolbar's store class; for its DatabaseStore,
                        set it when you migrate, too
"""

import os
from pathlib import Path

import django
from debug_toolbar.settings import PANELS_DEFAULTS

from example.csp import POLICY

BASE_DIR = Path(__file__).resolve().parent.parent

# Development

DEBUG = True
SECRET_KEY = "not-a-secret-this-site-is-an-example"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver", "[::1]"]
INTERNAL_IPS = ["127.0.0.1", "::1"]

# Application

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "debug_toolbar",
    "signals_panel",
    "accounts",
    "profiles",
    "blog",
    "shop",
    "showcase",
    "habits",
    "reactions",
    "notes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "debug_toolbar.middleware.DebugToolbarMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

if os.environ.get("EXAMPLE_CSP") == "1":
    if django.VERSION >= (6, 0):
        from django.utils.csp import CSP

        SECURE_CSP = {
            name: [CSP.NONCE if "{nonce}" in value else value for value in values]
            for name, values in POLICY.items()
        }
        MIDDLEWARE[:0] = [
            "django.middleware.csp.ContentSecurityPolicyMiddleware",
            "example.csp.NonceMiddleware",
        ]
    else:
        MIDDLEWARE.insert(0, "example.csp.PolicyMiddleware")

ROOT_URLCONF = "example.urls"
WSGI_APPLICATION = "example.wsgi.application"
ASGI_APPLICATION = "example.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "example" / "templates"],
        "APP_DIRS": True,
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "example" / "static"]

USE_TZ = True

# Data

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("EXAMPLE_DB", BASE_DIR / "db.sqlite3"),
    }
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Accounts

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

# Mail and the outside world

MAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
MAIL_DIR = os.environ.get("EXAMPLE_MAIL_DIR", BASE_DIR / "sent_mail")

if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": MAIL_BACKEND, "OPTIONS": {"file_path": MAIL_DIR}}}
else:
    # Django 6.1 deprecated these two in favour of MAILERS.
    EMAIL_BACKEND = MAIL_BACKEND
    EMAIL_FILE_PATH = MAIL_DIR

EXAMPLE_API_URL = os.environ.get("EXAMPLE_API_URL", "http://127.0.0.1:8000/api/stock/")

# Tasks are written down and never run; they came with Django 6.0
TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}

# Debug toolbar

DEBUG_TOOLBAR_PANELS = list(PANELS_DEFAULTS)
DEBUG_TOOLBAR_PANELS.insert(
    DEBUG_TOOLBAR_PANELS.index("debug_toolbar.panels.sql.SQLPanel"),
    "signals_panel.panel.FiredSignalsPanel",
)

DEBUG_TOOLBAR_CONFIG = {
    # This site is the test project as well: let the toolbar show in tests.
    "IS_RUNNING_TESTS": False,
    "USE_SHADOW_DOM": os.environ.get("EXAMPLE_USE_SHADOW_DOM", "1") == "1",
}
if "EXAMPLE_RENDER_PANELS" in os.environ:
    DEBUG_TOOLBAR_CONFIG["RENDER_PANELS"] = os.environ["EXAMPLE_RENDER_PANELS"] == "1"
if "EXAMPLE_TOOLBAR_STORE" in os.environ:
    DEBUG_TOOLBAR_CONFIG["TOOLBAR_STORE_CLASS"] = os.environ["EXAMPLE_TOOLBAR_STORE"]

SIGNALS_PANEL = {
    "EDITOR_URL": os.environ.get("EXAMPLE_EDITOR_URL", ""),
    # On a fast machine the page about it would be below the threshold.
    "FINDINGS": {"switch": 0},
}
