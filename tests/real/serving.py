"""Sites made anew and served, each by a process of its own; what they leave is in ``.real/``."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checking import REPOSITORY
from conftest import wait_until_it_answers

HERE = Path(__file__).resolve().parent
RESULTS = REPOSITORY / ".real"

# For what takes seconds, on a machine that is busy.
PATIENCE_S = 300

USER = {
    "DJANGO_SUPERUSER_USERNAME": "admin",
    "DJANGO_SUPERUSER_EMAIL": "admin@example.com",
    "DJANGO_SUPERUSER_PASSWORD": "a long word",
}


class Site:
    """One site: where it is, and what its server has said."""

    def __init__(self, name: str, settings: str, home: str) -> None:
        """``home`` is the path of a page that answers to everybody, with the toolbar."""
        self.name = name
        self.home = home
        self.folder = RESULTS / "sites" / name
        self.log = self.folder / "server.log"
        self.address = ""
        self._environment = {
            **os.environ,
            **USER,
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "PYTHONPATH": os.pathsep.join(
                filter(None, [str(HERE), str(self.folder), os.environ.get("PYTHONPATH")])
            ),
            "SITE_FOLDER": str(self.folder),
            "SITE_SETTINGS": settings,
        }

    def begin(self, *command: str) -> None:
        """Make its folder anew, and what is in it by a command that is given the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        if command:
            program = Path(sys.executable).with_name(command[0])
            self._run(program, *command[1:], self.folder)
        django = (sys.executable, "-m", "django")
        self._run(*django, "migrate", "--verbosity", "0", env=self._environment)
        self._run(*django, "createsuperuser", "--no-input", env=self._environment)

    def manage(self, *arguments: str, **variables: str) -> str:
        """What a command of Django's or of an app's writes."""
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            cwd=self.folder,
            env={**self._environment, **variables},
            check=True,
            timeout=PATIENCE_S,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ).stdout

    def _run(self, *command: str | Path, env: dict[str, str] | None = None) -> None:
        subprocess.run(command, cwd=self.folder, env=env, check=True, timeout=PATIENCE_S)

    @contextmanager
    def serving(self, *, middleware: bool) -> Iterator[None]:
        """Serve it until the end, with or without a middleware of the project's own."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        with self.log.open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "django", "runserver", "--noreload", address],
                cwd=self.folder,
                env={**self._environment, "SITE_MIDDLEWARE": str(int(middleware))},
                stdout=log,
                stderr=log,
            )
        try:
            wait_until_it_answers(f"http://{address}{self.home}", process)
            self.address = f"http://{address}"
            yield
        finally:
            process.terminate()
            process.wait(timeout=10)
