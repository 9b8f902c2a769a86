"""How long Chromium takes to show the panel, to zoom its picture and to filter its rows.

Measured in Chromium's own trace: from the beginning of the event that the input was (``click`` or
``input``) to the end of the first ``Commit`` after its outcome: it is laid out and painted, and
handed over to the compositor. For a zoom and a letter in the filter the outcome is there when
the event's listeners have returned. The panel is opened when a frame begins that has rows in its
cascade and boxes in its picture; what the server and the network take is in it.

The site runs in a process of its own, as sync Playwright and Django's ORM don't share one.
"""

import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from functools import partial
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[1]
_BUTTON = "#djdt-FiredSignalsPanel a"
# Leaves a mark in the trace at the first frame that shows rows and boxes.
_MARK = """() => {
    const root = document.getElementById("djDebugRoot")?.shadowRoot ?? document;
    const panel = root.querySelector("#FiredSignalsPanel");
    const shown = [".fsp-cascade[role=treegrid] tbody tr:not([hidden])",
                   ".fsp-block:not([display])"];
    window.panelShown = new Promise((resolve) => {
        const look = () => {
            const found = shown.map((each) => panel.querySelector(each));
            if (found.every((each) => each?.checkVisibility())) {
                performance.mark("panel-shown");
                resolve();
            } else {
                requestAnimationFrame(look);
            }
        };
        requestAnimationFrame(look);
    });
}"""
_CATEGORIES = [
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "blink.user_timing",
]
# After the outcome, until its frame is surely drawn; in milliseconds.
_SETTLING = 500
# Written letter by letter; each row of the cascade has the first.
_WORD = "sig"


def why_not():
    """What is missing, or None."""
    if shutil.which("chromium") is None:
        return "Chromium is not installed"
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "Playwright is not installed"
    return None


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _server():
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.site.settings",
            "EXAMPLE_DB": str(Path(folder, "db.sqlite3")),
            "EXAMPLE_MAIL_DIR": folder,
            "PYTHONPATH": os.pathsep.join([str(_TESTS), str(_TESTS / "example")]),
        }
        django = [sys.executable, "-m", "django"]
        subprocess.run([*django, "migrate", "--verbosity", "0"], env=environment, check=True)
        server = subprocess.Popen(
            [*django, "runserver", "--noreload", f"127.0.0.1:{port}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait()


def _wait_for(address):
    for _ in range(100):
        with contextlib.suppress(OSError), urllib.request.urlopen(address):
            return
        time.sleep(0.1)
    raise SystemExit("The example site didn't start.")


class _Screen:
    """A page of Chromium, what is done in it, and how long each took, in milliseconds."""

    def __init__(self, chromium):
        self.chromium = chromium
        self.page = chromium.new_page()
        self.page.set_default_timeout(60_000)

    def go(self, address):
        self.page.goto(address, timeout=120_000)
        self._button = self.page.locator(_BUTTON)
        if not self._button.is_visible():
            self.page.locator("#djShowToolBarButton, #djDebugToolbarHandle").first.click()
        self._button.wait_for()

    def open(self):
        self.page.evaluate(_MARK)

        def act():
            self._button.click()
            self.page.evaluate("panelShown")

        return self._timed(act, "click", "panel-shown")

    def zoom(self):
        return self._timed(self.page.locator("[data-zoom=in]").click, "click")

    def show_all(self):
        self.page.locator("[data-zoom=reset]").click()

    def write(self, word):
        """One figure for each letter."""
        self.page.locator(".fsp-filter [type=search]").focus()
        press = self.page.keyboard.press
        return [self._timed(partial(press, each), "input") for each in word]

    def _timed(self, act, event, mark=None):
        self.chromium.start_tracing(page=self.page, categories=_CATEGORIES)
        act()
        self.page.wait_for_timeout(_SETTLING)
        return _took(json.loads(self.chromium.stop_tracing())["traceEvents"], event, mark)


def _took(events, event, mark):
    """Milliseconds from an event to the frame that shows its outcome; times are microseconds."""
    began = next(
        each
        for each in sorted(events, key=lambda each: each.get("ts", 0))
        if each["name"] == "EventDispatch" and each["args"]["data"]["type"] == event
    )
    reached = began["ts"] + began["dur"]
    if mark:
        reached = next(each["ts"] for each in events if each["name"] == mark)
    commits = [
        each["ts"] + each.get("dur", 0)
        for each in events
        if each["name"] == "Commit" and each["tid"] == began["tid"] and each["ts"] >= reached
    ]
    return (min(commits) - began["ts"]) / 1e3


def shown(number, rounds):
    """Yield a title, what was done, the median and the longest in ms, and the limit in ms.

    The first of several rounds, in which the browser knows none of the files, counts as well.
    """
    from playwright.sync_api import sync_playwright

    with _server() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        screen = _Screen(chromium)
        for kind, words in (("alike", "alike"), ("varied", "of 2,000 kinds")):
            opened, zoomed, filtered = [], [], []
            for _ in range(rounds):
                screen.go(f"{address}/fire/{kind}/{number}/")
                opened.append(screen.open())
                zoomed += [screen.zoom() for _ in range(3)]
                screen.show_all()
                filtered += screen.write(_WORD)
            title = f"{number:,} dispatches {words}"
            for done, taken, limit in (
                ("open", opened, 500),
                ("zoom", zoomed, 100),
                ("filter", filtered, 100),
            ):
                yield title, done, statistics.median(taken), max(taken), limit
        chromium.close()
