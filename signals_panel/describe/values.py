"""Values shortened when captured: SQL, its parameters, exceptions."""

from __future__ import annotations

import datetime
import decimal
import itertools
import math
import uuid
from types import WrapperDescriptorType
from typing import Any

from signals_panel.describe.faults import is_own_fault
from signals_panel.describe.objects import class_module, class_name, class_path, clean, options_of

_MAX_SQL = 10_000
_MAX_TEXT = 200
_MAX_ITEMS = 20
_MAX_ROWS = 3
_MAX_DEPTH = 3
_MAX_ERROR = 500
_MAX_KEY = 50

# Types whose str() is Python's own and short; exactly these, never a subclass.
_PRINTABLE = frozenset(
    {
        datetime.date,
        datetime.time,
        datetime.timedelta,
        decimal.Decimal,
        uuid.UUID,
        complex,
    }
)

Plain = Any
"""None, bool, int, float, str, or lists and dicts of these."""


def shorten(text: str, length: int) -> str:
    """Cut ``text`` to ``length`` characters, and say how much was left out."""
    if len(text) <= length:
        return text
    return f"{text[:length]}… ({len(text) - length:,} more characters)"


def sql_text(sql: Any) -> str:
    """A statement as text. psycopg's composed SQL is put together from its plain parts."""
    if type(sql) is str and len(sql) <= _MAX_SQL and sql.isascii():
        return sql
    try:
        return clean(shorten(_sql(sql), _MAX_SQL))
    except Exception as error:
        if not is_own_fault(error):
            raise
        return f"({_type_name(sql)} that can't be shown)"


def _sql(sql: Any, depth: int = 0) -> str:
    kind = type(sql)
    if kind is str:
        return str(sql)
    if kind is bytes:
        return str(sql, "utf-8", "backslashreplace")
    if issubclass(kind, str):
        return str.__str__(sql)
    # psycopg.sql: as_string() would ask the connection, and adapters written by the user.
    is_psycopgs = class_module(kind).startswith("psycopg")
    wrapped: Any = getattr(sql, "_obj", None) if is_psycopgs else None
    name = class_name(kind)
    if name == "SQL" and type(wrapped) is str:
        return wrapped
    if name == "Identifier" and type(wrapped) in (list, tuple):
        return ".".join('"' + str(part).replace('"', '""') + '"' for part in wrapped)
    if name == "Composed" and type(wrapped) in (list, tuple) and depth < _MAX_DEPTH:
        return "".join(_sql(part, depth + 1) for part in wrapped)
    if name == "Placeholder":
        return f"%({wrapped})s" if wrapped else "%s"
    if name == "Literal":
        return str(plain(wrapped))
    return f"({class_path(kind)})"


# What can be kept as it is, being small and unchangeable, and made plain when it is read.
_KEPT = frozenset({type(None), bool, int, float, datetime.datetime, *_PRINTABLE})


def keep_params(params: Any, *, many: bool = False) -> Plain:
    """Query parameters as they are captured: a tuple of small scalars, or plain at once.

    ``shown_params`` makes the same of both as ``plain_params`` would have.
    """
    kind = type(params)
    if not many and (kind is tuple or kind is list) and len(params) <= _MAX_ITEMS:
        for param in params:
            if type(param) not in _KEPT and (type(param) is not str or len(param) > _MAX_TEXT):
                break
        else:
            return tuple(params)
    return plain_params(params, many=many)


def shown_params(kept: Plain) -> Plain:
    """What ``keep_params`` has kept, as plain values."""
    return plain_params(kept) if type(kept) is tuple else kept


def plain_params(params: Any, *, many: bool = False) -> Plain:
    """Query parameters as plain values: a list, a dict, or None.

    With ``many``, a list of the first rows. An iterator is never consumed.
    """
    try:
        if many and type(params) in (list, tuple):
            rows = [plain(row) for row in params[:_MAX_ROWS]]
            more = len(params) - len(rows)
            return [*rows, f"… ({more:,} more rows)"] if more else rows
        return plain(params)
    except Exception as error:
        if not is_own_fault(error):
            raise
        return f"({_type_name(params)} that can't be shown)"


def plain(value: Any, depth: int = 0) -> Plain:
    """A value of an exactly known type as plain JSON types; anything else by its type's name."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is float:
        # JSON has no word for NaN and the infinities.
        return value if math.isfinite(value) else str(value)
    if kind is int:
        # A number beyond 64 bits would be written out digit by digit; Python limits that.
        return value if -(2**63) <= value < 2**64 else f"<int of {value.bit_length()} bits>"
    if kind is str:
        return clean(shorten(value, _MAX_TEXT))
    if kind in (bytes, bytearray, memoryview):
        return f"<{len(value):,} bytes>"
    if kind in _PRINTABLE:
        return str(value)
    if kind is datetime.datetime:
        # Without the time zone's own name, which is anybody's code.
        return datetime.datetime.isoformat(value.replace(tzinfo=None))
    if kind in (list, tuple, set, frozenset, dict):
        return _plain_container(value, kind, depth)
    # The drivers' wrappers around JSON and bytes: what they hold says more than their name.
    if class_module(kind).startswith("psycopg") and class_name(kind) in ("Jsonb", "Json"):
        return plain(getattr(value, "obj", None), depth)
    return f"<{class_path(kind)}>"


def _plain_container(value: Any, kind: type, depth: int) -> Plain:
    if depth >= _MAX_DEPTH:
        return f"<{kind.__name__} of {len(value):,}>"
    more = len(value) - _MAX_ITEMS
    note = f"… ({more:,} more)"
    if kind is dict:
        pairs = {}
        for key, item in itertools.islice(value.items(), _MAX_ITEMS):
            shown = plain(key, depth + 1)
            pairs[shown if type(shown) is str else str(shown)] = plain(item, depth + 1)
        return {**pairs, "…": note} if more > 0 else pairs
    items = [plain(item, depth + 1) for item in list(value)[:_MAX_ITEMS]]
    return [*items, note] if more > 0 else items


def plain_arguments(named: dict[str, Any]) -> dict[str, str]:
    """Keyword arguments of a send: their types, and the primary keys of models."""
    return {name: _argument(value) for name, value in list(named.items())[:_MAX_ITEMS]}


def instance_key(instance: Any) -> Any:
    """A model instance's primary key, as a number or a short text; None for anything else."""
    try:
        options = options_of(type(instance))
        if options is None:
            return None
        # From the instance's own dict: a deferred field would be fetched.
        key = object.__getattribute__(instance, "__dict__").get(options.pk.attname)
        key = plain(key)
        return key if type(key) is int or key is None else shorten(plain_text(key), _MAX_KEY)
    except Exception as error:
        if not is_own_fault(error):
            raise
        return None


def plain_text(value: Any) -> str:
    """A value of a known type as text; anything else by its type's name."""
    try:
        shown = plain(value)
        return shown if type(shown) is str else str(shown)
    except Exception as error:
        if not is_own_fault(error):
            raise
        return _type_name(value)


def _argument(value: Any) -> str:
    kind = type(value)
    try:
        if value is None or kind is bool:
            return str(value)
        options = options_of(kind)
        if options is not None:
            # From the instance's own dict: a deferred field would be fetched.
            pk = object.__getattribute__(value, "__dict__").get(options.pk.attname)
            return f"{options.label} pk={plain(pk)}"
        return class_path(kind)
    except Exception as error:
        if not is_own_fault(error):
            raise
        return _type_name(value)


# Of the classes whose own str() shows more than ``args``: what they show. A program can put an
# object with a __str__ of its own into any of these.
_SHOWN: dict[object, tuple[str, ...]] = {
    BaseException.__str__: (),
    KeyError.__str__: (),
    ImportError.__str__: ("msg",),
    OSError.__str__: ("errno", "strerror", "filename", "filename2"),
    SyntaxError.__str__: ("msg", "filename", "lineno"),
    UnicodeDecodeError.__str__: ("encoding", "reason", "start", "end"),
    UnicodeEncodeError.__str__: ("encoding", "reason", "start", "end"),
    UnicodeTranslateError.__str__: ("reason", "start", "end"),
}


_ONLY_FIELDS = frozenset(
    {SyntaxError, UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError}
)


def error_text(error: BaseException) -> str:
    """``ValueError: no stock``, without running an exception's own ``__str__``."""
    try:
        kind = type(error)
        name = class_name(kind)
        args = BaseException.__dict__["args"].__get__(error)
        texts = [plain(arg) for arg in args]
        if _is_plain(error, args):
            # Written in C and given plain values: safe, and what people know.
            message = str(error)
        elif texts and type(texts[0]) is str and type(args[0]) is str:
            message = texts[0]
        else:
            message = ", ".join(str(text) for text in texts)
        return clean(shorten(f"{name}: {message}" if message else name, _MAX_ERROR))
    except Exception as fault:
        if not is_own_fault(fault):
            raise
        return _type_name(error)


def _is_plain(error: BaseException, args: tuple[object, ...]) -> bool:
    """Whether ``str()`` runs Python's own code alone, and shows nothing but plain values."""
    for base in type.__dict__["__mro__"].__get__(type(error)):
        found = type.__dict__["__dict__"].__get__(base).get("__str__")
        if found is not None:
            names = _SHOWN.get(found) if type(found) is WrapperDescriptorType else None
            if names is None:
                return False
            shown = [_member(base, error, name) for name in names]
            if base not in _ONLY_FIELDS:
                shown += args
            return all(each is None or type(each) in (str, int, float, bool) for each in shown)
    return False  # pragma: no cover - the last of them, BaseException, has one


def _member(cls: type, error: BaseException, name: str) -> object:
    """What C's code has in a field of an exception."""
    return vars(cls)[name].__get__(error)


def _type_name(value: Any) -> str:
    return class_name(type(value))
