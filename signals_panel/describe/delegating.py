"""Calls that only delegate: ``super().save(...)`` in a ``save()``, a call of a manager in one."""

from __future__ import annotations

import ast
import re
from types import CodeType

from signals_panel.describe.source import call_text, parsed

# Methods in which a call of a manager is no more than the method's own work.
_WRITES = frozenset(
    f"{prefix}{name}"
    for prefix in ("", "a")
    for name in (
        "save", "save_base", "delete", "create", "update", "get_or_create", "update_or_create",
        "bulk_create", "bulk_update", "full_clean", "clean", "clean_fields",
    )
)  # fmt: skip
_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager", "get_queryset"})


def may_delegate(code: CodeType) -> bool:
    """Whether a function may hold a call that only delegates."""
    return "super" in code.co_names or code.co_name in _WRITES


def delegates(code: CodeType, instruction: int) -> bool:
    """Whether the call made here is that of the method overridden, or of a manager."""
    function = _called_function(call_text(code, instruction))
    if not isinstance(function, ast.Attribute):
        return False
    name, of = code.co_name, function.value
    if isinstance(of, ast.Call) and isinstance(of.func, ast.Name) and of.func.id == "super":
        return function.attr.removeprefix("a") == name.removeprefix("a")
    return name in _WRITES and any(
        getattr(each, "attr", None) in _MANAGERS for each in ast.walk(of)
    )


def _called_function(text: str) -> ast.expr | None:
    """The function in a call, or in the statement that the call makes up."""
    tree = parsed(text.strip())
    if tree is None or len(tree.body) != 1:
        # Before Python 3.11 the line alone is known, and the call may go on after it.
        head = text.partition("(")[0] if "super()" not in text else text.partition("super()")[2]
        name = head.partition("(")[0].strip(". ")
        tree = parsed(f"super().{name}()") if _is_super(text, name) else None
        if tree is None:
            return None
    (statement,) = tree.body
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Await):
        value = value.value
    return value.func if isinstance(value, ast.Call) else None


def _is_super(text: str, name: str) -> bool:
    return name.isidentifier() and bool(
        re.match(r"(return\s+|\w+\s*=\s*)?(await\s+)?super\(\)\.", text.strip())
    )
