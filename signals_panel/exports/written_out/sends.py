"""The function for a send of a signal: the receivers' calls, with what was sent."""

from __future__ import annotations

import ast
import sys
from functools import partial
from typing import Any

from signals_panel.describe import is_project_file, namespace, parsed
from signals_panel.exports.written_out.context import Context
from signals_panel.exports.written_out.functions import Function, Given, Heard
from signals_panel.exports.written_out.parts import Part, Row
from signals_panel.exports.written_out.receivers import signal_of
from signals_panel.exports.written_out.source import is_name, plain
from signals_panel.wording import written_out as words

_NOT_SENT = ("sender", "signal", "self", "cls")


def write_send(function: Function) -> None:
    """Call the receivers of a dispatch that no operation sent."""
    part, row = function.part, function.part.row
    function.title = plain(row["signal"].rpartition(".")[2])
    function.is_async = row["method"].startswith("a")
    heard = function.heard([part])
    given, rest = _given(function, heard)
    if function.stays and _is_projects(row):
        _keep_sending(function, given, rest)
    awaited = [each for each in heard if each.part is not None and each.part.row["is_async"]]
    if function.is_async and row["concurrent"] and len(awaited) > 1:
        function.call_all([each for each in heard if each not in awaited], given, rest)
        _gather(function, awaited, given, rest)
    else:
        function.call_all(heard, given, rest)
    if not function.lines:
        function.add("pass")


def _given(function: Function, heard: list[Heard]) -> tuple[Given, str]:
    context, row = function.context, function.part.row
    statement = _statement(context, row)
    names = _sent_names(context, function.part, statement)
    is_known = names is not None
    if names is None:
        wanted = [each.called.parameters for each in heard]
        names = list(
            dict.fromkeys(name for each in wanted if each is not None for name in each.names)
        )
        is_known = all(each is not None and not each.takes_rest for each in wanted)
    sender = _sender(function, statement)
    given: dict[str, Any] = {"sender": lambda: sender}
    for name in names:
        if name not in _NOT_SENT:
            given[name] = partial(str, function.parameter(name))
    rest = ""
    if not is_known:
        rest = function.local("named")
        function.parameters.append(f"**{rest}")
    found, _ = signal_of(row)
    if found is not None:
        given["signal"] = partial(context.names.imported, found.module, found.name)
    return given, rest


def _sender(function: Function, statement: ast.Call | None) -> str:
    """An expression for the sender: what can be imported, or a parameter."""
    name = function.part.row["sender"]
    if name is None:
        return "None"
    written: ast.expr | None = None
    if statement is not None:
        by_name = [each.value for each in statement.keywords if each.arg == "sender"]
        written = next(iter([*by_name, *statement.args]), None)
    # An object's name is that of its class.
    is_object = isinstance(written, ast.Name) and written.id != name.rpartition(".")[2]
    found = None if is_object else function.context.sender(name)
    return found or function.parameter("sender")


def _statement(context: Context, row: Row) -> ast.Call | None:
    """The call that sent it, if the line in the report holds it."""
    tree = parsed(context.statement(row, innermost=True))
    calls = [
        node
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == row["method"]
    ]
    return calls[0] if len(calls) == 1 else None


def _sent_names(context: Context, part: Part, statement: ast.Call | None) -> list[str] | None:
    """The names of what was sent; None where they aren't known, or are no names."""
    shown = context.report["details"].get(str(part.number), {}).get("arguments")
    if shown:
        names: list[Any] = [name for name, _ in shown]
    elif statement is not None:
        names = [each.arg for each in statement.keywords]
    else:
        return None
    return names if all(type(name) is str and is_name(name) for name in names) else None


def _is_projects(row: Row) -> bool:
    found, _ = signal_of(row)
    path = namespace(sys.modules.get(found.module)).get("__file__") if found else None
    return type(path) is str and is_project_file(path)


def _keep_sending(function: Function, given: Given, rest: str) -> None:
    arguments = [f"{name}={value()}" for name, value in given.items() if name != "signal"]
    if rest:
        arguments.append(f"**{rest}")
    send = f"{given['signal']()}.{function.part.row['method']}({', '.join(arguments)})"
    function.add(f"{'await ' if function.is_async else ''}{send}", words.STILL_SENT)


def _gather(function: Function, heard: list[Heard], given: Given, rest: str) -> None:
    names = function.context.names
    is_robust = "robust" in function.part.row["method"]
    results = f"{function.local('results')} = " if is_robust else ""
    function.add(f"{results}await {names.module('asyncio')}.gather(")
    for each in heard:
        function.lines += function.call_lines(each, given, rest, 8, in_gather=True)
    if is_robust:
        function.add("return_exceptions=True,", indent=8)
    function.add(")")
    if is_robust:
        names.module("logging")
        result = function.local("result")
        function.add(f"for {result} in {results[:-3]}:")
        function.add(f"if isinstance({result}, Exception):", indent=8)
        function.add(f'logger.error("{words.LOGGED}", exc_info={result})', indent=12)
