"""A real server on this machine, for the requests that receivers make, and a proxy to it."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.dispatch import Signal

from signals_panel import record_signals


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.seen.append((self.command, self.path, self.client_address[1]))
        path = self.path.partition("?")[0]
        body = self._body()
        if path == "/redirect":
            self._answer(302, [("Location", "/ok?token=SECRET")])
        elif path == "/slow":
            self.server.may_go_on.wait(10)
            with contextlib.suppress(OSError):
                self._answer(200)
        elif path == "/drop":
            self.close_connection = True
        elif path == "/garbage":
            self.wfile.write(b"this is no HTTP\r\n\r\n")
            self.close_connection = True
        elif path == "/last":
            self._answer(200, [("Connection", "close")])
        elif path == "/stream":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n")
            # The rest comes when the test has looked at what is there.
            self.server.may_go_on.wait(10)
            with contextlib.suppress(OSError):
                self.wfile.write(b"3\r\ndef\r\n0\r\n\r\n")
        elif path == "/missing":
            self._answer(404)
        else:
            self._answer(200, body=body or b"ok")

    do_POST = do_PUT = do_GET

    def do_CONNECT(self):
        """Hand on what comes from either side to the other."""
        self.server.seen.append((self.command, self.path, self.client_address[1]))
        if "refused" in self.headers.get("X-Test", ""):
            self._answer(407)
            return
        host, _, port = self.path.rpartition(":")
        self.close_connection = True
        with socket.create_connection((host, int(port))) as there:
            self.send_response(200)
            self.end_headers()
            other = {self.connection: there, there: self.connection}
            while True:
                for side in select.select(list(other), [], [])[0]:
                    data = side.recv(65536)
                    if not data:
                        return
                    other[side].sendall(data)

    def _answer(self, status, headers=(), body=b"ok"):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.may_go_on = threading.Event()
        # What was asked: method, path, and the client's port, which tells connections apart.
        self.seen = []

    @property
    def address(self):
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self):
        return f"http://{self.address}"

    def handle_error(self, request, client_address):
        """A client that goes away is what some of the tests are about."""


@contextlib.contextmanager
def serving():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.may_go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def refusing_port():
    """One that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def effects_of(work, kind="http"):
    """What a receiver's work causes, when it is a function and when it is a coroutine one."""
    signal, results = Signal(), []
    if asyncio.iscoroutinefunction(work):

        async def receiver(**kwargs):
            results.append(await work())

        signal.connect(receiver)
        with record_signals() as recording:
            asyncio.run(signal.asend(None))
    else:
        signal.connect(lambda **kwargs: results.append(work()), weak=False)
        with record_signals() as recording:
            signal.send(None)
    assert recording.faults == []
    (call,) = recording.dispatches[0].calls
    found = [effect for effect in call.effects if effect.kind == kind]
    assert recording.totals.effects.get(kind, 0) == len(found)
    assert recording.totals.all_effects.get(kind, 0) == len(found)
    return found


def told(effects):
    return [(effect.text, effect.result, effect.error) for effect in effects]
