"""The panel in the toolbar: its lifecycle, from the request to the stored report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, ParamSpec

from debug_toolbar import settings as dt_settings
from debug_toolbar.panels import Panel
from debug_toolbar.store import MemoryStore
from django.core.checks import CheckMessage
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from signals_panel import checks, report
from signals_panel.analysis import Extent, analyse, extent, glance, has_more_costs
from signals_panel.conf import get_config
from signals_panel.describe import is_interruption
from signals_panel.panel import comparing, taking, toolbar_time, views
from signals_panel.panel.stored import request_row
from signals_panel.panel.unopened import Finished, Unopened, is_small, size_of
from signals_panel.probes import requests
from signals_panel.recording import Root, add_fault, current, logger, register
from signals_panel.rendering import context
from signals_panel.report import Report
from signals_panel.wiring import Connections
from signals_panel.wording import count_text, headline, own_costs

P = ParamSpec("P")

unopened = Unopened()

_PLACE_FOR_TOOLS = SafeString('<div class="fsp-tools"></div>')


def _guarded(method: Callable[P, None]) -> Callable[P, None]:
    """Keep a fault of ours from the request: the toolbar calls these while it is served."""

    @wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(*args, **kwargs)
        except Exception as error:
            # The store and what it stores may be the program's own: whatever they raise is
            # told. A timeout is the program's to have.
            if is_interruption(error):
                raise
            panel: Any = args[0]
            panel.take_fault(method.__name__, error)

    return guarded


class FiredSignalsPanel(Panel):
    """Every signal fired during the request, its receivers, and what they caused."""

    is_async = True

    title = "Fired signals"
    nav_title = "Fired signals"
    nav_icon = "signals_panel/icon.svg"  # type: ignore[assignment] # None in Panel, untyped
    template = "signals_panel/panel.html"

    def __init__(self, toolbar: Any, get_response: Any) -> None:
        super().__init__(toolbar, get_response)
        self._recording: requests.RequestRoot | None = None
        # How much there was when the figures at a glance were taken.
        self._seen: Extent = ({}, 0)
        self._request: Any = None
        # It was begun without us: request_started was sent by a handler that isn't Django's.
        self._is_late = False
        # One from the store has no request.
        if toolbar.request is not None and self.enabled:
            self._find_recording()

    def take_fault(self, where: str, error: Exception) -> None:
        """Tell what failed here, in the panel if there is a recording."""
        if self._recording is not None:
            add_fault(self._recording, where, error)
        else:
            logger.error("django-signals-panel failed in %s.", where, exc_info=error)

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
        try:
            return headline(self.get_stats())
        except Exception as error:
            if is_interruption(error):
                raise
            logger.exception("django-signals-panel failed to summarise its report.")
            return ""

    @property
    def content(self) -> str:
        # The toolbar's view for it is a request of its own, and every template in it sends a
        # signal: nobody will ever look at a recording of those.
        token = current.set(None)
        try:
            shown = context(self.finished_stats(), get_config())
            # None from the store, where there is no request.
            request = self.toolbar.request
            shown["nonce"] = self.toolbar.csp_nonce if request is not None else None
            shown["is_in_page"] = request is not None
            shown["request_id"] = getattr(self.toolbar, "request_id", None)
            return render_to_string(self.template, shown)
        except Exception as error:
            if is_interruption(error):
                raise
            logger.exception("django-signals-panel failed to render its panel.")
            hint = " ".join(str(message.hint) for message in self.run_checks())
            return format_html(
                "<p>This panel can't be shown: {}. {}</p>", type(error).__name__, hint
            )
        finally:
            current.reset(token)

    def finished_stats(self) -> Any:
        """The whole report; built now, if nobody has asked for it before.

        A brief one while its response is still being sent, or closed in another thread: then the
        page asks again.
        """
        stats = self.get_stats()
        if self.from_store and stats and stats["is_brief"]:
            if not self._build_unopened():
                self._load_again()
            stats = self.get_stats()
        return stats

    def _build_unopened(self) -> bool:
        finished = unopened.take(self.toolbar.request_id)
        if finished is None:
            return False
        self._record_report(finished.root, partial(_whole, connections=finished.connections))
        return True

    def _load_again(self) -> None:
        # Another thread may have stored it meanwhile.
        self.load_stats_from_store(self.toolbar.store.panel(self.toolbar.request_id, self.panel_id))

    @property
    def title_bar(self) -> str:
        """Where the toolbar, from version 8 on, has room for a panel's own buttons.

        The script puts them there. Without this place they stay in the panel.
        """
        return _PLACE_FOR_TOOLS

    @property
    def scripts(self) -> list[str]:
        return [*super().scripts, static("signals_panel/panel.js")]

    # URLs for panel-specific views

    @classmethod
    def get_urls(cls) -> list[URLPattern]:
        return [
            path("fired_signals/details/", views.details, name="fired_signals_details"),
            path("fired_signals/outline/", views.outline, name="fired_signals_outline"),
            path("fired_signals/written-out/", views.written_out, name="fired_signals_written_out"),
            path("fired_signals/timeline/", views.timeline, name="fired_signals_timeline"),
            path("fired_signals/map/", views.map_, name="fired_signals_map"),
            path("fired_signals/content/", views.content, name="fired_signals_content"),
            path("fired_signals/not_called/", views.not_called, name="fired_signals_not_called"),
            path("fired_signals/connected/", views.connected, name="fired_signals_connected"),
            path("fired_signals/compare/", comparing.compare, name="fired_signals_compare"),
            path("fired_signals/markdown/", taking.markdown, name="fired_signals_markdown"),
            path("fired_signals/saved/", taking.saved, name="fired_signals_saved"),
        ]

    # Recording the request

    @_guarded
    def _find_recording(self) -> None:
        """Take what request_started began; ``toolbar_time`` has paused it by now."""
        self._recording = requests.request_root.get()

    @_guarded
    def enable_instrumentation(self) -> None:
        _hide_own_frames()
        if self._recording is None:
            self._recording = requests.begin_request()
            self._is_late = True
            self._recording.resume(requests.VIEW)
        self._recording.on_end = self._store_late_part

    @_guarded
    def disable_instrumentation(self) -> None:
        if self._recording is not None:
            self._recording.pause()

    @_guarded
    def generate_stats(self, request: HttpRequest, response: HttpResponse) -> None:
        # Most responses are closed before anybody can open the panel: what it shows is built
        # then or later. A body that is streamed may take its time, and some are never closed.
        is_shown_now = self.toolbar.should_render_panels() or response.streaming
        if self._recording is not None:
            self._seen = extent(self._recording)
            self._request = request_row(request, response)
            self._record_report(self._recording, _whole if is_shown_now else _brief)

    @_guarded
    def generate_server_timing(self, request: HttpRequest, response: HttpResponse) -> None:
        stats = self.get_stats()
        if stats:
            costs = own_costs(stats)
            title = count_text(costs["calls"], "signal receiver")
            self.record_server_timing("receivers", title, round(costs["ms"], 3))

    def get_headers(self, request: HttpRequest) -> dict[str, str]:
        headers: dict[str, str] = super().get_headers(request)
        self._leave_to_the_user()
        return headers

    @_guarded
    def _leave_to_the_user(self) -> None:
        """Without the hooks that a recording from the beginning has, the toolbar is done here."""
        if self._recording is not None and self._is_late:
            self._recording.resume(requests.RESPONSE_BODY)

    # Storing the report

    def _record_report(self, root: Root, build: Callable[[Root], Report]) -> None:
        try:
            stats = build(root)
        except Exception as error:
            if is_interruption(error):
                raise
            add_fault(root, "the report", error)
            stats = report.empty(root.faults)
        stats["measured_by"] = self._measured_by()
        if self._request is not None:
            # One from the store has it there.
            stats["request"] = self._request
        self.record_stats(stats)

    def _measured_by(self) -> Any:
        """What other panels have to do with the times: of the request, or as stored with it."""
        if self.toolbar.request is None:
            return self.get_stats().get("measured_by") or {}
        panels = self.toolbar.enabled_panels
        return {
            "is_profiled": any(panel.panel_id == "ProfilingPanel" for panel in panels),
            "other_panels": sorted(
                type(panel).__name__
                for panel in panels
                if not type(panel).__module__.startswith(("debug_toolbar.", "signals_panel."))
            ),
        }

    def _store_late_part(self) -> None:
        """Store again when the response is closed, with what was added since.

        By then Django has closed its connections; a store in the database opens one again.
        """
        opened = [each for each in connections.all(initialized_only=True) if each.connection]
        try:
            self._store_again()
        finally:
            for connection in connections.all(initialized_only=True):
                if connection not in opened:
                    connection.close_if_unusable_or_obsolete()

    def _store_again(self) -> None:
        stored, recording, store = self.get_stats(), self._recording, self.toolbar.store
        if recording is None or not stored or not store.exists(self.toolbar.request_id):
            return
        if not stored["is_brief"] or store is not MemoryStore or not is_small(recording):
            self._record_report(recording, _whole)
            return
        if has_more_costs(recording, self._seen):
            self.record_stats(report.brief(glance(recording)))
        # At last: from here on another thread may build the report, and store it.
        finished = Finished(recording, Connections.at_end_of(recording), size_of(recording))
        if not unopened.keep(self.toolbar.request_id, finished, store.request_ids()):
            self._record_report(recording, _whole)


def _brief(root: Root) -> Report:
    return report.brief(glance(root))


def _whole(root: Root, connections: Connections | None = None) -> Report:
    return report.build(analyse(root, connections), get_config())


def _hide_own_frames() -> None:
    """Have other panels' stack traces show what they show without us.

    The probes stand between Django and the program. A user who hides nothing sees them.
    """
    config = dt_settings.get_config()
    hidden = config["HIDE_IN_STACKTRACES"]
    if hidden and "signals_panel" not in hidden:
        config["HIDE_IN_STACKTRACES"] = (*hidden, "signals_panel")


register(*toolbar_time.probes)
