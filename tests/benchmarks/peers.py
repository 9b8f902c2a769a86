"""What users could pick instead, installed for one round at a time.

Each is imported when it is first asked for; one that isn't there is a column less, and the
table says so. Only what they do while the program runs is measured: none of them sends, stores
or shows anything here, as our own report isn't made either.
"""

import contextlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal

from benchmarks.rounds import Subject
from benchmarks.subjects import replaced

# Sentry ---------------------------------------------------------------------------------


@cache
def _sentrys_methods():
    """The methods that the SDK replaces for good, as ``{class: {name: method}}``.

    Its other patches (handlers, templates, views) stay in place; none is on a measured path,
    and whole requests are measured before.
    """
    import sentry_sdk
    from sentry_sdk.integrations.django import DjangoIntegration
    from sentry_sdk.transport import Transport

    class Nowhere(Transport):
        def capture_envelope(self, envelope):
            """Send nothing."""

    classes = (Signal, CursorWrapper, BaseDatabaseWrapper)
    before = [dict(vars(cls)) for cls in classes]
    sentry_sdk.init(
        dsn="http://key@127.0.0.1:9/1",
        transport=Nowhere,
        traces_sample_rate=1.0,
        integrations=[DjangoIntegration(signals_spans=True)],
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
    )
    found = {}
    for cls, old in zip(classes, before, strict=True):
        found[cls] = {name: m for name, m in vars(cls).items() if old.get(name) is not m}
        for name in found[cls]:
            setattr(cls, name, old[name])
    return found


@contextlib.contextmanager
def sentry():
    """A transaction. The rows stay below its 1,000 spans: more would be dropped, and cheaper."""
    with contextlib.ExitStack() as stack:
        for cls, methods in _sentrys_methods().items():
            stack.enter_context(replaced(cls, methods))
        import sentry_sdk

        with sentry_sdk.isolation_scope(), sentry_sdk.start_transaction(name="round", op="round"):
            yield


# tracepanel -----------------------------------------------------------------------------


@contextlib.contextmanager
def tracepanel():
    """A trace, which is made as its middleware does, and not handed to its agent."""
    from tracepanel.core import conf, patching
    from tracepanel.core.context import start_trace
    from tracepanel.django import signals, sql

    conf.use_source(lambda: {"enabled": True, "root": str(Path(__file__).parents[2])})
    signals.install()
    sql.install()
    connection.execute_wrappers.append(sql.wrapper)
    try:
        with start_trace("http", "GET /"):
            yield
    finally:
        connection.execute_wrappers.remove(sql.wrapper)
        patching.undo()


# The toolbar's SQL panel ----------------------------------------------------------------


@contextlib.contextmanager
def sql_panel():
    """The connection as the panel wraps it. The stack is short here, which helps the panel."""
    from debug_toolbar.panels.sql import SQLPanel

    panel = SQLPanel(None, None)
    panel.enable_instrumentation()
    try:
        yield
    finally:
        panel.disable_instrumentation()
        # The panel leaves its wrappers on the connection; the next subject does without.
        for name in ("cursor", "chunked_cursor", "_djdt_cursor", "_djdt_chunked_cursor"):
            delattr(connection, name)


SQL_PANEL = Subject("sql_panel", "toolbar's SQL panel", sql_panel)


def installed():
    """The peers that are there, and the names of those that are not."""
    all_peers = {
        "sentry_sdk": Subject("sentry", "Sentry SDK", sentry),
        "tracepanel": Subject("tracepanel", "tracepanel", tracepanel),
    }
    missing = [name for name in all_peers if find_spec(name) is None]
    return [peer for name, peer in all_peers.items() if name not in missing], missing
