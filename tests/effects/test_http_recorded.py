"""Requests that have no response, or odd ones, or outlive what records them."""

from __future__ import annotations

import gc
import http.client
import threading
import weakref

import pytest
from django.dispatch import Signal
from reports import build

from effects.clients import by_http_client, by_requests
from effects.loopback import effects_of, told
from signals_panel import record_signals
from signals_panel.effects import exchange_steps
from signals_panel.effects.following import Trail
from signals_panel.effects.urls import request_text
from signals_panel.recording import EffectNode
from signals_panel.results import node_of


@pytest.mark.parametrize("max_kept", [10_000, 1])
def test_closed_before_the_response(server, settings, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    signal = Signal()

    def works(**kwargs):
        connection = http.client.HTTPConnection(server.address)
        connection.request("GET", "/slow")
        connection.close()
        connection.close()
        connection.request("GET", "/ok")
        connection.getresponse().read()
        connection.close()

    signal.connect(works)
    with record_signals() as recording:
        signal.send(None)
    rows = [row for row in build(recording)["rows"] if row["kind"] == "effect"]
    assert sorted((row["count"], row["result"]) for row in rows) == [(1, "200"), (1, "no response")]


@pytest.mark.parametrize("max_kept", [10_000, 1])
def test_let_go_without_being_closed(server, clock, settings, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    signal = Signal()
    gc.collect()
    before = len(exchange_steps.trails)

    def works(**kwargs):
        for _ in range(2):
            connection = http.client.HTTPConnection(server.address)
            connection.putrequest("GET", "/ok")
            clock.tick(10)
            del connection
            gc.collect()
            clock.tick(100)

    signal.connect(works)
    with record_signals() as recording:
        signal.send(None)
        # Nothing is waited for.
        assert node_of(recording).followed == {}
    assert recording.totals.effects == {"http": 2}
    (row,) = [row for row in build(recording)["rows"] if row["kind"] == "effect"]
    assert (row["count"], row["ms"], row["result"]) == (2, 20, "no response")
    assert len(exchange_steps.trails) == before


class Broken(http.client.HTTPConnection):
    def send(self, data):
        super().send(data)
        if data == b"body":
            raise BrokenPipeError


def send_in_part(server, path):
    connection = Broken(server.address)
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", "4")
    connection.endheaders()
    with pytest.raises(BrokenPipeError):
        connection.send(b"body")
    return connection


def test_a_response_after_a_part_could_not_be_sent(server):
    """As when the server has answered and gone before all of a body was sent."""

    def works():
        connection = send_in_part(server, "/ok")
        assert connection.getresponse().read() == b"body"
        connection.close()

    assert told(effects_of(works)) == [(f"POST {server.address}/ok", "200", None)]


def test_no_response_after_a_part_could_not_be_sent(server):
    def works():
        send_in_part(server, "/ok").close()
        connection = send_in_part(server, "/drop")
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
        connection.close()

    assert [error.partition(":")[0] for _, _, error in told(effects_of(works))] == [
        "BrokenPipeError",
        "RemoteDisconnected",
    ]


class Failing(http.client.HTTPConnection):
    """Closes what has failed before it tells of it."""

    def send(self, data):
        self.close()
        raise BrokenPipeError("gone")


def test_closed_by_what_raises(server):
    def works():
        with pytest.raises(BrokenPipeError):
            Failing(server.address).request("GET", "/ok")

    expected = (f"GET {server.address}/ok", None, "BrokenPipeError: gone")
    assert told(effects_of(works)) == [expected]


def test_asking_twice(server):
    def works():
        connection = http.client.HTTPConnection(server.address)
        connection.request("GET", "/ok")
        with pytest.raises(http.client.CannotSendRequest):
            connection.request("GET", "/again")
        connection.getresponse().read()
        with pytest.raises(http.client.ResponseNotReady):
            connection.getresponse()
        connection.close()

    assert told(effects_of(works)) == [(f"GET {server.address}/ok", "200", None)]


class Unfriendly:
    def __getattribute__(self, name):
        raise RuntimeError(f"{name}: go away")


class Property:
    @property
    def __dict__(self):
        raise RuntimeError("go away")


@pytest.mark.parametrize("odd", [Unfriendly, Property, lambda: 7, lambda: None])
def test_objects_that_raise_on_attributes(server, odd):
    class Odd(http.client.HTTPConnection):
        def putrequest(self, method, url, **kwargs):
            pass

        def getresponse(self):
            return odd()

    def works():
        connection = Odd("example.com")
        connection.host = connection.port = odd()
        connection.putrequest(odd(), odd())
        connection.getresponse()

    ((text, result, error),) = told(effects_of(works))
    assert text in ("? ?/", "? ?:7/")
    assert (result, error) == (None, None)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (("GET", "h", None, "/a;jsessionid=SECRET?x#y"), "GET h/a"),
        (("GET", "user:password@h", 8000, b"/a"), "GET h:8000/a"),
        (("GET", "::1", 8000, "/"), "GET [::1]:8000/"),
        (("GET", "p", None, "https://u:p@h:443/a?b"), "GET h/a"),
        (("GET", "p", None, "http://h?b=http://c"), "GET h/"),
        (("GET", "h", None, "/a?to=http://c@d/e"), "GET h/a"),
        (("OPTIONS", "h", None, "*"), "OPTIONS h *"),
        # What is no method may be anything.
        (("X" * 99, "h", None, ""), "? h/"),
        (("GET\n secret", "h", None, "/"), "? h/"),
    ],
)
def test_words(asked, text):
    assert request_text(*asked) == text


def test_a_long_path_is_cut(server):
    (effect,) = effects_of(lambda: by_http_client(f"{server.url}/{'long/' * 100}"))
    assert len(effect.text) == 200


# Recordings -----------------------------------------------------------------------------


@pytest.mark.parametrize("max_kept", [10_000, 1, 2])
def test_sums_are_exact_when_the_recording_ends_first(server, settings, clock, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    signal, connections = Signal(), []

    def works(**kwargs):
        by_http_client(f"{server.url}/ok")
        connection = http.client.HTTPConnection(server.address)
        connection.request("GET", "/unread")
        connections.append(connection)

    signal.connect(works)
    with record_signals() as recording:
        for _ in range(2):
            signal.send(None)
            clock.tick(10)
    before = recording.totals
    clock.tick(50)
    with record_signals() as later:
        for connection in connections:
            connection.getresponse().read()
            connection.request("GET", "/later")
            connection.getresponse()
            connection.close()
    assert recording.totals == before
    assert before.effects == {"http": 4}
    rows = [row for row in build(recording)["rows"] if row["kind"] == "effect"]
    assert sorted((row["count"], row["ms"], row["result"] or "") for row in rows) == [
        (2, 0, "200"),
        (2, 30, ""),
    ]
    assert later.totals.all_effects == {"http": 2}


def test_what_ends_outside_of_its_receiver_is_the_receiver_s_all_the_same(server):
    starts, ends = Signal(), Signal()
    connections = []

    def asks(**kwargs):
        connections.append(http.client.HTTPConnection(server.address))
        connections[0].request("GET", "/ok")

    def reads(**kwargs):
        connections[0].getresponse().read()
        connections[0].close()

    starts.connect(asks)
    ends.connect(reads)
    with record_signals() as recording:
        starts.send(None)
        ends.send(None)
    asking, reading = (dispatch.calls[0] for dispatch in recording.dispatches)
    assert told(asking.effects) == [(f"GET {server.address}/ok", "200", None)]
    assert reading.effects == []


def test_fifty_at_once_are_each_credited_to_their_own_receiver(server):
    signal, barrier, recordings = Signal(), threading.Barrier(50), {}

    def works(number, **kwargs):
        barrier.wait()
        by_requests(f"{server.url}/n{number}")

    signal.connect(works)

    def one(number):
        with record_signals() as recordings[number]:
            signal.send(None, number=number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, recording in recordings.items():
        (call,) = recording.dispatches[0].calls
        assert told(call.effects) == [(f"GET {server.address}/n{number}", "200", None)]


def test_neither_a_connection_nor_a_recording_is_kept_alive(server, settings):
    settings.DEBUG = False
    signal, open_ones, gone = Signal(), [], []

    def works(**kwargs):
        for kept in (open_ones, gone):
            connection = http.client.HTTPConnection(server.address)
            connection.request("GET", "/ok")
            if kept is gone:
                # Python warns of sockets that are left open.
                connection.sock.close()
            kept.append(connection if kept is open_ones else weakref.ref(connection))
            del connection

    signal.connect(works)
    with record_signals() as recording:
        signal.send(None)
    assert [reference() for reference in gone] == [None]
    root = weakref.ref(node_of(recording))
    del recording
    gc.collect()
    assert root() is None
    open_ones[0].close()


def test_nothing_is_written_to_a_connection(server):
    def works():
        connection = http.client.HTTPConnection(server.address)
        before = set(vars(connection))
        connection.request("GET", "/ok")
        connection.getresponse().read()
        assert set(vars(connection)) == before
        connection.close()

    assert len(effects_of(works)) == 1


def test_nothing_leads_to_a_recording_that_has_ended():
    with record_signals() as recording:
        pass
    root, trail = node_of(recording), Trail()
    trail.lead_to(EffectNode("http", "GET h/", "", root))
    assert trail.effect() is None
    assert root.followed == {}
