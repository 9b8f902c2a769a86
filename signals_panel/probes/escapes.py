"""Taking wrappers out of the result of a method that sends, whatever shape it has."""

from __future__ import annotations

import gc
import sys
from collections import deque
from collections.abc import Sequence
from types import CellType, MemberDescriptorType
from typing import Any

# Results are looked through so deep, and so many items of them.
_MAX_DEPTH = 8
_MAX_ITEMS = 100_000


def give_back(result: Any, wrappers: Sequence[Any], *, is_over: bool = True) -> Any:
    """``result`` with the receivers in place of their wrappers.

    Lists, dicts, sets and objects are changed in place, so that they stay the very objects;
    tuples and frozensets are made anew. A result without any wrapper isn't looked through.
    Once the send ``is_over``, nothing else may hold one either.
    """
    if not _escaped(wrappers):
        return result
    search = _Search({id(each): each._signals_panel_receiver for each in wrappers})
    result = search.replaced(result, 0)
    for wrapper in _escaped(wrappers) if is_over else ():
        _replace_in_holders(wrapper, wrappers)
    return result


def _escaped(wrappers: Sequence[Any]) -> list[Any]:
    """The wrappers that something else than ``wrappers`` refers to."""
    control = [object(), *wrappers]
    counts = [sys.getrefcount(each) for each in control]
    # The first is referred to by ``control`` alone, the others by ``wrappers``, too.
    return [
        each for each, count in zip(control[1:], counts[1:], strict=True) if count > counts[0] + 1
    ]


class _Search:
    def __init__(self, receivers: dict[int, Any]) -> None:
        self._receivers = receivers
        self._seen: set[int] = set()
        self._left = _MAX_ITEMS

    def replaced(self, value: Any, depth: int) -> Any:
        receiver = self._receivers.get(id(value), self)
        if receiver is not self:
            return receiver
        if depth > _MAX_DEPTH or self._left <= 0 or id(value) in self._seen:
            return value
        self._left -= 1
        kind = type(value)
        if issubclass(kind, tuple):
            items = [self.replaced(item, depth + 1) for item in tuple.__iter__(value)]
            if all(new is old for new, old in zip(items, tuple.__iter__(value), strict=True)):
                return value
            # A named tuple's own way of being made takes its fields one by one.
            return tuple.__new__(kind, items)
        if kind is frozenset:
            return frozenset(self.replaced(item, depth + 1) for item in value)
        if kind in (str, bytes, int, float, bool, type(None)):
            return value
        self._seen.add(id(value))
        self._replace_in(value, kind, depth)
        return value

    def _replace_in(self, value: Any, kind: type, depth: int) -> None:
        if issubclass(kind, list):
            for index, item in enumerate(list.__iter__(value)):
                list.__setitem__(value, index, self.replaced(item, depth + 1))
        elif issubclass(kind, dict):
            self._replace_in_dict(value, depth)
        elif kind is set:
            items = [self.replaced(item, depth + 1) for item in value]
            value.clear()
            value.update(items)
        elif kind is deque:
            for index, item in enumerate(list(value)):
                value[index] = self.replaced(item, depth + 1)
        else:
            for name, item in list(_attributes(value, kind).items()):
                new = self.replaced(item, depth + 1)
                if new is not item:
                    object.__setattr__(value, name, new)

    def _replace_in_dict(self, value: dict[Any, Any], depth: int) -> None:
        items = list(dict.items(value))
        has_wrapped_keys = any(id(key) in self._receivers for key, _ in items)
        if has_wrapped_keys:
            dict.clear(value)
        for key, item in items:
            key = self._receivers.get(id(key), key)
            new = self.replaced(item, depth + 1)
            if has_wrapped_keys or new is not item:
                dict.__setitem__(value, key, new)


def _attributes(value: Any, kind: type) -> dict[str, Any]:
    """An object's attributes, read without running code of its own."""
    if issubclass(kind, type) or type(kind) is not type:
        return {}
    found: dict[str, Any] = {}
    for base in kind.__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if type(slots) is str else slots:
            member = vars(base).get(name)
            if type(member) is MemberDescriptorType:
                try:
                    found[name] = member.__get__(value)
                except AttributeError:
                    continue
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return found
    return {**found, **own} if type(own) is dict else found


def _replace_in_holders(wrapper: Any, wrappers: Sequence[Any]) -> None:
    """Where the result isn't what holds it: the places that the garbage collector knows of."""
    receiver = wrapper._signals_panel_receiver
    for holder in gc.get_referrers(wrapper):
        if holder is wrappers:
            continue
        if type(holder) is list:
            holder[:] = [receiver if item is wrapper else item for item in holder]
        elif type(holder) is dict:
            for key, item in list(holder.items()):
                if item is wrapper:
                    holder[key] = receiver
        elif type(holder) is CellType and holder.cell_contents is wrapper:
            holder.cell_contents = receiver
