"""The recording of one request: its phases, and its pauses while the toolbar works."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from threading import get_ident
from typing import Any

from django.http.response import HttpResponseBase

from signals_panel.clock import perf_counter_ns
from signals_panel.recording import (
    PHASE,
    REQUEST,
    Node,
    Root,
    Scope,
    begin_phase,
    credit,
    current,
    encloses,
    live,
    settle_failures,
)

BEFORE_VIEW = "before the view"
VIEW = "view"
RESPONSE_BODY = "response body"
AFTER_RESPONSE = "after the response"

request_root: ContextVar[RequestRoot | None] = ContextVar(
    "signals_panel_request_root", default=None
)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: request_root.set(None))


def running_task() -> Any:
    """The task that runs here, if one does, weakly."""
    loop = asyncio._get_running_loop()
    task = asyncio.current_task(loop) if loop is not None else None
    return weakref.ref(task) if task is not None else None


class RequestRoot(Root):
    """The recording of one request, from ``request_started`` to ``request_finished``.

    The panel pauses it while the toolbar itself works, and is called when it has ended.
    """

    def __init__(self, outer: Node | None) -> None:
        super().__init__(REQUEST, outer)
        # Both hold again afterwards: a view may make a request itself, with the test client.
        self.before = current.get()
        self.previous = request_root.get()
        self.place = (get_ident(), running_task())
        # Once it has been made, weakly.
        self.response: Callable[[], HttpResponseBase | None] | None = None
        # Called once the recording has ended; its errors are kept from the user.
        self.on_end: Callable[[], None] | None = None
        # While the toolbar works: where the user's work will go on.
        self.paused_in: Node | None = None
        # The phase that it has come to.
        self.phase_name = ""

    def pause(self) -> None:
        """What follows in this context is the toolbar's, and so is the time it takes."""
        if self.paused_at is None:
            if self.phase_name in (BEFORE_VIEW, VIEW):
                # There is a response: what was raised so far, and ended nothing, was caught.
                settle_failures(self)
            here = current.get()
            self.paused_at = perf_counter_ns()
            # A middleware may have opened a block around the toolbar.
            self.paused_in = here if here is not None and encloses(self, here) else self
        current.set(None)

    def resume(self, phase: str) -> None:
        """What follows in this context is the user's again, in another phase of the request."""
        if not self.is_open:
            return
        here = live(self.paused_in) if self.paused_in is not None else None
        if self.paused_at is not None:
            credit(here or self, self.paused_at)
        self.paused_at = self.paused_in = None
        self.phase_name = phase
        place = here or self
        if isinstance(place, Scope):
            # Not in a receiver; a block around the view has the phases in it.
            around = place.around if place.kind == PHASE else place
            if isinstance(around, Scope):
                place = begin_phase(around, phase, perf_counter_ns())
        current.set(place)

    def respond(self, response: HttpResponseBase) -> None:
        """The response has been made, and the user's work goes on around it."""
        if issubclass(type(response), HttpResponseBase):
            # A middleware may have returned anything.
            self.response = weakref.ref(response)
        self.resume(RESPONSE_BODY)

    def begin_end(self) -> None:
        """From now on, what is fired came after the response, unless that was left behind."""
        here = current.get()
        if here is None or encloses(self, here):
            self.resume(AFTER_RESPONSE)
