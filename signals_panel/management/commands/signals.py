"""``manage.py signals``: what is connected, and whether a file says so."""

from __future__ import annotations

import difflib
import shlex
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signals_panel.exports.connected import ENDINGS, FORMATS, contents
from signals_panel.wiring import UnknownName
from signals_panel.wording import connected as words

_FILTERS = ("model", "signal", "app")


class Command(BaseCommand):
    """List what is connected, or compare it with a file."""

    help = words.HELP
    # They import the URLs, and with them modules that no one else has imported; and an error
    # elsewhere is no reason not to say what is connected.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to list, in which format, and what to compare it with."""
        parser.add_argument("--model", metavar="APP.MODEL", help=words.HELP_MODEL)
        parser.add_argument("--signal", metavar="NAME", help=words.HELP_SIGNAL)
        parser.add_argument("--app", metavar="LABEL", help=words.HELP_APP)
        parser.add_argument("--format", choices=list(FORMATS), help=words.HELP_FORMAT)
        parser.add_argument("--check", metavar="FILE", help=words.HELP_CHECK)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the list, or the difference; raise ``CommandError`` if there is one."""
        path = options["check"]
        format_name = options["format"] or ("text" if path is None else _format_of(path))
        filters = {name: options[name] for name in _FILTERS}
        command = _command(filters, format_name)
        try:
            text = FORMATS[format_name](contents(command, **filters))
        except UnknownName as error:
            raise CommandError(words.unknown_text(error)) from None
        if path is None:
            self.stdout.write(text, ending="")
        else:
            self._compare(path, text, f"{command} > {shlex.quote(path)}")

    def _compare(self, path: str, text: str, command: str) -> None:
        try:
            there = Path(path).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise CommandError(words.missing_text(path, command)) from None
        except (OSError, UnicodeError) as error:
            raise CommandError(words.unreadable_text(path, str(error), command)) from None
        diff = difflib.unified_diff(
            there.splitlines(), text.splitlines(), path, command.partition(" > ")[0], lineterm=""
        )
        lines = list(diff)
        if lines:
            self.stdout.write("\n".join(lines))
            raise CommandError(words.differs_text(path, command))


def _format_of(path: str) -> str:
    found = ENDINGS.get(Path(path).suffix.lower())
    if found is None:
        raise CommandError(words.no_format_text(path, list(ENDINGS)))
    return found


def _command(filters: dict[str, str | None], format_name: str) -> str:
    """What was asked for, as anybody would type it."""
    given = [f"--{name}={value}" for name, value in filters.items() if value is not None]
    return shlex.join(["python", "manage.py", "signals", *given, f"--format={format_name}"])
