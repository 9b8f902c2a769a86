"""One module per seam of Django; all are in place exactly while something is recorded."""

from signals_panel.probes import dispatch, queries, requests, threads
from signals_panel.recording.lifecycle import register

register(dispatch.probe, queries.probe, threads.probe, requests.probe)
