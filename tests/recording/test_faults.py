"""Faults of our own: the program goes on, one log record, and the panel says so."""

from __future__ import annotations

import asyncio
import logging

import pytest
from asgiref.sync import sync_to_async
from debug_toolbar.store import MemoryStore
from django.core.signals import request_started
from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal
from reports import build, outline, stored_panel

import signals_panel
from shop.models import AuditLog, Product
from signals_panel import record_signals
from signals_panel.conf import Config
from signals_panel.effects import leaves, sql
from signals_panel.probes import requests, threads
from signals_panel.probes.requests import hooks
from signals_panel.probes.signals import beginning, send, wrappers
from signals_panel.recording import dispatching, lifecycle, nodes, unheard

# A mistake of ours is raised by code of the package: this stands in one of its files.
_namespace = {}
exec(
    compile(
        "def buggy(*args, **kwargs):\n    raise RuntimeError('ours')",
        signals_panel.__file__,
        "exec",
    ),
    _namespace,
)
buggy = _namespace["buggy"]


# Where each probe calls into the rest of the package: any of these may have a mistake.
SEAMS = [
    (beginning, "signal_name"),
    (beginning, "sender_name"),
    (dispatching, "find_site"),
    (dispatching, "stack_from"),
    (unheard.Unheard, "add"),
    (send, "receiver_name"),
    (wrappers, "receiver_name"),
    (nodes.DispatchNode, "__init__"),
    (nodes.CallNode, "__init__"),
    (wrappers.Wrapper, "__init__"),
    (sql, "sql_text"),
    (sql, "keep_params"),
    (leaves, "add_effect"),
    (nodes.EffectNode, "__init__"),
]
# Sends to sync receivers alone go without wrappers.
ASYNC_ONLY = [(wrappers, "receiver_name"), (wrappers.Wrapper, "__init__")]


FOLDING_SEAMS = [
    (dispatching, "fold_dispatch"),
    (dispatching, "end_folded"),
    (send, "fold_call"),
    (send, "end_folded"),
    (wrappers, "fold_call"),
]


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.ERROR, "signals_panel")

    def ours():
        return [record for record in caplog.records if record.name == "signals_panel"]

    return ours


@pytest.mark.parametrize(
    ("module", "name"), SEAMS, ids=lambda seam: getattr(seam, "__name__", seam).rpartition(".")[2]
)
@pytest.mark.parametrize("path", ["/shop/product/signal/", "/showcase/async/"])
def test_a_probe_that_raises(visit, monkeypatch, module, name, path, log):
    plain = visit(path).body
    entries = AuditLog.objects.count()
    monkeypatch.setattr(module, name, buggy)
    served = visit(path)

    assert served.status == 200
    assert AuditLog.objects.count() == entries + 1
    assert len(served.body) == pytest.approx(len(plain), rel=0.5)
    if (module, name) in ASYNC_ONLY and "async" not in path:
        assert served.report["faults"] == []
        return
    assert [fault for fault in served.report["faults"] if "RuntimeError: ours" in fault]
    assert "The panel failed in part." in stored_panel(served.request_id).content
    # One record for each kind of fault, however often it happens.
    messages = [record.getMessage() for record in log()]
    assert messages
    assert len(messages) == len(set(messages))


@pytest.mark.parametrize(
    ("module", "name"),
    FOLDING_SEAMS,
    ids=lambda seam: getattr(seam, "__name__", seam).rpartition(".")[2],
)
def test_folding_that_raises(monkeypatch, settings, module, name, log):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}
    monkeypatch.setattr(send, "IS_KNOWN", module is send)
    monkeypatch.setattr(module, name, buggy)
    signal = Signal()
    signal.connect(lambda **kwargs: None, weak=False)
    error = ValueError("the receiver's own")

    def fails(**kwargs):
        raise error

    signal.connect(fails, weak=False)
    with record_signals() as recording:
        for _ in range(3):
            responses = signal.send_robust(sender=None)

    assert [response for _, response in responses][1] is error
    assert recording.faults
    assert [record.levelname for record in log()].count("ERROR") == len(recording.faults)
    build(recording, Config())


def test_the_rest_is_shown(visit, monkeypatch):
    monkeypatch.setattr(sql, "sql_text", buggy)
    report = visit("/shop/product/signal/").report

    assert "shop.receivers.log_product_change" in "".join(outline(report))


def test_an_async_receiver_s_fault(connect, monkeypatch, log):
    signal = Signal()

    async def answers(**kwargs):
        await sync_to_async(int)()
        return 5

    connect(signal, answers)
    monkeypatch.setattr(nodes.CallNode, "__init__", buggy)
    monkeypatch.setattr(threads, "find_site", buggy)
    with record_signals() as recording:
        responses = asyncio.run(signal.asend(sender=None))

    assert responses == [(answers, 5)]
    assert {fault.partition(":")[0] for fault in recording.faults} == {
        "an async receiver call",
        "a hand-over to a thread",
    }
    assert len(log()) == 2


def test_a_report_that_raises(visit, monkeypatch, log):
    monkeypatch.setattr("signals_panel.report.build", buggy)
    served = visit("/shop/product/signal/")

    assert served.status == 200
    assert served.report["faults"] == ["the report: RuntimeError: ours"]
    assert "RuntimeError: ours" in stored_panel(served.request_id).content
    assert len(log()) == 1


def test_a_request_that_can_t_be_recorded(visit, monkeypatch, log):
    monkeypatch.setattr(hooks, "begin_request", buggy)

    assert visit("/shop/product/signal/").status == 200
    assert log()


def test_a_probe_that_can_t_be_installed(monkeypatch, log, db):
    class Broken:
        install = uninstall = buggy

    lifecycle.register(broken := Broken())
    try:
        with record_signals() as recording:
            Product.objects.create(name="x", price=1)
    finally:
        lifecycle._probes.remove(broken)

    assert recording.faults == ["installing Broken: RuntimeError: ours"]
    assert recording.totals.dispatches == 2
    assert "execute" not in vars(CursorWrapper)["execute"].__module__
    assert len(log()) == 2


class RaisingStore(MemoryStore):
    """Stores once, then breaks."""

    saved = 0

    @classmethod
    def save_panel(cls, request_id, panel_id, data=None):
        if panel_id == "FiredSignalsPanel":
            cls.saved += 1
            if cls.saved > 1:
                raise RuntimeError("the store's")
        super().save_panel(request_id, panel_id, data)


def test_a_store_that_raises_on_the_late_part(visit, settings, log):
    RaisingStore.saved = 0
    settings.DEBUG_TOOLBAR_CONFIG = {
        "TOOLBAR_STORE_CLASS": f"{__name__}.RaisingStore",
        "IS_RUNNING_TESTS": False,
    }
    served = visit("/shop/product/signal/")

    assert served.status == 200
    assert RaisingStore.saved == 2
    assert len(log()) == 1
    # What was stored before is still there: the figures at a glance.
    assert stored_panel(served.request_id).nav_subtitle.startswith("Receivers took ")


def test_database_store(visit, settings, django_db_blocker, db):
    """Its queries and signals are the toolbar's, and no part of the user's program."""
    from django.db import connection

    settings.DEBUG_TOOLBAR_CONFIG = {
        "TOOLBAR_STORE_CLASS": "debug_toolbar.store.DatabaseStore",
        "IS_RUNNING_TESTS": False,
    }
    from debug_toolbar.models import HistoryEntry

    with connection.schema_editor() as editor:
        editor.create_model(HistoryEntry)
    try:
        served = visit("/shop/product/signal/")
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(HistoryEntry)

    assert served.status == 200
    assert served.report["totals"]["all_queries"] == 3
    assert not [row for row in served.report["unheard"] if "HistoryEntry" in str(row)]
    assert outline(served.report)[0] == "post_save shop.Product"


def test_database_store_under_asgi_fails_as_without_us(avisit, settings, log):
    """It does ORM work on the event loop: the toolbar answers 500, with or without our panel."""
    config = {
        "TOOLBAR_STORE_CLASS": "debug_toolbar.store.DatabaseStore",
        "IS_RUNNING_TESTS": False,
    }
    settings.DEBUG_TOOLBAR_CONFIG = config
    statuses = []
    for panels in (["debug_toolbar.panels.sql.SQLPanel"], settings.DEBUG_TOOLBAR_PANELS):
        settings.DEBUG_TOOLBAR_PANELS = panels
        statuses.append(asyncio.run(avisit("/showcase/nothing/")).status)

    assert statuses == [500, 500]
    assert log() == []


def test_the_hook_is_taken_away_and_put_back():
    requests.start_hook.uninstall()
    assert not {"send", "asend"} & set(vars(request_started))
    requests.start_hook.install()
    requests.start_hook.install()
    assert {"send", "asend"} <= set(vars(request_started))
