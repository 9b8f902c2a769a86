"""The setting, and what the system checks say of it."""

from __future__ import annotations

import pytest
from django.core import checks as django_checks
from django.core.checks import Error, Warning as CheckWarning, run_checks

from signals_panel import checks, record_signals
from signals_panel.conf import Config, get_config

KEYS = "MAX_KEPT, MAX_ROWS, SHOW_ARGUMENTS, SKIP_MODULES, EFFECTS, FINDINGS, EDITOR_URL"


def test_no_setting(settings):
    # The site has some; deleting alone isn't announced.
    settings.SIGNALS_PANEL = {}
    del settings.SIGNALS_PANEL

    assert get_config() == Config()
    assert checks.check_setting() == []


def test_setting(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 5, "MAX_ROWS": 7}

    assert get_config() == Config(max_kept=5, max_rows=7)
    assert checks.check_setting() == []


def test_not_a_dict(settings):
    settings.SIGNALS_PANEL = ["MAX_KEPT"]

    assert get_config() == Config()
    assert checks.check_setting() == [
        Error(
            "SIGNALS_PANEL must be a dict, not list.",
            hint=f"The defaults are in force. Known keys: {KEYS}.",
            id="signals_panel.E001",
        )
    ]


def test_unknown_key(settings):
    settings.SIGNALS_PANEL = {"MAX_KEEP": 5}

    assert get_config() == Config()
    assert checks.check_setting() == [
        Error(
            "SIGNALS_PANEL has the unknown key 'MAX_KEEP'.",
            hint=f"It has no effect. Known keys: {KEYS}.",
            id="signals_panel.E002",
        )
    ]


@pytest.mark.parametrize("value", [0, -1, "5", 2.5, None, True])
def test_wrong_value(settings, value):
    settings.SIGNALS_PANEL = {"MAX_KEPT": value, "MAX_ROWS": 3}

    assert get_config() == Config(max_rows=3)
    assert checks.check_setting() == [
        Error(
            "SIGNALS_PANEL['MAX_KEPT'] must be a whole number from 1.",
            hint="The default 10000 is in force.",
            id="signals_panel.E003",
        )
    ]


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("SHOW_ARGUMENTS", 1, "True or False"),
        ("EDITOR_URL", "vscode://file", 'a URL with "{path}" and "{line}" in it, or ""'),
        ("EDITOR_URL", None, 'a URL with "{path}" and "{line}" in it, or ""'),
    ],
)
def test_wrong_value_of_other_kinds(settings, key, value, wanted):
    settings.SIGNALS_PANEL = {key: value}

    assert get_config() == Config()
    (error,) = checks.check_setting()
    assert error.msg == f"SIGNALS_PANEL[{key!r}] must be {wanted}."


def test_panel_not_shown(settings):
    settings.DEBUG_TOOLBAR_PANELS = ["debug_toolbar.panels.sql.SQLPanel"]

    assert checks.check_installation() == [
        CheckWarning(
            "signals_panel is installed, but its panel is not shown.",
            hint='Add "signals_panel.panel.FiredSignalsPanel" to DEBUG_TOOLBAR_PANELS.',
            id="signals_panel.W001",
        )
    ]


def test_app_not_installed(monkeypatch):
    monkeypatch.setattr("django.apps.apps.is_installed", lambda name: False)

    assert checks.check_app() == [
        Error(
            "signals_panel.panel.FiredSignalsPanel is in DEBUG_TOOLBAR_PANELS, but its app is "
            "not installed.",
            hint='Add "signals_panel" to INSTALLED_APPS.',
            id="signals_panel.E004",
        )
    ]


def test_the_example_site_passes_every_check():
    assert run_checks() == []


def test_checks_are_registered():
    registered = django_checks.registry.registry.get_checks()

    assert checks.check_setting in registered
    assert checks.check_installation in registered


def test_rules_can_be_switched_off_and_set(settings):
    settings.SIGNALS_PANEL = {"FINDINGS": {"slow": False, "repeated": 10, "raised": True}}

    assert get_config().findings == (("slow", False), ("repeated", 10), ("raised", True))
    assert checks.check_setting() == []


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        (
            {"repeat": False},
            "SIGNALS_PANEL['FINDINGS'] has the unknown code 'repeat'.",
            "Did you mean 'repeated'? Known codes: raised, irreversible,",
        ),
        ({1: False}, "SIGNALS_PANEL['FINDINGS'] has the unknown code 1.", "Known codes: raised,"),
        (
            {"slow": "much"},
            "SIGNALS_PANEL['FINDINGS']['slow'] must be True, False or a number of ms from 0.",
            "The rule is on, with its default.",
        ),
        (
            {"slow": -1},
            "SIGNALS_PANEL['FINDINGS']['slow'] must be True, False or a number of ms from 0.",
            "The rule is on, with its default.",
        ),
        (
            {"raised": 3},
            "SIGNALS_PANEL['FINDINGS']['raised'] must be True or False.",
            "The rule is on, with its default.",
        ),
        (["slow"], "SIGNALS_PANEL['FINDINGS'] must be a dict of rules' codes.", "The default"),
    ],
)
def test_a_wrong_rule(settings, given, message, hint):
    settings.SIGNALS_PANEL = {"FINDINGS": given}

    (error,) = checks.check_setting()
    assert (error.msg, error.hint.startswith(hint)) == (message, True)
    # Nothing of it keeps a page from being served.
    with record_signals() as recording:
        pass
    assert recording.findings == []
