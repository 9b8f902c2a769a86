"""Watched methods of every odd kind: the program calls them as if nobody watched."""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import os
import signal as os_signal
import sys
import threading
import weakref
from unittest import mock

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal

from signals_panel import record_signals, remove_hooks
from signals_panel.effects import EffectKind, watch, watching
from signals_panel.effects.kinds import load, watches
from signals_panel.probes.passing import passing_through
from signals_panel.recording import lifecycle


def recorded(work):
    """What one receiver's work gives, and the effects of its call."""
    signal, results = Signal(), []
    signal.connect(lambda **kwargs: results.append(work()), weak=False)
    with record_signals() as recording:
        signal.send(None)
    assert recording.faults == []
    (call,) = recording.dispatches[0].calls
    return results[0], [effect.text for effect in call.effects if effect.kind == "cache"]


class Said:
    """A decorator whose function says other parameters than it has."""

    def __call__(self, function):
        def inner(*args, **kwargs):
            return function(*args, **kwargs)

        inner.__signature__ = inspect.signature(function)
        return inner


class Called:
    """An object that is called without the one that it is an attribute of."""

    def __call__(self, *args, **kwargs):
        return args, kwargs


class Odd(LocMemCache):
    @Said()
    def get(self, key, default=None, version=None):
        return "said"

    @staticmethod
    def touch(key, timeout=None):
        return key

    add = Called()

    def _original(self, key, version=None):
        return 7

    has_key = _original


@pytest.fixture
def odd():
    return Odd("odd", {})


def test_a_signature_of_its_own(odd):
    assert recorded(lambda: odd.get("k")) == ("said", ["get k"])


def test_what_isn_t_bound_isn_t_watched(odd):
    assert recorded(lambda: odd.touch("k")) == ("k", [])
    assert recorded(lambda: odd.add("k", 1)) == ((("k", 1), {}), [])


def test_any_name(odd):
    assert recorded(lambda: odd.has_key("k")) == (7, ["has_key k"])
    # And where the hook stands, and nobody records.
    results = []
    with record_signals():
        thread = threading.Thread(target=lambda: results.append(odd.has_key("k")))
        thread.start()
        thread.join()
    assert results == [7]


@pytest.mark.parametrize("autospec", [True, False])
def test_mocks_are_called_with_what_they_are_given(autospec):
    with mock.patch.object(LocMemCache, "get", autospec=autospec) as get, record_signals():
        # The toolbar may have put methods of its own on the default one.
        LocMemCache("mocked", {}).get("k")
    get.assert_called_once_with(*([mock.ANY] if autospec else []), "k")
    with mock.patch.object(CursorWrapper, "execute") as execute, record_signals():
        CursorWrapper(mock.Mock(), mock.Mock()).execute("SELECT 1")
    execute.assert_called_once_with("SELECT 1")


@pytest.mark.parametrize(
    "function",
    [
        lambda self, a, b=2, *, c=3: (a, b, c),
        lambda self, *args, **kwargs: (args, kwargs),
        lambda self, a, *args, c, **kwargs: (a, args, c, kwargs),
        lambda: None,
    ],
)
def test_a_hook_has_the_parameters_of_its_method(function):
    def recorded(*args, **kwargs):
        raise AssertionError("nobody records")

    hook = functools.wraps(function)(passing_through(function, recorded))
    assert inspect.signature(hook) == inspect.signature(function)
    if function.__code__.co_argcount:
        assert hook(0, 1, c=5) == function(0, 1, c=5)
        with pytest.raises(TypeError, match=r"missing [12] required positional"):
            hook()


def test_positional_only_parameters_have_another_hook():
    def function(self, a, /):
        return a

    recorded = object()
    assert passing_through(function, recorded) is recorded


class Delegating(LocMemCache):
    """Its async method is a function that gives the coroutine of another."""

    def aget(self, key, default=None, version=None):
        return super().aget(key, default, version)


@pytest.mark.parametrize("stored", [True, False])
def test_a_function_that_gives_a_coroutine(stored):
    delegating = Delegating(f"delegating {stored}", {})
    if stored:
        delegating.set("k", 1)
    signal, results = Signal(), []

    async def receiver(**kwargs):
        coroutine = delegating.aget("k", "nothing")
        assert inspect.iscoroutine(coroutine)
        assert coroutine.__name__ == "aget"
        results.append(await asyncio.create_task(coroutine))

    signal.connect(receiver)
    with record_signals() as recording:
        asyncio.run(signal.asend(None))
    assert results == [1 if stored else "nothing"]
    (effect,) = recording.dispatches[0].calls[0].effects
    assert (effect.text, effect.result) == ("get k", "hit" if stored else "miss")
    assert recording.totals.effects == {"cache": 1}


# What comes and goes --------------------------------------------------------------------


def work_of_a_class_made_now():
    class Made(LocMemCache):
        def get(self, key, default=None, version=None):
            return super().get(key, default, version)

    made = Made("made", {})
    return weakref.ref(Made), lambda: made.get("k")


def test_a_class_made_as_the_program_runs_may_go():
    gone, work = work_of_a_class_made_now()
    # With DEBUG, Django keeps receivers: so it is called by none.
    with record_signals() as recording:
        work()
    assert recording.totals.all_effects == {"cache": 1}
    del work
    gc.collect()
    assert gone() is None


@pytest.fixture
def stayed(monkeypatch):
    monkeypatch.setattr(lifecycle, "_MAX_COMINGS", 0)
    yield
    monkeypatch.undo()
    remove_hooks()


def test_what_another_tool_puts_back_is_hooked_again(stayed, db):
    originals = LocMemCache.get, CursorWrapper.execute

    def work():
        cache.get("k")
        connection.cursor().execute("SELECT 1")

    assert recorded(work)[1] == ["get k"]
    LocMemCache.get, CursorWrapper.execute = originals
    assert recorded(work)[1] == ["get k"]


def test_an_install_that_is_interrupted_is_made_up_for(stayed, monkeypatch):
    class Timeout(Exception):
        pass

    def interrupted(self):
        raise Timeout

    with monkeypatch.context() as patch:
        patch.setattr(watching.WatchProbe, "install", interrupted)
        with pytest.raises(Timeout), record_signals():
            pass
    assert recorded(lambda: cache.get("k"))[1] == ["get k"]


def test_a_timeout_while_a_kind_is_imported_arrives(tmp_path, monkeypatch):
    (tmp_path / "slow_kind.py").write_text("import time\ntime.sleep(5)\n")
    monkeypatch.syspath_prepend(tmp_path)

    class Timeout(Exception):
        pass

    def handler(number, frame):
        raise Timeout

    before = os_signal.signal(os_signal.SIGALRM, handler)
    os_signal.setitimer(os_signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(Timeout):
            load("slow_kind")
    finally:
        os_signal.setitimer(os_signal.ITIMER_REAL, 0)
        os_signal.signal(os_signal.SIGALRM, before)


SCRIPT = """
from django.conf import settings
settings.configure(
    DATABASES={},
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
)
import django
django.setup()
from django.core.cache import cache
from signals_panel import record_signals
for _ in range(2):
    with record_signals() as recording:
        cache.get("x")
    print(recording.totals.all_effects)
"""


def test_a_backend_that_is_first_used_while_something_is_recorded():
    """Django imports it then; in a process of its own."""
    import subprocess

    shown = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env=os.environ
    )
    assert shown.stdout.splitlines() == ["{'cache': 1}"] * 2


# What is in an effect -------------------------------------------------------------------


def test_a_block_inside_an_effect_outside_of_receivers(connect):
    signal = Signal()
    connect(signal, lambda **kwargs: None)

    def opens():
        with record_signals():
            signal.send(None)
        return 1

    with record_signals() as recording:
        cache.delete("lazy")
        cache.get_or_set("lazy", opens)
    assert recording.totals[:2] == (1, 1)
    assert len(recording.dispatches) == 1


@pytest.mark.parametrize("max_kept", [10_000, 2])
def test_a_block_in_a_receiver_sees_what_is_inside_an_effect(connect, settings, db, max_kept):
    from reports import build

    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    outer, inner = Signal(), Signal()
    blocks = []

    def makes():
        connection.cursor().execute("SELECT 1")
        for _ in range(3):
            inner.send(None)
        return 1

    def opens(**kwargs):
        cache.delete("lazy")
        with record_signals() as block:
            cache.get_or_set("lazy", makes)
        blocks.append(block)

    connect(outer, opens)
    connect(inner, lambda **kwargs: None)
    with record_signals() as recording:
        outer.send(None)
    (block,) = blocks
    assert block.totals[:2] == (3, 3)
    assert block.totals.all_effects.get("sql", 0) >= (max_kept > 2)
    rows = [row for row in build(block)["rows"] if row["kind"] == "dispatch"]
    assert sum(row["count"] for row in rows) == 3
    assert recording.totals[:2] == (4, 4)
    assert recording.totals.effects == {"cache": 2, "sql": 1}


# Secrets, bounds, the store -------------------------------------------------------------


def test_no_session_s_key_among_several():
    secret = "django.contrib.sessions.cacheSECRET"

    def works():
        cache.get_many(["a", secret])
        cache.set_many({"a": 1, secret: 2})
        cache.delete_many(["a", secret])

    _, texts = recorded(works)
    assert texts == [
        f"{name} a, django.contrib.sessions.…" for name in ("get_many", "set_many", "delete_many")
    ]


def test_the_toolbar_s_time_keeps_no_effect_that_isn_t_kept(settings):
    from signals_panel.recording import credit, current
    from signals_panel.results import node_of

    def lazy():
        credit(current.get(), 1, 3)
        return 1

    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}
    with record_signals() as recording:
        for number in range(50):
            cache.get_or_set(f"lazy{number}", lazy)
    toolbar = node_of(recording).budget.toolbar
    toolbar.settle()
    # The recording, and the first, which is kept.
    assert len(toolbar._ns) == 2


class Client:
    def ask(self):
        return "\ud800" + "long" * 100


@pytest.fixture
def odd_kind():
    def shown(data):
        raise LookupError

    kind = EffectKind("odd", "odd one", "odd ones", "Odd", "odd", shown)
    watch(
        kind,
        owners=[Client],
        methods=["ask"],
        describe=lambda operation: ("\ud800ask", "\ud800" * 500, "\ud800", {1: 2}),
        result=lambda operation, value: value,
    )
    yield
    watches.pop()


def test_whatever_a_kind_says_the_report_is_plain(odd_kind):
    import json

    from reports import build

    signal = Signal()
    signal.connect(lambda **kwargs: Client().ask(), weak=False)
    with record_signals() as recording:
        signal.send(None)
    report = build(recording)
    assert json.loads(json.dumps(report, ensure_ascii=False).encode().decode()) == report
    (row,) = [row for row in report["rows"] if row["kind"] == "effect"]
    assert row["text"] is not None
    assert row["data"] == "(can't be shown: LookupError)"
    assert len(row["result"]) < 800
    assert len(row["alias"]) < 4_000
    assert caches.settings
