"""A real Chromium on a real server: the example site in a process of its own.

The tests' process must not touch a database: Playwright's event loop runs in it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from looking import CASCADE, LOOP

EXAMPLE = Path(__file__).resolve().parent.parent / "example"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
HOW_TO_GET_IT = (
    "Chromium is missing, so the browser's tests did not run. To get it: "
    "apt-get install chromium (Debian), or any package that puts chromium on the PATH."
)


def pytest_collection_modifyitems(items):
    if CHROMIUM is None and os.environ.get("REQUIRE_BROWSER") != "1":
        for item in items:
            # Not everybody has a browser at hand; .ci/run requires it.
            item.add_marker(pytest.mark.skip(reason=HOW_TO_GET_IT))


def pytest_terminal_summary(terminalreporter):
    if CHROMIUM is None:
        terminalreporter.write_line(HOW_TO_GET_IT)


def launch_arguments() -> dict[str, object]:
    """How the browser is started, here and for the screenshots."""
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to run as root with it
    return {"executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if CHROMIUM is None:
        pytest.fail(HOW_TO_GET_IT)
    return {**browser_type_launch_args, **launch_arguments()}


SERVERS = {
    "runserver": ["manage.py", "runserver", "--noreload", "{address}"],
    "uvicorn": ["-m", "uvicorn", "--port", "{port}", "example.asgi:application"],
    "daphne": ["-m", "daphne", "-p", "{port}", "example.asgi:application"],
}  # fmt: skip


@contextmanager
def serving(folder: Path, server: str = "runserver", **variables: str):
    """Serve the example site with settings from EXAMPLE_* variables; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "example.settings",
        "EXAMPLE_DB": str(folder / "db.sqlite3"),
        "EXAMPLE_MAIL_DIR": str(folder / "mail"),
        "EXAMPLE_API_URL": f"http://{address}/api/stock/",
        **variables,
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=EXAMPLE,
        env=environment,
        check=True,
    )
    command = [
        part.format(address=address, host="127.0.0.1", port=port) for part in SERVERS[server]
    ]
    with (folder / f"{server}-{port}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=EXAMPLE, env=environment, stdout=log, stderr=log
        )
    try:
        wait_until_it_answers(f"http://{address}/", process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the server has ended"
        try:
            with urlopen(url):
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the server doesn't answer")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Address of the example site under WSGI."""
    with serving(tmp_path_factory.mktemp("wsgi")) as address:
        yield address


@pytest.fixture
def messages(page):
    """What the page says in the console, and what it raises."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    return heard


@pytest.fixture
def open_panel(page, messages):
    """Open a page and its panel; gives the panel's content."""

    def open_it(url: str):
        page.goto(url)
        page.locator("#djdt-FiredSignalsPanel > a").click()
        content = page.locator("#FiredSignalsPanel .fsp")
        # The tabs come with the panel's script, and are seen when its styles have come.
        content.get_by_role("tab").first.wait_for()
        return content

    yield open_it
    assert messages == []


@pytest.fixture
def loop(site, open_panel):
    """The panel of the page that saves 200 products."""
    return open_panel(f"{site}{LOOP}")


@pytest.fixture
def cascade(site, open_panel):
    return open_panel(f"{site}{CASCADE}")


def switch_history(page, request_id):
    """Switch the toolbar to another request.

    The history's script is loaded when the panel is opened, and fills the table row by row: a
    click before or meanwhile does nothing, so it is tried again.
    """
    page.locator("#djdt-HistoryPanel > a").click()
    history = page.locator("#HistoryPanel")
    button = history.locator(f"button.switchHistory[data-request-id='{request_id}']")
    for _ in range(50):
        if button.count():
            button.click()
        else:
            history.get_by_role("button", name="Refresh").click()
        page.wait_for_timeout(200)
        if page.locator("#djDebug").get_attribute("data-request-id") == request_id:
            return
    raise AssertionError("the history doesn't switch")


@pytest.fixture
def clicks(page):
    """Counts the clicks in the page, from the opened panel on."""
    page.add_init_script(
        "window.clicks = 0; window.addEventListener('click', () => window.clicks++, true)"
    )

    def count():
        # One has opened the panel.
        return page.evaluate("window.clicks") - 1

    return count
