"""One module per seam of Django; all are in place exactly while something is recorded."""

from signals_panel.probes import dispatch, exceptions, own_sends, queries, requests, threads
from signals_panel.recording.lifecycle import register

register(
    dispatch.probe,
    own_sends.OwnSends(dispatch.live_receivers_method),
    queries.probe,
    threads.probe,
    exceptions.probe,
    exceptions.responses_probe,
    requests.probe,
)
