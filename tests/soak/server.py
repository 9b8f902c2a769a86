"""The server under test, in a process of its own, with a database and a mailbox of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

# Seconds that a connection may be idle. Until then a timer of uvicorn's keeps the context of
# the request before it, and with that the request's recording.
KEEP_ALIVE = 3

COMMANDS = {
    "gunicorn": (
        *("gunicorn", "--worker-class", "gthread", "--threads", "8", "--workers", "1"),
        *("--keep-alive", f"{KEEP_ALIVE}", "--bind", "127.0.0.1:{port}"),
        *("--no-control-socket", "example.wsgi:application"),
    ),
    "uvicorn": (
        *("uvicorn", "--timeout-keep-alive", f"{KEEP_ALIVE}", "--port", "{port}"),
        *("--log-level", "warning", "example.asgi:application"),
    ),
}


class Server(NamedTuple):
    """A server that answers."""

    port: int
    folder: Path
    database: "Postgres | None"

    def faults(self) -> list[str]:
        """What the recorder has logged."""
        lines = (self.folder / "faults.log").read_text().splitlines()
        return [line for line in lines if line.startswith("django-signals-panel")]

    def log(self) -> str:
        """What the server has said."""
        return (self.folder / "server.log").read_text()


class _Api(BaseHTTPRequestHandler):
    """Answers the shop's announcement of a product at once."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


class Postgres:
    """A database for one run, on the server that the variable names."""

    def __init__(self, url: str) -> None:
        import psycopg

        self.name = f"soak_signals_panel_{os.getpid()}"
        self._server = psycopg.connect(url, autocommit=True)
        self._server.execute(f'CREATE DATABASE "{self.name}"')

    def connections(self) -> int:
        """How many are open."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        return self._server.execute(query, [self.name]).fetchone()[0]

    def drop(self) -> None:
        """Leave nothing behind."""
        self._server.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')
        self._server.close()


@contextlib.contextmanager
def _api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def _postgres():
    url = os.environ.get("TEST_POSTGRES")
    database = Postgres(url) if url else None
    try:
        yield database
    finally:
        if database:
            database.drop()


@contextlib.contextmanager
def serving(name: str, *, has_panel: bool):
    """Serve until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as path, _api() as api, _postgres() as database:
        folder = Path(path)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "soak.settings",
            "EXAMPLE_API_URL": api,
            "EXAMPLE_DB": str(folder / "db.sqlite3"),
            "EXAMPLE_MAIL_DIR": str(folder / "mail"),
            "SOAK_DB": database.name if database else "",
            "SOAK_FAULTS": str(folder / "faults.log"),
            "SOAK_WITHOUT": "0" if has_panel else "1",
            # Else each thread has one, which is as empty as chance will have it.
            "MALLOC_ARENA_MAX": "2",
        }
        command = [sys.executable, "-m"]
        migrate = [*command, "django", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=environment, check=True)
        command += [part.format(port=port) for part in COMMANDS[name]]
        with (folder / "server.log").open("w") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            server = Server(port, folder, database)
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=40)


def _wait_for(server, process):
    for _ in range(100):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port)):
            return
        time.sleep(0.1)
    raise SystemExit(f"The server doesn't answer:\n{server.log()}")
