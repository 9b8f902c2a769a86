"""One module per seam of Django; all are in place exactly while something is recorded."""

from signals_panel.probes import exceptions, operations, requests, signals, threads, transactions
from signals_panel.recording import register

register(
    *signals.probes,
    *operations.probes,
    threads.probe,
    transactions.probe,
    exceptions.probe,
    exceptions.responses_probe,
    requests.probe,
)
