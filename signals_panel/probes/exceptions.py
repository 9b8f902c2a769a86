"""The probe on exceptions that end a view or a middleware.

Django turns each into a response, or asks the middlewares for one: there it is known that an
exception of a receiver's was caught by nobody on its way.
"""

from __future__ import annotations

import functools
from typing import Any

from django.core.handlers import exception
from django.core.handlers.base import BaseHandler

from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.probes.requests import request_recording


def _note(error: BaseException) -> None:
    recording = request_recording.get()
    if recording is not None:
        try:
            recording.ended_by(error)
        except Exception as fault:
            if not recording.take_fault("what a receiver raised", fault):
                raise


def _response_for_exception(original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    def response_for_exception(request: Any, exc: Exception) -> Any:
        __traceback_hide__ = True
        if layer.active:
            _note(exc)
        return original(request, exc)

    return response_for_exception


def _process_exception(original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    def process_exception_by_middleware(
        self: BaseHandler, exception: Exception, request: Any
    ) -> Any:
        __traceback_hide__ = True
        if layer.active:
            _note(exception)
        return original(self, exception, request)

    return process_exception_by_middleware


probe = Patches(BaseHandler, {"process_exception_by_middleware": _process_exception})

responses_probe = Patches(exception, {"response_for_exception": _response_for_exception})
