"""Outgoing HTTP requests of http.client, and of what is built on it."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

import pytest
import requests
import urllib3

from effects.clients import CLIENTS, by_http_client, by_requests, by_urllib
from effects.loopback import effects_of, refusing_port, told


@pytest.mark.parametrize("client", CLIENTS)
def test_each_client(server, client):
    def works():
        assert client(f"{server.url}/ok?token=SECRET") == b"ok"
        assert client(f"{server.url}/things", b"body") == b"body"

    assert told(effects_of(works)) == [
        (f"GET {server.address}/ok", "200", None),
        (f"POST {server.address}/things", "200", None),
    ]


@pytest.mark.parametrize("client", CLIENTS)
def test_each_client_in_an_async_receiver(server, client):
    async def works():
        return client(f"{server.url}/ok")

    assert told(effects_of(works)) == [(f"GET {server.address}/ok", "200", None)]


def test_each_client_refused():
    port = refusing_port()

    def works():
        for client in CLIENTS:
            with pytest.raises((OSError, urllib3.exceptions.HTTPError)):
                client(f"http://127.0.0.1:{port}/x?token=SECRET")

    effects = effects_of(works)
    assert [effect.text for effect in effects] == [f"GET 127.0.0.1:{port}/x"] * len(CLIENTS)
    assert {effect.result for effect in effects} == {None}
    assert all("refused" in effect.error for effect in effects)
    assert not any("SECRET" in effect.error for effect in effects)


def test_redirects_are_one_each(server):
    def works():
        by_urllib(f"{server.url}/redirect")
        by_requests(f"{server.url}/redirect")

    assert (
        told(effects_of(works))
        == [
            (f"GET {server.address}/redirect", "302", None),
            (f"GET {server.address}/ok", "200", None),
        ]
        * 2
    )


def test_repeated_requests_are_one_each(server):
    def works():
        retries = urllib3.Retry(2, backoff_factor=0)
        with urllib3.PoolManager() as pool, pytest.raises(urllib3.exceptions.MaxRetryError):
            pool.request("GET", f"{server.url}/drop", retries=retries)

    effects = effects_of(works)
    assert [effect.text for effect in effects] == [f"GET {server.address}/drop"] * 3
    assert all(effect.error.startswith("RemoteDisconnected") for effect in effects)
    assert len(server.seen) == 3


def test_errors_are_the_program_s_and_what_it_sees_is_what_was_raised(server):
    raised = {}

    class Odd(http.client.HTTPConnection):
        def connect(self):
            raised["connect"] = OSError("no way there")
            raise raised["connect"]

    def works():
        with pytest.raises(OSError, match="no way there") as caught:
            Odd("nowhere").request("GET", "/x")
        assert caught.value is raised["connect"]
        assert caught.value.__context__ is None
        with pytest.raises(http.client.BadStatusLine):
            by_http_client(f"{server.url}/garbage")
        with pytest.raises(http.client.InvalidURL):
            by_http_client(f"{server.url}/a b?token=SECRET")
        with pytest.raises(urllib.error.HTTPError) as missing:
            by_urllib(f"{server.url}/missing")
        missing.value.close()

    assert told(effects_of(works)) == [
        ("GET nowhere/x", None, "OSError: no way there"),
        (f"GET {server.address}/garbage", None, "BadStatusLine: this is no HTTP\r\n"),
        (f"GET {server.address}/a b", None, "InvalidURL"),
        (f"GET {server.address}/missing", "404", None),
    ]


def test_timeouts(server):
    def works():
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(f"{server.url}/slow", timeout=0.05)
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{server.url}/slow", timeout=0.05)

    assert (
        told(effects_of(works))
        == [(f"GET {server.address}/slow", None, "TimeoutError: timed out")] * 2
    )


def test_connections_of_a_pool(server):
    """Kept alive, and closed by the server: each request is one, whatever it goes through."""

    def works():
        with requests.Session() as session:
            for path in ("ok", "redirect", "last", "ok"):
                session.get(f"{server.url}/{path}")

    effects = effects_of(works)
    assert [(effect.text.rpartition("/")[2], effect.result) for effect in effects] == [
        ("ok", "200"),
        ("redirect", "302"),
        ("ok", "200"),
        ("last", "200"),
        ("ok", "200"),
    ]
    assert len({port for _, _, port in server.seen}) == 2


def test_an_upload_in_chunks(server):
    def parts():
        yield b"abc"
        yield b"def"

    def works():
        assert requests.post(f"{server.url}/up", data=parts()).content == b"abcdef"
        connection = http.client.HTTPConnection(server.address)
        connection.request("PUT", "/up", parts(), encode_chunked=True)
        assert connection.getresponse().read() == b"abcdef"
        connection.close()

    assert told(effects_of(works)) == [
        (f"POST {server.address}/up", "200", None),
        (f"PUT {server.address}/up", "200", None),
    ]


def test_reading_the_body_of_a_stream_is_no_part_of_it(server):
    ends = []

    def works():
        with requests.get(f"{server.url}/stream", stream=True) as response:
            # It could not have been read to its end yet.
            ends.append(response.raw.read1() if hasattr(response.raw, "read1") else b"abc")
            server.may_go_on.set()
            response.raw.read()
        with urllib3.PoolManager() as pool:
            # Read while the response is made, in ``getresponse``.
            pool.request("GET", f"{server.url}/stream", preload_content=True)

    first, second = effects_of(works)
    assert told([first, second]) == [(f"GET {server.address}/stream", "200", None)] * 2


def test_a_body_that_is_read_in_getresponse_is_no_part_of_it(server, clock):
    class Reading(http.client.HTTPConnection):
        def getresponse(self):
            response = super().getresponse()
            clock.tick(500)
            response.read()
            return response

    def works():
        connection = Reading(server.address)
        connection.request("GET", "/ok")
        clock.tick(20)
        connection.getresponse()
        connection.close()

    (effect,) = effects_of(works)
    assert effect.duration_ms == 20
