"""The receivers connected to signals, read from the signals themselves."""

from signals_panel.wiring.connections import Connection, Connections
from signals_panel.wiring.origin import DJANGO, PROJECT, THIRD_PARTY, is_djangos, origin_of

__all__ = [
    "DJANGO",
    "PROJECT",
    "THIRD_PARTY",
    "Connection",
    "Connections",
    "is_djangos",
    "origin_of",
]
