"""The hooks on a connection's transactions, and on what waits for their commit."""

from signals_panel.probes.transactions.probe import note_open_transactions, probe

__all__ = ["note_open_transactions", "probe"]
