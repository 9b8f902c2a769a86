"""Where the toolbar's panels measure inside the program, and the time that takes them.

Their SQL panel makes a stack for each query, and a cursor class for each cursor; the cache
panel makes a stack for each call; the static files panel looks each file up once more. All of
it runs inside the receiver that caused it, and none of it is the receiver's doing. What the
toolbar's own receivers of signals take is seen where they are called.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

from debug_toolbar.middleware import DebugToolbarMiddleware
from debug_toolbar.panels import Panel, cache, staticfiles
from debug_toolbar.panels.sql import tracking
from debug_toolbar.toolbar import DebugToolbar

from signals_panel.clock import perf_counter_ns
from signals_panel.probes import requests
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.recording import credit, current

# Around what they measure ---------------------------------------------------------------


class _Watch:
    """The toolbar's time around one call of the program's, which is handed to the toolbar."""

    __slots__ = ("_begin", "_call", "_end", "_node", "_start")

    def __init__(self, call: Method) -> None:
        self._call = call
        self._node = current.get()
        self._start = perf_counter_ns()
        # When the program's own call began and ended; 0 where it hasn't.
        self._begin = self._end = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The program's call, as the toolbar makes it."""
        __traceback_hide__ = True
        self._begin = perf_counter_ns()
        try:
            return self._call(*args, **kwargs)
        finally:
            self._end = perf_counter_ns()

    def stop(self) -> None:
        """The toolbar is done: what came before and after the call was its own."""
        credit(self._node, self._start, self._begin, self._end)


def _query_recorded(original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    def _record(self: Any, method: Method, sql: Any, params: Any) -> Any:
        __traceback_hide__ = True
        if current.get() is None or not layer.active:
            return original(self, method, sql, params)
        watch = _Watch(method)
        try:
            return original(self, watch, sql, params)
        finally:
            watch.stop()

    return _record


def _cache_call_recorded(original: Method, layer: Layer) -> Method:
    # The versions of the toolbar differ in what comes before and after the cache's method.
    position = list(inspect.signature(original).parameters).index("original_method") - 1

    @functools.wraps(original)
    def _record_call(self: Any, *args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        if current.get() is None or not layer.active or len(args) <= position:
            return original(self, *args, **kwargs)
        watch = _Watch(args[position])
        try:
            return original(self, *args[:position], watch, *args[position + 1 :], **kwargs)
        finally:
            watch.stop()

    return _record_call


def _all_of_it(original: Method, layer: Layer) -> Method:
    """A function of the toolbar's that runs nothing of the program's."""

    @functools.wraps(original)
    def timed(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        start = perf_counter_ns()
        try:
            return original(*args, **kwargs)
        finally:
            credit(node, start)

    return timed


class _Finders:
    """The module of finders as the static files panel sees it, with a ``find`` that is timed."""

    def __init__(self, finders: Any) -> None:
        self._finders = finders

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finders, name)

    def find(self, *args: Any, **kwargs: Any) -> Any:
        """Where a file is; the panel asks for each that the program has a URL made of."""
        node, start = current.get(), perf_counter_ns()
        try:
            return self._finders.find(*args, **kwargs)
        finally:
            credit(node, start)


def _timed_finders(original: Any, layer: Layer) -> Any:
    return _Finders(original)


def _without_recording(original: Method, layer: Layer) -> Method:
    """The store's own queries and signals: panels may save while the view runs."""

    @functools.wraps(original)
    def record_stats(self: Panel, stats: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(self, stats)
        token = current.set(None)
        start = perf_counter_ns()
        try:
            return original(self, stats)
        finally:
            current.reset(token)
            credit(node, start)

    return record_stats


# Around the view ------------------------------------------------------------------------


def _toolbar_made(original: Method, layer: Layer) -> Method:
    """The toolbar begins with a request: from here to the view, the time is its own."""

    @functools.wraps(original)
    def __init__(self: Any, request: Any, get_response: Any, *args: Any, **kwargs: Any) -> None:
        recording = requests.request_root.get() if layer.active else None
        if recording is not None and request is not None and callable(get_response):
            recording.pause()
            get_response = _Inside(get_response, recording)
        original(self, request, get_response, *args, **kwargs)
        # Requests that are made inside of this one may never end, and be the current one.
        self._signals_panel_recording = recording

    return __init__


class _Inside:
    """What the toolbar stands around: the next middleware, and in the end the view."""

    def __init__(self, get_response: Any, recording: requests.RequestRoot) -> None:
        self._get_response = get_response
        self._recording = recording

    def __getattr__(self, name: str) -> Any:
        return getattr(self._get_response, name)

    def __call__(self, request: Any) -> Any:
        """Hand the request on; an async one gives a coroutine."""
        __traceback_hide__ = True
        self._recording.resume(requests.VIEW)
        try:
            response = self._get_response(request)
        except BaseException:
            self._recording.pause()
            raise
        if inspect.isawaitable(response):
            return self._finish(response)
        self._recording.pause()
        return response

    async def _finish(self, response: Any) -> Any:
        __traceback_hide__ = True
        try:
            return await response
        finally:
            self._recording.pause()


def _toolbar_done(original: Method, layer: Layer) -> Method:
    """What follows is middleware around the toolbar, and the response's body."""

    @functools.wraps(original)
    def _postprocess(self: Any, request: Any, response: Any, toolbar: Any) -> Any:
        __traceback_hide__ = True
        recording = getattr(toolbar, "_signals_panel_recording", None) if layer.active else None
        try:
            return original(self, request, response, toolbar)
        finally:
            if recording is not None:
                recording.respond(response)

    return _postprocess


probes = [
    Patches(tracking.NormalCursorMixin, {"_record": _query_recorded}),
    Patches(tracking, {"patch_cursor_wrapper_with_mixin": _all_of_it}),
    Patches(cache.CachePanel, {"_record_call": _cache_call_recorded}),
    Patches(staticfiles, {"finders": _timed_finders}),
    Patches(Panel, {"record_stats": _without_recording}),
    Patches(DebugToolbar, {"__init__": _toolbar_made}),
    Patches(DebugToolbarMiddleware, {"_postprocess": _toolbar_done}),
]
