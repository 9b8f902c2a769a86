"""Requests on connections that were made before, or in vain, and through proxies."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

import pytest
import requests
import urllib3
from django.dispatch import Signal

from effects.loopback import effects_of, refusing_port, serving, told
from signals_panel import record_signals


class Slow(http.client.HTTPConnection):
    clock = None

    def connect(self):
        self.clock.tick(30)
        super().connect()


def connecting(clock, server, wait=0):
    connection = Slow(server.address)
    connection.clock = clock
    connection.connect()
    clock.tick(wait)
    connection.request("GET", "/ok")
    clock.tick(5)
    connection.getresponse().read()
    connection.request("GET", "/again")
    connection.getresponse().read()
    connection.close()


def test_what_it_took_to_connect_just_before_is_part_of_it(server, clock):
    first, second = effects_of(lambda: connecting(clock, server))
    assert (first.duration_ms, second.duration_ms) == (35, 0)


def test_what_it_took_to_connect_is_part_of_one_request_alone(server, clock):
    def works():
        connection = Slow(server.address)
        connection.clock = clock
        for _ in range(2):
            connection.request("GET", "/ok")
            connection.getresponse().read()
        connection.close()

    first, second = effects_of(works)
    assert (first.duration_ms, second.duration_ms) == (30, 0)


def test_connecting_long_before_isn_t(server, clock):
    first, _ = effects_of(lambda: connecting(clock, server, wait=200))
    assert first.duration_ms == 5


def test_connecting_in_another_receiver_isn_t(server, clock):
    connection = http.client.HTTPConnection(server.address)
    outer, inner = Signal(), Signal()

    def requests_it(**kwargs):
        connection.request("GET", "/ok")
        clock.tick(5)
        connection.getresponse().read()
        connection.close()

    def connects(**kwargs):
        connection.connect()
        clock.tick(1)
        inner.send(None)

    outer.connect(connects)
    inner.connect(requests_it)
    with record_signals() as recording:
        outer.send(None)
    (call,) = recording.dispatches[0].calls
    assert call.effects == []
    (effect,) = call.dispatches[0].calls[0].effects
    assert effect.duration_ms == 5


def test_connecting_that_fails_before_there_is_a_request():
    """As urllib3 does for HTTPS, and for each try."""
    port = refusing_port()

    def works():
        with urllib3.PoolManager() as pool, pytest.raises(urllib3.exceptions.MaxRetryError):
            pool.request("GET", f"https://127.0.0.1:{port}/x?token=SECRET", retries=1)
        with pytest.raises(ConnectionRefusedError):
            # Its connect() calls the one that it overrides.
            http.client.HTTPSConnection("127.0.0.1", port).connect()

    effects = effects_of(works)
    assert [effect.text for effect in effects] == [f"connect 127.0.0.1:{port}"] * 3
    assert all("refused" in effect.error for effect in effects)


def test_a_handshake_that_fails(server):
    def works():
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"https://{server.address}/x")

    (effect,) = effects_of(works)
    assert effect.text == f"connect {server.address}"
    assert effect.error.startswith("SSLError")


@pytest.mark.parametrize("at_once", [True, False])
def test_a_proxy_s_tunnel_is_part_of_the_request(server, at_once):
    with serving() as proxy:

        def works():
            connection = http.client.HTTPConnection(proxy.address)
            connection.set_tunnel("127.0.0.1", server.server_port)
            if not at_once:
                connection.connect()
            for path in ("/a", "/b"):
                connection.request("GET", path)
                connection.getresponse().read()
            connection.close()

        effects = effects_of(works)
        assert [method for method, _, _ in proxy.seen] == ["CONNECT"]
    assert told(effects) == [
        (f"GET {server.address}/a", "200", None),
        (f"GET {server.address}/b", "200", None),
    ]


def test_a_proxy_that_refuses_to_make_a_tunnel(server):
    def works():
        connection = http.client.HTTPConnection(server.address)
        connection.set_tunnel("example.com", 443, {"X-Test": "refused"})
        with pytest.raises(OSError, match="407"):
            connection.request("GET", "/a")

    (effect,) = effects_of(works)
    assert effect.text == "GET example.com:443/a"
    assert effect.error.startswith("OSError: Tunnel connection failed: 407")


def test_a_proxy_that_hands_on(server):
    def works():
        proxies = {"http": server.url}
        requests.get("http://user:password@api.example.com:80/x?token=SECRET", proxies=proxies)
        handler = urllib.request.ProxyHandler(proxies)
        urllib.request.build_opener(handler).open("http://api.example.com:8080/y").close()

    assert told(effects_of(works)) == [
        ("GET api.example.com/x", "200", None),
        ("GET api.example.com:8080/y", "200", None),
    ]
