"""One function in the making: its parameters, its lines, and the calls of receivers in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from signals_panel.exports.written_out import inside
from signals_panel.exports.written_out.context import Context
from signals_panel.exports.written_out.parts import Part, Row
from signals_panel.exports.written_out.receivers import Called, Stays, receiver_of, signal_of
from signals_panel.exports.written_out.source import call, comment, quoted
from signals_panel.wording import written_out as words

Given = Mapping[str, Callable[[], str]]
"""The arguments of a send by name, each as an expression that is made when it is needed."""


class Heard(NamedTuple):
    """A receiver to be called, with the rows that tell of it."""

    called: Called
    part: Part | None
    """None for one that wasn't called, because ``raised`` had raised."""
    dispatch: Row
    raised: str = ""


class Function:
    """A function that does what the receivers of an operation or of a send did."""

    def __init__(self, context: Context, part: Part, name: str, inside_of: str = "") -> None:
        self.context = context
        self.part = part
        self.name = name
        self.inside_of = inside_of
        self.parameters: list[str] = []
        self.defaults: dict[str, str] = {}
        self.title = ""
        """What its docstring calls the model or signal."""
        self.is_async = False
        self.lines: list[str] = []
        self.disconnects: dict[str, None] = {}
        self.stays: dict[str, None] = {}
        self._locals: set[str] = set()
        self.signals: set[tuple[str, str | None]] = set()
        """What it calls the receivers of."""

    def local(self, wish: str) -> str:
        """A name for a variable."""
        name = self.context.names.local(wish, self._locals)
        self._locals.add(name)
        return name

    def parameter(self, wish: str, default: str | None = None) -> str:
        """A name for a parameter."""
        name = self.local(wish)
        self.parameters.append(name)
        if default is not None:
            self.defaults[name] = default
        return name

    def example(self) -> str:
        """How it is called."""
        needed = [name for name in self.parameters if name not in self.defaults]
        return f"{'await ' if self.is_async else ''}{self.name}({', '.join(needed)})"

    def head(self) -> str:
        """Its ``def``."""
        parameters = [
            f"{name}={self.defaults[name]}" if name in self.defaults else name
            for name in self.parameters
        ]
        return f"{'async ' if self.is_async else ''}def {self.name}({', '.join(parameters)}):"

    def add(self, code: str, note: str = "", indent: int = 4) -> None:
        """Add a line."""
        self.lines.append(f"{' ' * indent}{code}" + (f"  # {note}" if note else ""))

    def note(self, text: str, indent: int = 4) -> None:
        """Add a comment of its own."""
        self.lines += comment(text, indent)

    # Receivers

    def heard(self, dispatches: list[Part]) -> list[Heard]:
        """The receivers that are called by name; of the others it is noted why they aren't."""
        found: list[Heard] = []
        for dispatch in dispatches:
            row = dispatch.row
            self.signals.add((row["signal"], row["sender"]))
            calls = dispatch.of("call")
            names = {part.row["receiver"] for part in calls}
            for part in calls:
                name = part.row["receiver"]
                become = receiver_of(name, row, part.row["origin"])
                if type(become) is Called:
                    found.append(Heard(become, part, row))
                    self._disconnect(become, row)
                elif type(become) is Stays:
                    place = self.context.place(part.row["defined_at"])
                    self.stays[words.stays_text(name, become.why, place)] = None
                for other in part.row["not_called"]:
                    become = receiver_of(other, row)
                    if other not in names and type(become) is Called:
                        names.add(other)
                        found.append(Heard(become, None, row, name))
                        self._disconnect(become, row)
        return found

    def _disconnect(self, called: Called, row: Row) -> None:
        found, _ = signal_of(row)
        if found is None:
            return
        names = self.context.names
        signal = names.imported(found.module, found.name)
        for each in called.connections:
            arguments = [names.imported(called.found.module, called.found.name)]
            sender = None if each.is_for_all else self.context.sender(row["sender"])
            if sender is not None:
                arguments.append(f"sender={sender}")
            if each.dispatch_uid is not None:
                arguments.append(f"dispatch_uid={quoted(each.key)}")
            self.disconnects[f"{signal}.disconnect({', '.join(arguments)})"] = None

    def call_all(
        self, heard: list[Heard], given: Given, rest: str = "", indent: int = 4, note: str = ""
    ) -> None:
        """Call receivers one after the other; with a note in place of what each cost."""
        for each in heard:
            is_guarded = self._guard(each, given, indent)
            self._call(each, given, rest, indent + 4 * is_guarded, note)

    def _guard(self, heard: Heard, given: Given, indent: int) -> bool:
        if heard.part is None or "created" not in given or not wants(heard, "created"):
            return False
        row = heard.dispatch
        key = (row["signal"], row["sender"], heard.part.row["receiver"])
        is_created = self.context.guards.get(key)
        if is_created is None:
            return False
        self.note(words.guarded_text(is_created), indent)
        self.add(f"if {'' if is_created else 'not '}{given['created']()}:", indent=indent)
        return True

    def _call(self, heard: Heard, given: Given, rest: str, indent: int, note: str) -> None:
        is_robust = "robust" in heard.dispatch["method"]
        if is_robust:
            self.add("try:", indent=indent)
        times = max(1, len(heard.called.connections))
        for _ in range(times):
            self.lines += self.call_lines(heard, given, rest, indent + 4 * is_robust, note)
        if is_robust:
            self.context.names.module("logging")
            self.add("except Exception:", indent=indent)
            self.add(f'logger.exception("{words.LOGGED}")', indent=indent + 4)

    def call_lines(
        self,
        heard: Heard,
        given: Given,
        rest: str,
        indent: int,
        note: str = "",
        in_gather: bool = False,
    ) -> list[str]:
        """The call of one receiver, and what happened inside of it as comments."""
        found, part = heard.called.found, heard.part
        names = self.context.names
        function = names.imported(found.module, found.name)
        is_awaitable = part is not None and part.row["is_async"]
        if self.is_async and not is_awaitable:
            function = f"{names.imported('asgiref.sync', 'sync_to_async')}({function})"
        elif is_awaitable and not self.is_async:
            function = f"{names.imported('asgiref.sync', 'async_to_sync')}({function})"
        if self.is_async and not in_gather:
            function = f"await {function}"
        cost = words.not_called_text(heard.raised)
        if part is not None:
            cost = words.cost_text(part.row)
        arguments = [
            f"{name}={expression()}" for name, expression in given.items() if wants(heard, name)
        ]
        if rest and wants(heard, "**"):
            arguments.append(f"**{rest}")
        lines = call(function, arguments, note or cost, indent, "," if in_gather else "")
        if part is not None and not note:
            lines += inside.lines_of(self.context, part, indent)
        return lines


def wants(heard: Heard, name: str) -> bool:
    """Whether a receiver may look at an argument; ``**`` for those that it doesn't name."""
    parameters = heard.called.parameters
    return parameters is None or parameters.takes_rest or name in parameters.names
