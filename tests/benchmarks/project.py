"""The example site in this process, with its database in memory and its API stubbed."""

import contextlib
import os
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Stub(BaseHTTPRequestHandler):
    """Answers the shop's announcement of a product at once."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


@contextlib.contextmanager
def running():
    """Set Django up, and leave nothing behind.

    A database in memory makes what Django does itself as cheap as it can be, so that a share
    of ours can't hide behind a disk.
    """
    api = ThreadingHTTPServer(("127.0.0.1", 0), _Stub)
    threading.Thread(target=api.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as mail:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "example.settings",
            "EXAMPLE_DB": ":memory:",
            "EXAMPLE_MAIL_DIR": mail,
            "EXAMPLE_API_URL": f"http://127.0.0.1:{api.server_port}/",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield
    api.shutdown()
