"""Which exceptions are the panel's own mistakes, and which are the program's to have."""

from __future__ import annotations

import functools
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import signals_panel
from signals_panel.describe import is_interruption, is_own_fault


class Alarm(Exception):
    """What a timeout raises."""


def raise_alarm(number, frame, message="too long"):
    raise Alarm(message)


class Raises:
    """A handler with a method for it, and one that is called itself."""

    def __call__(self, number, frame):
        raise Alarm("too long")

    def method(self, number, frame):
        raise Alarm("too long")

    @classmethod
    def of_the_class(cls, number, frame):
        raise Alarm("too long")


def raised_by_signal():
    """What the handler in force raises when its signal comes."""
    try:
        signal.raise_signal(signal.SIGUSR1)
    except Alarm as error:
        return error


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="Windows has no such signal")
@pytest.mark.parametrize(
    "handler",
    [
        raise_alarm,
        functools.partial(raise_alarm, message="much too long"),
        functools.partial(functools.partial(raise_alarm)),
        Raises(),
        Raises().method,
        Raises.of_the_class,
        functools.partial(Raises().method),
    ],
    ids=[
        "function",
        "partial",
        "partial of one",
        "object",
        "method",
        "class method",
        "of a method",
    ],
)
def test_what_a_handler_raises_interrupts(handler):
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        error = raised_by_signal()
        assert type(error) is Alarm
        assert is_interruption(error)
        assert not is_own_fault(error)
        # The same from the same code, called by the program itself.
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
        assert not is_interruption(error)
    finally:
        signal.signal(signal.SIGUSR1, before)


# Python's path may name the folder of a package by way of another.
SCRIPT = """
import sys
sys.path.insert(0, {path!r})
from django.conf import settings
settings.configure(DATABASES={{}})
import django
django.setup()
import signals_panel
from signals_panel.describe import clean, is_own_fault
assert ".." in signals_panel.__file__, signals_panel.__file__
try:
    clean(None)
except AttributeError as error:
    # Without this frame: where this is asked, the package's own has caught it.
    error.__traceback__ = error.__traceback__.tb_next
    print(is_own_fault(error))
"""


def test_the_package_knows_its_own_files_by_any_path(tmp_path):
    home = Path(signals_panel.__file__).parent.parent
    (tmp_path / "somewhere").mkdir()
    (tmp_path / "signals_panel").symlink_to(home / "signals_panel")
    path = str(tmp_path / "somewhere" / "..")
    shown = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(path=path)], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "True"
