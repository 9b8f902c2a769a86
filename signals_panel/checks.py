"""System checks on the setting and on the installation."""

from __future__ import annotations

import difflib
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error

from signals_panel.conf import KEYS, SETTING, requirement
from signals_panel.effects import load
from signals_panel.findings import CODES, RULES, threshold_problem

PANEL = "signals_panel.panel.FiredSignalsPanel"


def check_setting(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """``SIGNALS_PANEL`` is a dict with known keys and fitting values."""
    given = getattr(settings, SETTING, {})
    if not isinstance(given, dict):
        return [
            Error(
                f"{SETTING} must be a dict, not {type(given).__name__}.",
                hint=f"The defaults are in force. Known keys: {', '.join(KEYS)}.",
                id="signals_panel.E001",
            )
        ]
    messages: list[CheckMessage] = [
        Error(
            f"{SETTING} has the unknown key {key!r}.",
            hint=f"It has no effect. Known keys: {', '.join(KEYS)}.",
            id="signals_panel.E002",
        )
        for key in given
        if key not in KEYS
    ]
    messages += [
        Error(
            f"{SETTING}[{key!r}] must be {wanted}.",
            hint=f"The default {KEYS[key].default!r} is in force.",
            id="signals_panel.E003",
        )
        for key, value in given.items()
        if key in KEYS and (wanted := requirement(key, value))
    ]
    messages += _check_effects(given.get("EFFECTS"))
    messages += _check_findings(given.get("FINDINGS"))
    return messages


def _check_findings(given: Any) -> list[CheckMessage]:
    """Each is the code of a rule, with what a rule can be set to."""
    messages: list[CheckMessage] = []
    for code, value in given.items() if type(given) is dict else ():
        if code not in RULES:
            nearest = difflib.get_close_matches(str(code), CODES, 1)
            meant = f"Did you mean {nearest[0]!r}? " if nearest else ""
            messages.append(
                Error(
                    f"{SETTING}['FINDINGS'] has the unknown code {code!r}.",
                    hint=f"{meant}Known codes: {', '.join(CODES)}.",
                    id="signals_panel.E006",
                )
            )
        elif wanted := threshold_problem(code, value):
            messages.append(
                Error(
                    f"{SETTING}['FINDINGS'][{code!r}] must be {wanted}.",
                    hint="The rule is on, with its default.",
                    id="signals_panel.E007",
                )
            )
    return messages


def _check_effects(paths: Any) -> list[CheckMessage]:
    """Each module of kinds of effect can be imported, and watches something."""
    if paths is None or requirement("EFFECTS", paths):
        return []
    return [
        Error(
            f"{SETTING}['EFFECTS'] names {path!r}, but {wrong}.",
            hint="Name a module that calls signals_panel.effects.watch(); its effects aren't seen.",
            id="signals_panel.E005",
        )
        for path in paths
        if (wrong := load(path))
    ]


def check_installation(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The app and the panel belong together."""
    panels = getattr(settings, "DEBUG_TOOLBAR_PANELS", [])
    if apps.is_installed("debug_toolbar") and PANEL not in panels:
        return [
            checks.Warning(
                "signals_panel is installed, but its panel is not shown.",
                hint=f'Add "{PANEL}" to DEBUG_TOOLBAR_PANELS.',
                id="signals_panel.W001",
            )
        ]
    return []


def check_app() -> list[CheckMessage]:
    """The panel needs its app for its templates; asked for by the panel, as the app can't."""
    if apps.is_installed("signals_panel"):
        return []
    return [
        Error(
            f"{PANEL} is in DEBUG_TOOLBAR_PANELS, but its app is not installed.",
            hint='Add "signals_panel" to INSTALLED_APPS.',
            id="signals_panel.E004",
        )
    ]
