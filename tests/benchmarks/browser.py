"""How long Chromium takes from the click on the panel's name to the panel on screen.

The site runs in a process of its own, as sync Playwright and Django's ORM don't share one.
"""

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[1]
_BUTTON = "#djdt-FiredSignalsPanel a"
_ROWS = "#FiredSignalsPanel .fsp-cascade[role=treegrid] tbody tr"
# Rows of the cascade once the script has made a tree of them, and closed most.
_SHOWN = f"{_ROWS}:not([hidden])"


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


def opened(number, rounds):
    """Yield a title, the median milliseconds until the panel shows, and its number of rows."""
    from playwright.sync_api import sync_playwright

    with _server() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = chromium.new_page()
        for kind, words in (("alike", "alike"), ("varied", "of 2,000 kinds")):
            taken = []
            for _ in range(rounds):
                page.goto(f"{address}/fire/{kind}/{number}/", timeout=120_000)
                button = page.locator(_BUTTON)
                if not button.is_visible():
                    page.locator("#djShowToolBarButton, #djDebugToolbarHandle").first.click()
                button.wait_for()
                start = time.perf_counter()
                button.click()
                page.locator(_SHOWN).last.wait_for()
                taken.append((time.perf_counter() - start) * 1e3)
            rows = page.locator(_ROWS).count()
            yield f"{number:,} dispatches {words}", statistics.median(taken), rows
        chromium.close()
