"""The receivers connected to signals, read from the signals themselves."""

from signals_panel.wiring.connected import connected
from signals_panel.wiring.connections import Connection, Connections
from signals_panel.wiring.named import UnknownName
from signals_panel.wiring.origin import (
    DJANGO,
    PROJECT,
    THIRD_PARTY,
    is_djangos,
    is_the_programs,
    origin_of,
)
from signals_panel.wiring.project_files import is_projects
from signals_panel.wiring.reading import ConnectedReceiver, ConnectedSignal
from signals_panel.wiring.relatives import ABSTRACT, PARENT, PROXY, is_proxy, relation
from signals_panel.wiring.runs import Run, RunsFor, all_runs, runs_for
from signals_panel.wiring.unimported import Unimported, unimported

__all__ = [
    "ABSTRACT",
    "DJANGO",
    "PARENT",
    "PROJECT",
    "PROXY",
    "THIRD_PARTY",
    "ConnectedReceiver",
    "ConnectedSignal",
    "Connection",
    "Connections",
    "Run",
    "RunsFor",
    "Unimported",
    "UnknownName",
    "all_runs",
    "connected",
    "is_djangos",
    "is_projects",
    "is_proxy",
    "is_the_programs",
    "origin_of",
    "relation",
    "runs_for",
    "unimported",
]
