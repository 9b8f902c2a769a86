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
from signals_panel.probes.requests import request_root
from signals_panel.recording import end_failures, take_fault


def _note(error: BaseException) -> None:
    root = request_root.get()
    if root is not None:
        try:
            end_failures(root, error)
        except Exception as fault:
            if not take_fault(root, "what a receiver raised", fault):
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
