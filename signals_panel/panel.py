"""The panel in the toolbar: its lifecycle, from the request to the stored report."""

from __future__ import annotations

from typing import Any

from debug_toolbar.panels import Panel
from debug_toolbar.panels.sql.utils import reformat_sql
from django.core.checks import CheckMessage
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html

from signals_panel import checks, report
from signals_panel.conf import get_config
from signals_panel.probes import requests
from signals_panel.recording.recording import logger
from signals_panel.rendering import context


class FiredSignalsPanel(Panel):
    """Every signal fired during the request, its receivers, and what they caused."""

    is_async = True

    title = "Fired signals"
    nav_title = "Fired signals"
    nav_icon = "signals_panel/icon.svg"  # type: ignore[assignment] # None in Panel, untyped
    template = "signals_panel/panel.html"

    def __init__(self, toolbar: Any, get_response: Any) -> None:
        super().__init__(toolbar, get_response)
        self._recording: requests.RequestRecording | None = None
        # From here to enable_instrumentation the toolbar works for itself: it initialises its
        # store, which may be a database, and sends a signal. One from the store has no request.
        if toolbar.request is not None and self.enabled:
            self._recording = requests.request_recording.get()
            if self._recording is not None:
                self._recording.pause()

    # Panel early initialization

    @classmethod
    def ready(cls) -> None:
        requests.start_hook.install()

    @classmethod
    def run_checks(cls) -> list[CheckMessage]:
        return checks.check_app()

    # Titles and content

    @property
    def nav_subtitle(self) -> str:
        return report.headline(self.get_stats())

    @property
    def content(self) -> str:
        try:
            return render_to_string(self.template, context(self.get_stats(), _format_sql))
        except Exception as error:
            logger.exception("django-signals-panel failed to render its panel.")
            hint = " ".join(str(message.hint) for message in self.run_checks())
            return format_html(
                "<p>This panel can't be shown: {}. {}</p>", type(error).__name__, hint
            )

    # Recording the request

    def enable_instrumentation(self) -> None:
        if self._recording is None:
            # request_started was sent without us: by a handler that isn't Django's.
            self._recording = requests.begin_request()
        self._recording.on_end(self._store_late_part)
        self._recording.resume(requests.VIEW)

    def disable_instrumentation(self) -> None:
        if self._recording is not None:
            self._recording.pause()

    def generate_stats(self, request: HttpRequest, response: HttpResponse) -> None:
        self._record_report()

    def generate_server_timing(self, request: HttpRequest, response: HttpResponse) -> None:
        stats = self.get_stats()
        if stats:
            costs = report.own_costs(stats)
            title = report.count_text(costs["calls"], "signal receiver")
            self.record_server_timing("receivers", title, round(costs["ms"], 3))

    def get_headers(self, request: HttpRequest) -> dict[str, str]:
        headers: dict[str, str] = super().get_headers(request)
        # The toolbar is done; what follows is middleware around it and the response's body.
        if self._recording is not None:
            self._recording.resume(requests.RESPONSE_BODY)
        return headers

    # Storing the report

    def _record_report(self) -> None:
        recording = self._recording
        if recording is None:
            return
        try:
            stats = report.build(recording, get_config())
        except Exception as error:
            recording.add_fault("the report", error)
            stats = report.empty(recording)
        self.record_stats(stats)

    def _store_late_part(self) -> None:
        """Store again when the response is closed, with what was added since."""
        stored = self.get_stats()
        if stored and self.toolbar.store.exists(self.toolbar.request_id):
            self._record_report()


def _format_sql(sql: str) -> str:
    """Formatted and highlighted as in the SQL panel, short and long form."""
    formatted: str = reformat_sql(sql, with_toggle=True)
    return formatted
