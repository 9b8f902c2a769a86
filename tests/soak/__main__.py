"""Run the soak: ``make soak``, or ``make soak ARGS="--requests 2000 --server uvicorn"``."""

import argparse
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass, field

from benchmarks.table import show
from soak.load import Load, Tally, connect, fetch_json, rss_kb
from soak.pages import Page, mixture
from soak.server import COMMANDS, KEEP_ALIVE, serving

# Of what the process has in RAM, from the median of its second quarter to that of its last. It
# differs by 3 % from run to run, without the panel too: free memory has holes.
_RSS_GROWTH = 0.05
# Of what is in use, all garbage collected. That is told exactly: less than one block of
# Python's for each request.
_USED_GROWTH = {"blocks": 0.01, "malloc": 0.02}
# More than the store keeps: what it holds afterwards is always the same.
_QUIET = [Page("/showcase/nothing/", 1)] * 60
# Django keeps the last 512 receivers that were connected, dead ones included, while DEBUG is on.
_WARM_UP = [Page("/soak/fresh/", 1)] * 600


@dataclass
class Result:
    """One server's run."""

    title: str
    tally: Tally
    faults: list[str]
    seconds: float = 0.0
    # At the end of each quarter: what was in RAM, and what the server says of itself.
    rss_kb: list[int] = field(default_factory=list)
    states: list[dict] = field(default_factory=list)
    idle_connections: int = 0

    def rss_growth(self) -> float:
        """From the second quarter's median to the last one's."""
        samples = self.tally.rss_kb
        quarter = len(samples) // 4
        if not quarter:
            return 0.0
        second, last = samples[quarter : 2 * quarter], samples[-quarter:]
        return statistics.median(last) / statistics.median(second) - 1

    def growth(self, what: str) -> float:
        """From the end of the second quarter to the end of the last."""
        return self.states[3][what] / max(1, self.states[1][what]) - 1

    def failures(self) -> list[str]:
        """What must not be."""
        found = [f"{number} × {what}" for what, number in self.tally.failed.most_common()]
        found += [f"fault: {fault}" for fault in self.faults]
        found += [f"mixed: {each}" for each in self.tally.mixed]
        if self.rss_growth() > _RSS_GROWTH:
            found.append(f"memory in RAM has grown by {self.rss_growth():.1%}")
        for what, most in _USED_GROWTH.items():
            if self.growth(what) > most:
                types = [self.states[quarter]["types"] for quarter in (1, 3)]
                found.append(f"{what} in use have grown by {self.growth(what):.1%}")
                found.append(f"objects of ours: {types[0]} became {types[1]}")
        if self.idle_connections:
            found.append(f"{self.idle_connections} connections to the database stayed open")
        return [f"{self.title}: {each}" for each in found]


def _run(name, number, has_panel):
    title = name if has_panel else f"{name}, without"
    print(f"soaking {title} …", file=sys.stderr, flush=True)
    with serving(name, has_panel=has_panel) as server:
        pid = _state(server)["pid"]
        _send_uncounted(server, _WARM_UP)
        load = Load(server.port, pid, has_panel=has_panel)
        result = Result(title, load.tally, [])
        pages = mixture(name, number)
        for quarter in range(4):
            start = time.perf_counter()
            load.send(pages[quarter * number // 4 : (quarter + 1) * number // 4])
            result.seconds += time.perf_counter() - start
            result.rss_kb.append(rss_kb(pid))
            _settle(server, result)
        result.faults = server.faults()
        if server.database:
            result.idle_connections = server.database.connections()
    return result


def _settle(server, result):
    """Have the server hold the same as after each quarter, and ask how much it is."""
    _send_uncounted(server, [Page("/soak/tidy/", 1, ends=b"tidy"), *_QUIET])
    time.sleep(KEEP_ALIVE + 1)
    result.states.append(_state(server))


def _send_uncounted(server, pages):
    load = Load(server.port, os.getpid(), has_panel=False)
    load.send(pages)
    if load.tally.failed:
        raise SystemExit(f"What is not counted has failed: {load.tally.failed}")


def _state(server):
    connection = connect(server.port)
    try:
        return fetch_json(connection, "/soak/state/")
    finally:
        connection.close()


def _line(result):
    tally = result.tally
    return [
        result.title,
        f"{tally.done / result.seconds:.0f}",
        f"{sum(tally.failed.values())}",
        f"{len(result.faults)}",
        f"{tally.opened:,}",
        f"{tally.gone}",
        f"{len(tally.mixed)}",
        *(f"{kb / 1024:.1f}" for kb in result.rss_kb),
        f"{result.rss_growth():+.1%}",
        *(f"{result.growth(what):+.2%}" for what in ("blocks", "malloc")),
        f"{result.states[1]['ours']:,} → {result.states[3]['ours']:,}",
    ]


_HEADS = (
    *("", "requests/s", "failed", "faults", "opened", "gone", "mixed"),
    *("MB at 25 %", "50 %", "75 %", "100 %", "RSS", "blocks", "malloc", "ours"),
)


def main():
    """Soak each server, print the table, and exit with 1 if anything must not be."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, help="in all, to both servers")
    parser.add_argument("--server", choices=COMMANDS, action="append", help="only this one")
    parser.add_argument("--without", action="store_true", help="leave the panel out")
    options = parser.parse_args()
    servers = options.server or list(COMMANDS)
    number = options.requests // len(servers)
    results = [_run(name, number, not options.without) for name in servers]

    import django

    print(f"Python {platform.python_version()}, Django {django.__version__}")
    show(f"{number:,} requests to each", _HEADS, [_line(result) for result in results])
    print("\nRSS: under load, the last quarter's median against the second's. The three after it:")
    print("what is left at the end of these quarters, all garbage collected: small blocks of")
    print("Python's, all other memory in use, and objects of the panel's own classes.")
    failures = [failure for result in results for failure in result.failures()]
    for failure in failures:
        print(f"FAILED {failure}")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
