"""Outgoing HTTP requests of httpx, sync and async, and of aiohttp."""

from __future__ import annotations

import asyncio

import aiohttp
import httpx
import pytest
from django.dispatch import Signal

from effects.loopback import effects_of, refusing_port, serving, told
from signals_panel import record_signals

# httpx ----------------------------------------------------------------------------------


def test_httpx(server):
    def works():
        url = f"http://user:password@{server.address}/redirect?token=SECRET#part"
        assert httpx.get(url, follow_redirects=True).text == "ok"
        assert httpx.post(f"{server.url}/a%3Fb", content=b"body").text == "body"

    assert told(effects_of(works)) == [
        (f"GET {server.address}/redirect", "302", None),
        (f"GET {server.address}/ok", "200", None),
        (f"POST {server.address}/a%3Fb", "200", None),
    ]


def test_httpx_in_an_async_receiver(server):
    async def works():
        async with httpx.AsyncClient(follow_redirects=True) as client:
            await asyncio.gather(
                client.get(f"{server.url}/redirect"), client.get(f"{server.url}/missing")
            )

    assert sorted(told(effects_of(works))) == [
        (f"GET {server.address}/missing", "404", None),
        (f"GET {server.address}/ok", "200", None),
        (f"GET {server.address}/redirect", "302", None),
    ]


def test_errors_of_httpx(server):
    port = refusing_port()

    def works():
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"https://127.0.0.1:{port}/x?token=SECRET")
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{server.url}/slow", timeout=0.05)

    refused, late = effects_of(works)
    assert refused.text == f"GET 127.0.0.1:{port}/x"
    assert "refused" in refused.error
    assert (late.text, late.error) == (f"GET {server.address}/slow", "ReadTimeout: timed out")


def test_streams_of_httpx(server):
    def works():
        with httpx.stream("GET", f"{server.url}/stream") as response:
            # It could not have been read to its end yet.
            assert not server.may_go_on.is_set()
            server.may_go_on.set()
            assert response.read() == b"abcdef"

    assert told(effects_of(works)) == [(f"GET {server.address}/stream", "200", None)]


def test_requests_that_leave_no_process_are_none():
    def works():
        transport = httpx.MockTransport(lambda request: httpx.Response(200))
        with httpx.Client(transport=transport) as client:
            assert client.get("http://example.com/").status_code == 200

    assert effects_of(works) == []


class OddTransport(httpx.HTTPTransport):
    """It is handed something else than a request."""

    def handle_request(self, request):
        try:
            super().handle_request(object())
        except AttributeError as error:
            self.raised = error
        return super().handle_request(request)


def test_what_is_no_request_is_for_httpx_to_refuse(server):
    def works():
        with httpx.Client(transport=OddTransport()) as client:
            client.get(f"{server.url}/ok")

    odd, fine = told(effects_of(works))
    assert odd[0] == "? ?/"
    assert fine == (f"GET {server.address}/ok", "200", None)


# aiohttp --------------------------------------------------------------------------------


def test_aiohttp(server):
    async def works():
        async with aiohttp.ClientSession() as session:
            url = f"http://user:password@{server.address}/redirect?token=SECRET#part"
            async with session.get(url) as response:
                assert await response.text() == "ok"
            # One after another in one task.
            async with session.post(f"{server.url}/a%3Fb", data=b"body") as response:
                assert await response.text() == "body"

    assert told(effects_of(works)) == [
        (f"GET {server.address}/redirect", "302", None),
        (f"GET {server.address}/ok", "200", None),
        (f"POST {server.address}/a%3Fb", "200", None),
    ]


def test_several_at_once_by_aiohttp(server):
    async def works():
        async with aiohttp.ClientSession() as session:

            async def one(path):
                async with session.get(f"{server.url}/{path}") as response:
                    return response.status

            waiting = asyncio.create_task(one("slow"))
            assert await asyncio.gather(*map(one, ("a", "missing", "b"))) == [200, 404, 200]
            server.may_go_on.set()
            assert await waiting == 200

    assert sorted(told(effects_of(works))) == [
        (f"GET {server.address}/a", "200", None),
        (f"GET {server.address}/b", "200", None),
        (f"GET {server.address}/missing", "404", None),
        (f"GET {server.address}/slow", "200", None),
    ]


def test_one_inside_another_by_aiohttp(server):
    """What is asked while another is sent belongs to neither: both are the receiver's."""

    async def works():
        async with aiohttp.ClientSession() as session:

            async def body():
                async with session.get(f"{server.url}/inside") as response:
                    yield await response.read()

            async with session.post(f"{server.url}/around", data=body()) as response:
                assert await response.text() == "ok"

    assert sorted(told(effects_of(works))) == [
        (f"GET {server.address}/inside", "200", None),
        (f"POST {server.address}/around", "200", None),
    ]


def test_errors_of_aiohttp(server):
    port = refusing_port()

    async def works():
        short = aiohttp.ClientTimeout(sock_read=0.05)
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(f"http://127.0.0.1:{port}/x?token=SECRET")
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await session.post(f"{server.url}/drop")
            with pytest.raises(aiohttp.SocketTimeoutError):
                await session.post(f"{server.url}/slow", timeout=short)
            with pytest.raises(aiohttp.ClientResponseError):
                await session.post(f"{server.url}/garbage")
            with pytest.raises(ValueError, match="header"):
                # It is noticed when there is a connection.
                await session.post(f"{server.url}/unsent", headers={"X-Test": "a\nb"})

    effects = effects_of(works)
    assert [effect.text for effect in effects] == [
        f"GET 127.0.0.1:{port}/x",
        *(f"POST {server.address}/{path}" for path in ("drop", "slow", "garbage", "unsent")),
    ]
    assert [effect.error.partition(":")[0] for effect in effects] == [
        "ClientConnectorError",
        "ServerDisconnectedError",
        "SocketTimeoutError",
        "ClientResponseError",
        "ValueError",
    ]
    assert not any("SECRET" in effect.error for effect in effects)
    assert {effect.result for effect in effects} == {None}


def test_a_request_of_aiohttp_that_is_cancelled(server):
    async def works():
        async with aiohttp.ClientSession() as session:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(session.get(f"{server.url}/slow"), 0.1)

    assert told(effects_of(works)) == [
        (f"GET {server.address}/slow", None, "CancelledError"),
    ]


def test_a_proxy_s_tunnel_is_part_of_aiohttp_s_request():
    """What is behind it speaks no TLS, and so there is nothing after the tunnel."""
    with serving() as server, serving() as proxy:

        async def works():
            async with aiohttp.ClientSession() as session:
                with pytest.raises(aiohttp.ClientError):
                    await session.get(f"https://{server.address}/x", proxy=proxy.url)

        (effect,) = effects_of(works)
        assert [method for method, _, _ in proxy.seen] == ["CONNECT"]
        assert effect.text == f"GET {server.address}/x"
        assert effect.error.startswith("ClientConnectorSSLError")


@pytest.mark.parametrize("max_kept", [10_000, 1])
def test_aiohttp_s_sums_are_exact_when_the_recording_ends_first(server, settings, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    signal = Signal()

    async def all_of_it():
        async with aiohttp.ClientSession() as session:
            tasks = []

            async def ask():
                async with session.get(f"{server.url}/slow") as response:
                    return response.status

            async def receiver(**kwargs):
                tasks.extend(asyncio.create_task(ask()) for _ in range(3))
                while len(server.seen) < 3:
                    await asyncio.sleep(0.01)

            signal.connect(receiver)
            with record_signals() as recording:
                await signal.asend(None)
            before = recording.totals
            server.may_go_on.set()
            assert await asyncio.gather(*tasks) == [200] * 3
            return before, recording.totals

    before, after = asyncio.run(all_of_it())
    assert before == after
    assert before.effects == {"http": 3}


@pytest.mark.parametrize("library", ["httpx", "aiohttp"])
def test_fifty_at_once_are_each_credited_to_their_own_receiver(server, library):
    async def all_of_them():
        signal = Signal()
        session = httpx.AsyncClient() if library == "httpx" else aiohttp.ClientSession()

        async def receiver(number, **kwargs):
            url = f"{server.url}/n{number}"
            if library == "httpx":
                await session.get(url)
            else:
                async with session.get(url):
                    pass

        signal.connect(receiver)

        async def one(number):
            with record_signals() as recording:
                await signal.asend(None, number=number)
            return recording

        async with session:
            return await asyncio.gather(*map(one, range(50)))

    for number, recording in enumerate(asyncio.run(all_of_them())):
        (call,) = recording.dispatches[0].calls
        assert told(call.effects) == [(f"GET {server.address}/n{number}", "200", None)]
        assert recording.faults == []
