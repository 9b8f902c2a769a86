"""The clients: each has one connection, asks for page after page, and checks the answers."""

import http.client
import itertools
import json
import re
import threading
from collections import Counter
from dataclasses import dataclass, field

from soak.pages import Page

CLIENTS = 8
# Every so many requests: prime, so that it meets all pages.
_OPENS_EVERY = 23
_SAMPLES_EVERY = 200
_MAX_DETAILS = 5
_QUERY = re.compile(r'djDebugSql" data-details="row:([0-9]+)"')
_MARK = re.compile(r"soak[0-9]{6}z")


@dataclass
class Tally:
    """What the clients have seen, together."""

    done: int = 0
    opened: int = 0
    # Pushed out of the store by other requests, before it was asked for.
    gone: int = 0
    failed: Counter = field(default_factory=Counter)
    mixed: list[str] = field(default_factory=list)
    rss_kb: list[int] = field(default_factory=list)


class Load:
    """Sends pages to a server in several threads, in parts; marks go on from part to part."""

    def __init__(self, port: int, pid: int, *, has_panel: bool) -> None:
        self.tally = Tally()
        self._port = port
        self._pid = pid
        self._has_panel = has_panel
        self._lock = threading.Lock()
        self._numbers = itertools.count()

    def send(self, pages: list[Page]) -> None:
        """Send these, and return when all are answered."""
        waiting = iter(pages)
        threads = [
            threading.Thread(target=self._client, args=(waiting,), daemon=True)
            for _ in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _client(self, waiting):
        connection = connect(self._port)
        while True:
            with self._lock:
                page = next(waiting, None)
                number = next(self._numbers)
            if page is None:
                break
            try:
                why = self._visit(connection, page, number)
            except (OSError, http.client.HTTPException) as error:
                why = f"{type(error).__name__}: {error}"
                connection.close()
            with self._lock:
                self._count(page, why)
        connection.close()

    def _count(self, page, why):
        self.tally.done += 1
        if why:
            self.tally.failed[f"{page.path} {why}"] += 1
        if self.tally.done % _SAMPLES_EVERY == 0:
            self.tally.rss_kb.append(rss_kb(self._pid))

    def _visit(self, connection, page, number):
        mark = f"soak{number:06}z"
        connection.request("GET", f"{page.path}?mark={mark}")
        response = connection.getresponse()
        if page.is_left:
            # One more is made for the next request.
            response.read(10)
            response.close()
            connection.close()
            return None
        body = response.read()
        if response.status != page.status:
            return f"status {response.status}"
        if not body.rstrip().endswith(page.ends) or (page.is_marked and mark.encode() not in body):
            return "incomplete"
        if self._has_panel and number % _OPENS_EVERY == 0:
            request_id = response.headers.get("djdt-request-id")
            if not request_id:
                return "no toolbar"
            return self._open(connection, page, mark, request_id)
        return None

    def _open(self, connection, page, mark, request_id):
        """Open the panel of a request, which must show nothing of other requests."""
        address = f"/__debug__/{{}}/?request_id={request_id}&{{}}"
        panel = address.format("render_panel", "panel_id=FiredSignalsPanel")
        content = fetch_json(connection, panel)["content"]
        if "available anymore" in content:
            self.tally.gone += 1
            return None
        if "fsp-" not in content:
            return "no panel"
        self.tally.opened += 1
        # The parameters of a query stand in its details, which are fetched when asked for.
        for row in _QUERY.findall(content)[:_MAX_DETAILS]:
            details = address.format("fired_signals/details", f"kind=row&number={row}")
            try:
                content += fetch_json(connection, details)["content"]
            except http.client.HTTPException:
                # Perhaps it has been pushed out meanwhile; else it is a failure.
                if "available anymore" not in fetch_json(connection, panel)["content"]:
                    raise
                self.tally.gone += 1
                break
        marks = set(_MARK.findall(content))
        if marks - {mark} or (page.is_marked and not marks):
            self.tally.mixed.append(f"{page.path} of {mark} shows {sorted(marks) or 'no mark'}")
        return None


def connect(port: int) -> http.client.HTTPConnection:
    """A connection that is kept; it is made with the first request."""
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def fetch_json(connection: http.client.HTTPConnection, address: str):
    """Fetch what the server says about itself, or shows in a panel."""
    connection.request("GET", address)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise http.client.HTTPException(f"{address} has status {response.status}")
    return json.loads(body)


def rss_kb(pid: int) -> int:
    """The memory of a process that is in RAM, as Linux tells it."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
