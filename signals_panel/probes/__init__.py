"""One module per seam of Django; all are in place exactly while something is recorded."""

from signals_panel.probes import exceptions, requests, signals, threads
from signals_panel.recording import register

register(
    *signals.probes,
    threads.probe,
    exceptions.probe,
    exceptions.responses_probe,
    requests.probe,
)
