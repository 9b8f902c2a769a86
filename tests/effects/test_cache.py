"""Cache operations, under the receiver that caused them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.dispatch import Signal
from reports import build

from effects.servers import SERVERS, served
from signals_panel import record_signals

BACKENDS = {
    "locmem": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "effects"},
    "dummy": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "db": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_table"},
    "own": {"BACKEND": f"{__name__}.OwnCache", "LOCATION": "own"},
}


def effects_of(receiver):
    """What one receiver causes: (text, alias, result) of each cache operation."""
    signal = Signal()
    signal.connect(receiver)
    with record_signals() as recording:
        if asyncio.iscoroutinefunction(receiver):
            asyncio.run(signal.asend(None))
        else:
            signal.send(None)
    assert recording.faults == []
    (call,) = recording.dispatches[0].calls
    found = [effect for effect in call.effects if effect.kind == "cache"]
    assert recording.totals.effects["cache"] == len(found)
    assert all(effect.duration_ms > 0 for effect in found)
    return [(effect.text, effect.alias, effect.result) for effect in found]


@pytest.fixture(params=["locmem", "file", "own", *SERVERS])
def cache(request, settings, tmp_path):
    name = request.param
    file = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": tmp_path}
    backends = {**BACKENDS, "file": file}
    with served(name) if name in SERVERS else contextlib.nullcontext(backends[name]) as options:
        settings.CACHES = {"default": BACKENDS["dummy"], name: options}
        found = caches[name]
        found.clear()
        found.alias = name
        yield found
        if name == "redis":
            # Django keeps its connections, for whoever asks next.
            for pool in found._cache._pools.values():
                pool.disconnect()


def test_each_operation(cache):
    def works(**kwargs):
        cache.get("a")
        cache.set("a", 1)
        cache.get("a")
        cache.get("b", "nothing")
        cache.add("a", 2)
        cache.add("c", 2)
        cache.incr("a")
        cache.touch("nobody")
        cache.get_many(["a", "b", "c"])
        cache.set_many({"d": 1, "e": 2})
        cache.delete("e")
        cache.delete("e")
        cache.delete_many(["a", "c"])
        cache.has_key("d")
        cache.get_or_set("f", lambda: 3)
        cache.get_or_set("f", 4)
        cache.clear()

    name = cache.alias
    assert effects_of(works) == [
        ("get a", name, "miss"),
        ("set a", name, None),
        ("get a", name, "hit"),
        ("get b", name, "miss"),
        ("add a", name, "there already"),
        ("add c", name, "added"),
        ("incr a", name, None),
        ("touch nobody", name, "miss"),
        ("get_many a, b, c", name, "2 of 3 hit"),
        ("set_many d, e", name, None),
        ("delete e", name, None),
        ("delete e", name, "miss"),
        ("delete_many a, c", name, None),
        ("has_key d", name, "hit"),
        ("get_or_set f", name, "miss"),
        ("get_or_set f", name, "hit"),
        ("clear", name, None),
    ]


def test_each_async_operation(cache):
    async def works(**kwargs):
        await cache.aget("a")
        await cache.aset("a", 1)
        await cache.aget("a")
        await cache.aget_or_set("a", 2)
        await cache.aget_many(["a", "b"])
        await cache.adelete("a")
        await cache.aclear()

    assert [(text, result) for text, _, result in effects_of(works)] == [
        ("get a", "miss"),
        ("set a", None),
        ("get a", "hit"),
        ("get_or_set a", "hit"),
        ("get_many a, b", "1 of 2 hit"),
        ("delete a", None),
        ("clear", None),
    ]


def test_queries_of_a_cache_in_the_database_are_in_its_operation(settings, transactional_db):
    settings.CACHES = {"default": BACKENDS["db"]}
    call_command("createcachetable")
    signal = Signal()

    def works(**kwargs):
        caches["default"].get("a")

    signal.connect(works)
    with record_signals() as recording:
        signal.send(None)
    (call,) = recording.dispatches[0].calls
    assert [effect.kind for effect in call.effects] == ["cache", "sql"]
    cached, query = call.effects
    assert query.duration_ms < cached.duration_ms
    assert call.queries == [query]
    assert recording.totals[3:5] == (1, 1)


def test_keys_are_cut_and_those_of_sessions_are_left_out(settings):
    settings.CACHES = {"default": BACKENDS["locmem"]}

    def works(**kwargs):
        caches["default"].get("k" * 200)
        caches["default"].get("django.contrib.sessions.cache0123456789abcdef")
        caches["default"].get_many([f"{number:040}" for number in range(50)])

    texts = [text for text, _, _ in effects_of(works)]
    assert texts[0] == f"get {'k' * 79}…"
    assert texts[1] == "get django.contrib.sessions.…"
    assert len(texts[2]) <= 100


def test_errors(cache):
    signal = Signal()

    def works(**kwargs):
        with pytest.raises(ValueError, match="not found"):
            cache.incr("nobody")

    signal.connect(works)
    with record_signals() as recording:
        signal.send(None)
    (effect,) = recording.dispatches[0].calls[0].effects
    assert effect.error.startswith("ValueError: Key")
    assert effect.result is None


@pytest.mark.parametrize(
    ("name", "location", "error"),
    [
        ("redis", "redis://me:hunter2@127.0.0.1:{}/0", "ConnectionError: Error "),
        ("memcached", "127.0.0.1:{}", "ConnectionRefusedError: "),
    ],
    ids=list(SERVERS),
)
def test_a_server_that_is_not_there(settings, name, location, error):
    signal = Signal()

    def works(**kwargs):
        caches[name].get("a")

    signal.connect(works)
    # A port that is taken, and where nobody listens.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        location = location.format(taken.getsockname()[1])
        settings.CACHES = {name: {"BACKEND": SERVERS[name].backend, "LOCATION": location}}
        with record_signals() as recording:
            ((_, response),) = signal.send_robust(None)
    assert "refused" in str(response)
    (call,) = recording.dispatches[0].calls
    (effect,) = call.effects
    assert (effect.text, effect.alias, effect.result) == ("get a", name, None)
    assert effect.error.startswith(error)
    assert call.error == effect.error
    assert "hunter2" not in json.dumps(build(recording))


def test_errors_of_async_operations(cache):
    async def works(**kwargs):
        with pytest.raises(ValueError, match="not found"):
            await cache.aincr("nobody")

    signal = Signal()
    signal.connect(works)
    with record_signals() as recording:
        asyncio.run(signal.asend(None))
    (effect,) = recording.dispatches[0].calls[0].effects
    assert effect.text == "incr nobody"
    assert effect.error.startswith("ValueError: Key")


def test_an_error_in_a_coroutine_that_a_function_gives():
    class Failing(LocMemCache):
        # Django's is a coroutine function.
        def aget(self, key, default=None, version=None):
            return self._fail()

        async def _fail(self):
            raise LookupError("no such cache")

    failing = Failing("failing", {})
    signal = Signal()

    async def receiver(**kwargs):
        with pytest.raises(LookupError, match="no such cache"):
            await failing.aget("k")

    signal.connect(receiver)
    with record_signals() as recording:
        asyncio.run(signal.asend(None))
    (effect,) = recording.dispatches[0].calls[0].effects
    assert (effect.text, effect.error) == ("get k", "LookupError: no such cache")


def test_keys_that_can_be_gone_through_once(settings):
    """They are left to the operation, which finds them all."""
    settings.CACHES = {"default": BACKENDS["locmem"]}
    found = []

    def works(**kwargs):
        caches["default"].clear()
        caches["default"].set("a", 1)
        found.append(caches["default"].get_many(key for key in "ab"))

    assert effects_of(works)[-1] == ("get_many", "default", "1 hit")
    assert found == [{"a": 1}]


def test_outside_of_receivers_they_are_counted(settings):
    settings.CACHES = {"default": BACKENDS["locmem"]}
    with record_signals() as recording:
        caches["default"].get("a")
        caches["default"].get_or_set("b", 1)
    assert recording.totals.effects == {}
    assert recording.totals.all_effects == {"cache": 2}


def test_a_signal_sent_inside_an_operation(settings):
    """By a value that is called to be set, say: it belongs to the receiver all the same."""
    settings.CACHES = {"default": BACKENDS["locmem"]}
    outer, inner = Signal(), Signal()

    def makes():
        inner.send(None)
        caches["default"].get("x")
        return 1

    def works(**kwargs):
        caches["default"].delete("lazy")
        caches["default"].get_or_set("lazy", makes)

    def nested(**kwargs):
        caches["default"].get("y")

    outer.connect(works)
    inner.connect(nested)
    with record_signals() as recording:
        outer.send(None)
    (call,) = recording.dispatches[0].calls
    assert [dispatch.signal for dispatch in call.dispatches] == [
        f"unnamed {Signal.__module__}.Signal"
    ]
    assert [effect.text for effect in call.effects] == ["delete lazy", "get_or_set lazy"]
    (inside,) = call.dispatches[0].calls
    assert [effect.text for effect in inside.effects] == ["get y"]
    assert recording.totals.effects == {"cache": 3}
    assert recording.totals[:2] == (2, 2)


@pytest.mark.parametrize("max_kept", [1, 2, 3])
def test_folded_they_add_up(settings, max_kept):
    settings.CACHES = {"default": BACKENDS["locmem"]}
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    signal = Signal()

    def works(**kwargs):
        caches["default"].get("a")
        caches["default"].get_or_set("b", 1)

    signal.connect(works)
    with record_signals() as recording:
        for _ in range(5):
            signal.send(None)
    assert recording.totals.effects == {"cache": 10}
    assert recording.totals[:2] == (5, 5)


def test_the_toolbar_s_cache_panel_shows_what_it_showed(visit, client):
    """And the wrappers that it puts on the cache object are seen through."""
    from reports import stored_panel

    served = visit("/shop/cascade/")
    with_us = stored_panel(served.request_id, "CachePanel").get_stats()
    plain = visit("/shop/cascade/", cookie="djdtFiredSignalsPanel=off")
    without = stored_panel(plain.request_id, "CachePanel").get_stats()
    calls = [
        [(call["name"], call["args"][:1]) for call in stats["calls"]]
        for stats in (with_us, without)
    ]
    assert calls[0] == calls[1] != []
    assert served.report["totals"]["all_effects"]["cache"] == with_us["total_calls"]


from django.core.cache.backends.locmem import LocMemCache  # noqa: E402 - where its own class is


class OwnCache(LocMemCache):
    """A project's own backend, which overrides some."""

    def get(self, key, default=None, version=None):
        return super().get(key, default, version)

    def delete(self, key, version=None):
        return super().delete(key, version)
