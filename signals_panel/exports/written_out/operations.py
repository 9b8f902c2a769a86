"""The functions for operations of models: what was saved, deleted or changed, and who heard."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from signals_panel.describe import class_dict, class_module, class_mro
from signals_panel.exports.written_out.functions import Function, Given, Heard
from signals_panel.exports.written_out.given import (
    DEFAULT,
    signal_given,
    text_given,
    using_text,
)
from signals_panel.exports.written_out.inside import own_dispatches
from signals_panel.exports.written_out.models import model_of, short
from signals_panel.exports.written_out.parts import Part, said_in
from signals_panel.exports.written_out.relations import write_change
from signals_panel.exports.written_out.source import call, quoted, words_of
from signals_panel.wording import written_out as words


def _fields(names: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


def write_operation(function: Function) -> None:
    """Write the lines of an operation."""
    model = model_of(function.part.row["model"])
    if function.part.row["operation"] == "m2m":
        write_change(function, model)
    elif function.part.row["operation"] == "delete":
        _delete(function, model)
    else:
        _save(function, model)


def _of_signal(function: Function, name: str) -> list[Part]:
    return [
        part
        for part in own_dispatches(function.part)
        if part.row["signal"].rpartition(".")[2] == name
    ]


def _note_override(function: Function, model: Any, method: str) -> None:
    for base in class_mro(model):
        if method in class_dict(base):
            if not class_module(base).startswith("django."):
                text = words.OVERRIDDEN.format(model=short(model), method=method)
                function.note(text)
            return


# Saving -----------------------------------------------------------------------------------


def _save(function: Function, model: Any) -> None:
    function.title = f"the {function.part.row['model']}"
    instance = function.parameter(words_of(short(model)))
    facts, is_whole = said_in(own_dispatches(function.part))
    arguments = {}
    fields = {each.only for each in facts}
    if len(fields) > 1 or not is_whole:
        update_fields = function.parameter("update_fields", "None")
        arguments["update_fields"] = update_fields
        sent_fields = f"{update_fields} and frozenset({update_fields})"
    else:
        only = fields.pop() if fields else None
        sent_fields = "None"
        if only is not None:
            arguments["update_fields"] = _fields(only)
            sent_fields = f"frozenset({_fields(only)})"
    using = using_text(function, {each.using for each in facts})
    if using != DEFAULT:
        arguments["using"] = using
    is_raw = bool(facts) and all(each.raw for each in facts)
    given: dict[str, Any] = {
        "sender": partial(function.context.sender, function.part.row["model"]),
        "instance": text_given(instance),
    }
    rest = {
        "raw": text_given(str(is_raw)),
        "using": text_given(using),
        "update_fields": text_given(sent_fields),
    }
    before = function.heard(_of_signal(function, "pre_save"))
    after = function.heard(_of_signal(function, "post_save"))
    if before or after:
        _note_override(function, model, "save")
    function.call_all(before, {**given, **rest, **signal_given(function, before)})
    saved = len(function.lines)
    method = "save_base" if is_raw else "save"
    if is_raw:
        arguments["raw"] = "True"
    texts = [f"{name}={value}" for name, value in arguments.items()]
    function.lines += call(f"{instance}.{method}", texts, words.own_cost_text(function.part.row), 4)
    created = function.local("created")
    given |= {"created": text_given(created), **rest, **signal_given(function, after)}
    at = len(function.lines)
    function.call_all(after, given)
    if any(re.search(rf"\b{created}\b", line) for line in function.lines[at:]):
        # It is read once the first receivers are through, which may change what is saved.
        function.lines.insert(saved, f"    {created} = {instance}._state.adding")


# Deleting ---------------------------------------------------------------------------------


def _delete(function: Function, model: Any) -> None:
    row = function.part.row
    function.title = f"the {row['model']}"
    dispatches = own_dispatches(function.part)
    # A queryset's delete() tells of each of its objects.
    of_many = any(part.row["count"] > row["count"] for part in dispatches)
    wish = words_of(short(model))
    origin = function.parameter(f"{wish}s" if of_many else wish)
    instance = function.local(wish) if of_many else origin
    facts, _ = said_in(dispatches)
    using = using_text(function, {each.using for each in facts})
    given: dict[str, Any] = {
        "sender": partial(function.context.sender, row["model"]),
        "instance": text_given(instance),
        "using": text_given(using),
        "origin": text_given(origin),
    }
    before = function.heard(_of_signal(function, "pre_delete"))
    after = function.heard(_of_signal(function, "post_delete"))
    names = function.context.names
    if before or after:
        _note_override(function, model, "delete")
    atomic = names.imported("django.db", "transaction")
    alias = "" if using == DEFAULT else f"using={using}"
    function.add(f"with {atomic}.atomic({alias}):", words.ATOMIC)
    found = function.local("found") if of_many else ""
    if of_many:
        # As Django sorts them; afterwards it goes the other way round.
        function.add(f"{found} = sorted({origin}, key=lambda {instance}: {instance}.pk)", indent=8)
    _each(function, before, {**given, **signal_given(function, before)}, instance, found)
    cost = words.own_cost_text(row)
    given |= signal_given(function, after)
    if of_many or not after:
        function.lines += call(f"{origin}.delete", [alias] * (bool(alias) and not of_many), cost, 8)
        _each(function, after, given, instance, f"reversed({found})" if found else "")
        return
    key = function.local("pk")
    function.add(f"{key} = {instance}.pk", indent=8)
    function.lines += call(f"{origin}.delete", [alias] * bool(alias), cost, 8)
    function.add(f"{instance}.pk = {key}", words.KEYS, 8)
    function.call_all(after, given, indent=8)
    function.add(f"{instance}.pk = None", indent=8)


def _each(function: Function, heard: list[Heard], given: Given, instance: str, found: str) -> None:
    if heard and found:
        function.add(f"for {instance} in {found}:", indent=8)
    function.call_all(heard, given, indent=12 if found else 8)
