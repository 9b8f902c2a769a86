"""The ``SIGNALS_PANEL`` setting, read into one frozen ``Config``.

A key that is missing, unknown or of the wrong kind leaves the default in force; the system
checks say so. The defaults and their meaning stand here and nowhere else.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

SETTING = "SIGNALS_PANEL"


@dataclasses.dataclass(frozen=True)
class Config:
    """The panel's settings; in ``SIGNALS_PANEL`` their names are written in capitals."""

    max_kept: int = 10_000
    """Dispatches and queries that one recording keeps one by one. What comes after is folded:
    added up by signal, sender, line and receiver, with exact totals."""

    max_rows: int = 1_000
    """Rows of the cascade that the panel stores and shows; the rest is counted."""

    show_arguments: bool = False
    """Whether the keyword arguments of each send are kept: their names, types and, of models,
    primary keys; None, True and False as they are, and no other contents."""

    skip_modules: tuple[str, ...] = ()
    """Patterns of modules whose lines are never the one that sent a signal, such as
    ``shop.base`` or ``*.utils``; a package's name stands for all that is in it."""

    effects: tuple[str, ...] = ()
    """Modules that describe kinds of effect of the project's own, such as
    ``shop.effects.search_index``; see ``signals_panel.effects.watch``."""

    findings: tuple[tuple[str, bool | float], ...] = ()
    """In the setting a dict: which rules look for what to do about it, by code; ``False`` switches
    one off, a number is its threshold. See ``docs/findings.md``."""

    editor_url: str = ""
    """Where a file and line link to, such as ``vscode://file/{path}:{line}``."""


KEYS = {field.name.upper(): field for field in dataclasses.fields(Config)}


def _is_script(url: str) -> bool:
    """Whether a link to it would run in the page instead of opening an editor."""
    return url.strip().lower().startswith(("javascript:", "data:", "vbscript:"))


def requirement(key: str, value: object) -> str | None:
    """What a known key's value has to be, when it isn't; None when it will do."""
    if key == "FINDINGS":
        return None if type(value) is dict else "a dict of rules' codes"
    default = KEYS[key].default
    if type(default) is bool:
        return None if type(value) is bool else "True or False"
    if type(default) is int:
        return None if type(value) is int and value >= 1 else "a whole number from 1"
    if type(default) is tuple:
        is_list = type(value) in (list, tuple) and all(type(each) is str for each in value)  # type: ignore[attr-defined] # a list or tuple
        what = "modules' dotted paths" if key == "EFFECTS" else "module names or patterns"
        return None if is_list else f"a list of {what}"
    if value == "" or (type(value) is str and "{path}" in value and not _is_script(value)):
        return None
    return 'a URL with "{path}" and "{line}" in it, or ""'


def _frozen(value: Any) -> Any:
    if type(value) is dict:
        return tuple((key, each) for key, each in value.items() if type(each) in (bool, int, float))
    return tuple(value) if type(value) is list else value


@cache
def get_config() -> Config:
    """The configuration in force."""
    given: Any = getattr(settings, SETTING, None)
    if not isinstance(given, dict):
        return Config()
    fitting: dict[str, Any] = {
        field.name: _frozen(given[key])
        for key, field in KEYS.items()
        if key in given and requirement(key, given[key]) is None
    }
    return Config(**fitting)


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == SETTING:
        get_config.cache_clear()


setting_changed.connect(_forget, dispatch_uid="signals_panel.conf")
