"""The function for a change of a many-to-many relation, as Django makes it: step by step."""

from __future__ import annotations

from functools import partial
from typing import Any

import django

from signals_panel.exports.written_out.functions import Function, Heard, wants
from signals_panel.exports.written_out.given import (
    DEFAULT,
    signal_given,
    text_given,
    using_text,
)
from signals_panel.exports.written_out.inside import own_dispatches
from signals_panel.exports.written_out.models import Relation, relation_of, short
from signals_panel.exports.written_out.parts import said_in
from signals_panel.exports.written_out.source import call, quoted, words_of
from signals_panel.wording import written_out as words

_STEPS = {"add": ["add"], "create": ["add"], "remove": ["remove"], "clear": ["clear"]}


def write_change(function: Function, through: Any) -> None:
    """Call the receivers before and after each step of the change."""
    row = function.part.row
    dispatches = own_dispatches(function.part)
    facts, _ = said_in(dispatches)
    is_clear = any(each.verb == "clear" for each in facts)
    steps = _STEPS.get(row["note"], ["clear", "add"] if is_clear else ["remove", "add"])
    relation = relation_of(through, attribute := function.context.attribute(row))
    if relation is None:
        raise ValueError(words.NOTHING)
    function.title = f"the {relation.name} of the {relation.model._meta.label}"
    if not attribute:
        function.note(words.SIDE.format(model=short(relation.model)))
    instance = function.parameter(words_of(short(relation.model)))
    others = ""
    if steps != ["clear"]:
        others = function.parameter(f"{words_of(short(relation.target))}s")
    using = using_text(function, {each.using for each in facts})
    heard = function.heard(dispatches)
    atomic = function.context.names.imported("django.db", "transaction")
    alias = "" if using == DEFAULT else f"using={using}"
    function.add(f"with {atomic}.atomic({alias}):", words.ATOMIC)
    keys = _Keys(function, relation, instance, others, steps)
    keys.note(any(wants(each, "pk_set") for each in heard))
    for step in steps:
        _step(function, heard, keys, step, using)


class _Keys:
    """The primary keys that a change is about, as Django works them out."""

    def __init__(
        self, function: Function, relation: Relation, instance: str, others: str, steps: list[str]
    ) -> None:
        self.function, self.relation = function, relation
        self.instance, self.others, self.steps = instance, others, steps
        self.manager = f"{instance}.{relation.name}"
        self.are_noted = False
        self.wanted = self.old = ""

    @property
    def is_set(self) -> bool:
        """Whether only what differs is added and removed."""
        return len(self.steps) > 1

    def note(self, are_wanted: bool) -> None:
        """Keep the keys in variables, if anybody asks for them."""
        function = self.function
        if not self.others or not (are_wanted or self.is_set):
            return
        self.are_noted = True
        other = function.local(words_of(short(self.relation.target)))
        self.wanted = function.local("keys")
        function.add(f"{self.wanted} = {{{other}.pk for {other} in {self.others}}}", indent=8)
        if self.steps not in (["remove"], ["clear", "add"]):
            self.old = function.local("old_keys")
            function.add(f'{self.old} = set({self.manager}.values_list("pk", flat=True))', indent=8)

    def of(self, step: str) -> str:
        """An expression for those of one step."""
        if not self.old:
            return self.wanted
        return f"{self.wanted} - {self.old}" if step == "add" else f"{self.old} - {self.wanted}"


def _step(function: Function, heard: list[Heard], keys: _Keys, step: str, using: str) -> None:
    row = function.part.row
    has_keys = keys.are_noted and step != "clear"
    pk_set = function.local("pk_set") if has_keys else "None"
    given: dict[str, Any] = {
        "sender": partial(function.context.sender, row["model"]),
        "instance": text_given(keys.instance),
        "action": text_given(quoted(f"pre_{step}")),
        "reverse": text_given(str(keys.relation.is_reverse)),
        "model": partial(function.context.sender, keys.relation.target._meta.label),
        "pk_set": text_given(pk_set),
        "using": text_given(using),
        **({"raw": text_given("False")} if django.VERSION >= (6, 1) else {}),
        **signal_given(function, heard),
    }
    indent = 8
    if has_keys:
        function.add(f"{pk_set} = {keys.of(step)}", indent=8)
        if keys.is_set:
            function.add(f"if {pk_set}:", indent=8)
            indent = 12
    function.call_all(heard, given, indent=indent, note=words.BELOW)
    arguments = [] if step == "clear" else [f"*{pk_set if has_keys else keys.others}"]
    # Of several steps it isn't known what each cost.
    cost = words.own_cost_text(row) if step == keys.steps[-1] else words.BELOW
    function.lines += call(f"{keys.manager}.{step}", arguments, cost, indent)
    is_last = step == keys.steps[-1]
    given["action"] = text_given(quoted(f"post_{step}"))
    function.call_all(heard, given, indent=indent, note="" if is_last else words.BELOW)
