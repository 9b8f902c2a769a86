"""What the program causes beyond its own Python, by kind; each kind is one module here."""

from signals_panel.effects import sql, watching  # noqa: F401 - each registers its kind
from signals_panel.effects.kinds import (
    Described,
    EffectKind,
    Operation,
    kind_of,
    kinds,
    watch,
)
from signals_panel.recording import register

register(watching.probe)

__all__ = ["Described", "EffectKind", "Operation", "kind_of", "kinds", "watch"]
