"""The whole module: the function asked for, those for what happened inside, imports, headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from signals_panel.exports.written_out.context import Context
from signals_panel.exports.written_out.functions import Function
from signals_panel.exports.written_out.inside import has_receivers, own_dispatches
from signals_panel.exports.written_out.models import model_of, relation_of, short
from signals_panel.exports.written_out.operations import write_operation
from signals_panel.exports.written_out.parts import Part, operation_around, part_at
from signals_panel.exports.written_out.sends import write_send
from signals_panel.exports.written_out.source import comment, is_name, plain, words_of
from signals_panel.wording import written_out as words

_MAX_FUNCTIONS = 12
_MAX_STATEMENT = 120


def find(report: Mapping[str, Any], index: int) -> Part | None:
    """The operation or dispatch at a row's index that can be written out, if it is one."""
    rows = report["rows"]
    if not 0 <= index < len(rows) or rows[index]["kind"] not in ("dispatch", "operation"):
        return None
    part = part_at(rows, index)
    if not has_receivers(part):
        return None
    if part.kind == "dispatch":
        around = part_at(rows, operation_around(rows, index))
        # What was deleted along with another object is sent of its own.
        if any(each.number == index for each in own_dispatches(around)):
            part = around
    return part if part.kind == "dispatch" or _is_known(part) else None


def _is_known(part: Part) -> bool:
    model = model_of(part.row["model"])
    if part.row["operation"] == "m2m":
        return model is not None and relation_of(model) is not None
    return model is not None and part.row["operation"] in ("save", "delete")


class Writer:
    """Writes one part of a report out as a module."""

    def __init__(
        self, report: Mapping[str, Any], part: Part, short_path: Callable[[str], str]
    ) -> None:
        self._report = report
        self._context = Context(report, short_path, self.inner)
        self._functions: dict[tuple[Any, ...], Function] = {}
        self._main = self._new(part, "")

    def text(self) -> str:
        """The module's source."""
        written: list[Function] = []
        # Writing one may find more.
        while len(written) < len(self._functions):
            function = list(self._functions.values())[len(written)]
            if function.part.kind == "operation":
                write_operation(function)
            else:
                write_send(function)
            written.append(function)
        lines = self._heading(self._main)
        bodies: list[str] = []
        for function in written:
            bodies += ["", ""]
            if function is not self._main:
                bodies += self._heading(function)
            bodies += [function.head(), f'    """{plain(words_of_doc(function))}"""']
            bodies += function.lines
        lines += self._context.names.imports()
        if self._context.names.has("logging"):
            lines += ["", "logger = logging.getLogger(__name__)"]
        return "\n".join([*lines, *bodies]) + "\n"

    def inner(self, part: Part, around: str) -> tuple[str, bool]:
        """The function for what happened inside of a receiver, if there is room for one.

        And whether its receivers are disconnected along with those of the function asked for.
        """
        found = find(self._report, part.number)
        if found is None:
            return "", False
        function = self._functions.get(_key(found))
        if function is None and len(self._functions) < _MAX_FUNCTIONS:
            function = self._new(found, around)
        mine = {(each.row["signal"], each.row["sender"]) for each in own_dispatches(found)}
        main = self._main.part
        lost = {(each.row["signal"], each.row["sender"]) for each in own_dispatches(main)}
        if main.kind == "dispatch":
            # They may be connected for all senders.
            is_lost = {signal for signal, _ in mine} & {signal for signal, _ in lost}
            return (function.name if function else ""), bool(is_lost)
        return (function.name if function else ""), bool(mine & lost)

    def _new(self, part: Part, around: str) -> Function:
        function = Function(self._context, part, self._context.names.new(self._name(part)), around)
        self._functions[_key(part)] = function
        return function

    def _name(self, part: Part) -> str:
        row = part.row
        if part.kind == "dispatch":
            name = row["signal"].rpartition(".")[2]
            return f"on_{name}" if is_name(name) else "on_signal"
        model = model_of(row["model"])
        if row["operation"] == "m2m":
            relation = relation_of(model, self._context.attribute(row))
            return f"{row['note']}_{relation.name}" if relation else row["note"]
        return f"{row['operation']}_{words_of(short(model))}"

    def _heading(self, function: Function) -> list[str]:
        row = function.part.row
        place = self._context.place(row["sent_from"])
        statement = plain(self._context.statement(row))
        if len(statement) > _MAX_STATEMENT:
            statement = f"{statement[:_MAX_STATEMENT]} ..."
        if function is self._main:
            texts = words.head_texts(row, place, statement)
            is_awaited = "await " in statement and not function.is_async
            use = words.use_texts(row, function.example(), row["kind"] == "dispatch", is_awaited)
        else:
            around = function.inside_of
            first, *use = words.inside_texts(row, around, place, statement, function.example())
            texts = [first]
        lines = [line for text in texts for line in comment(text)]
        lines += ["#", *(line for text in use for line in comment(text)), "#"]
        lines += [f"#     {plain(line)}" for line in function.disconnects]
        if function.stays:
            lines += ["#", *comment(words.STAYS_CONNECTED), "#"]
            lines += [
                line for text in function.stays for line in comment(f"    {text}", 0, "        ")
            ]
        return lines


def words_of_doc(function: Function) -> str:
    """The docstring of a function."""
    return words.doc_text(function.part.row, function.title)


def _key(part: Part) -> tuple[Any, ...]:
    row = part.row
    if part.kind == "operation":
        is_relation = row["operation"] == "m2m"
        return (row["operation"], row["model"], row["note"] if is_relation else "")
    return (row["signal"], row["sender"], row["method"])
