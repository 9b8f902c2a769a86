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


KEYS = {field.name.upper(): field for field in dataclasses.fields(Config)}


def is_valid(value: object) -> bool:
    """Whether a value will do: every setting there is, is a whole number from 1."""
    return type(value) is int and value >= 1


@cache
def get_config() -> Config:
    """The configuration in force."""
    given: Any = getattr(settings, SETTING, None)
    if not isinstance(given, dict):
        return Config()
    return Config(
        **{
            field.name: given[key]
            for key, field in KEYS.items()
            if key in given and is_valid(given[key])
        }
    )


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == SETTING:
        get_config.cache_clear()


setting_changed.connect(_forget, dispatch_uid="signals_panel.conf")
