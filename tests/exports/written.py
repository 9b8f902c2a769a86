"""Running what was written out, and comparing what it leaves in the database."""

from __future__ import annotations

import ast
import contextlib
import re
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.dispatch import Signal

from signals_panel.describe import defined_signals

_DISCONNECT = re.compile(r"^#     (\w[\w.]*\.disconnect\(.*\))$")


def heading_of(code: str) -> list[str]:
    """The comment that the module begins with."""
    lines = code.splitlines()
    return lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))]


def disconnects_in(lines: list[str]) -> list[str]:
    return [found[1] for line in lines if (found := _DISCONNECT.match(line))]


def functions_in(code: str) -> list[str]:
    tree = ast.parse(code)
    return [
        node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def calls_in(code: str, number: int = 0) -> list[str]:
    """What the number-th function calls, as it is written, without Django's part."""
    body = [
        n for n in ast.parse(code).body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    return [ast.unparse(node) for node in ast.walk(body[number]) if isinstance(node, ast.Call)]


@contextlib.contextmanager
def receivers_as_they_were():
    """Whatever is disconnected in this block is connected again after it."""
    signals: list[Signal] = [signal for name in defined_signals() if (signal := name.signal())]
    before = [(signal, list(signal.receivers)) for signal in signals]
    try:
        yield
    finally:
        for signal, receivers in before:
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()


def functions_of(code: str, *, all_of_it: bool = False) -> dict[str, Any]:
    """Run the module and disconnect what its heading names, or all headings."""
    namespace: dict[str, Any] = {"__name__": "written"}
    exec(compile(code, "written.py", "exec"), namespace)
    lines = disconnects_in(code.splitlines() if all_of_it else heading_of(code))
    assert lines
    for line in lines:
        # It says whether there was such a receiver.
        assert eval(line, namespace) is True, line
    return namespace


def rows() -> dict[str, list[Any]]:
    """All rows of all tables, without times and the keys of relations."""
    return {
        model._meta.label: [
            tuple(
                (field.attname, getattr(row, field.attname))
                for field in model._meta.concrete_fields
                if not isinstance(field, models.DateTimeField)
                # With nobody to tell, Django adds to a relation what is there already, in vain.
                and not (model._meta.auto_created and field.primary_key)
            )
            for row in model._base_manager.order_by("pk")
        ]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


@contextlib.contextmanager
def taken_back():
    """What is done in this block is undone after it, down to the next primary keys."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
