"""The hooks on models and querysets: what the program asks of them is one node of the cascade."""

from signals_panel.probes.operations.probe import ModelsProbe

probes = [ModelsProbe()]

__all__ = ["probes"]
