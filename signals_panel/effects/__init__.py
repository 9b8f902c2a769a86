"""What the program causes beyond its own Python, by kind; each kind is one module here."""

from importlib import import_module

from signals_panel.effects.kinds import (
    Described,
    EffectKind,
    Invocation,
    data_text,
    kind_of,
    kinds,
    load,
    watch,
)
from signals_panel.effects.watching import probe
from signals_panel.recording import register

__all__ = [
    "Described",
    "EffectKind",
    "Invocation",
    "data_text",
    "kind_of",
    "kinds",
    "load",
    "watch",
]

# In the order of their columns.
_MODULES = [
    "sql",
    "cache",
    "mail",
    "http",
    "tasks",
    "files",
    "processes",
    "transactions",
]

for _module in _MODULES:
    import_module(f"{__name__}.{_module}")

register(probe)
