"""Rows: a whole request of the example site, with this panel in the toolbar and without.

With the collector on, as a server has it: a request is long enough to pay for its garbage.
The panel's cookie would not do to turn it off: what notices a request's start would stay.
"""

import contextlib

from debug_toolbar.toolbar import DebugToolbar
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from benchmarks.rounds import Row, Subject
from signals_panel.probes import requests

PANEL = "signals_panel.panel.FiredSignalsPanel"
SQL_PANEL = "debug_toolbar.panels.sql.SQLPanel"


@contextlib.contextmanager
def _without(*panels):
    shown = [panel for panel in settings.DEBUG_TOOLBAR_PANELS if panel not in panels]
    with override_settings(DEBUG_TOOLBAR_PANELS=shown):
        DebugToolbar._panel_classes = None
        if PANEL in panels:
            requests.start_hook.uninstall()
        try:
            yield
        finally:
            requests.start_hook.install()
    DebugToolbar._panel_classes = None


def subjects():
    """The panel off and on, beside the toolbar's SQL panel and without it."""
    combinations = {
        "off": (PANEL,),
        "on": (),
        "off_bare": (PANEL, SQL_PANEL),
        "on_bare": (SQL_PANEL,),
    }
    return [
        Subject(key, key, lambda panels=panels: _without(*panels), collects=True)
        for key, panels in combinations.items()
    ]


@contextlib.contextmanager
def _visiting(address):
    client = Client()

    def work(times):
        for _ in range(times):
            response = client.get(address)
            if response.status_code != 200 or b"djDebug" not in response.content:
                raise SystemExit(f"{address} didn't answer with a page and its toolbar.")

    yield work
    _empty_tables()


def _empty_tables():
    with connection.cursor() as cursor:
        for table in ("shop_auditlog", "shop_product"):
            cursor.execute(f"DELETE FROM {table}")


def _on_empty_tables(subject):
    """Receivers count rows: every visit finds the same number."""

    @contextlib.contextmanager
    def around():
        _empty_tables()
        with subject.around():
            yield

    return Subject(subject.key, subject.title, around, subject.collects)


def rows():
    """The pages."""
    for key in ("shop/cascade", "showcase/loop", "showcase/nothing"):
        address = f"/{key}/"
        yield Row("pages", key, f"GET {address}", 1, lambda a=address: _visiting(a), warm_up=False)


def all_subjects():
    """As ``subjects``, each visit on empty tables."""
    return [_on_empty_tables(subject) for subject in subjects()]
