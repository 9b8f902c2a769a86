"""Taking wrappers out of the result of a method that sends, whatever shape it has.

Only what holds a wrapper is touched, and the search ends when all are found: what receivers have
returned is the program's, and may be large.
"""

from __future__ import annotations

import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Sequence
from types import FunctionType, MemberDescriptorType
from typing import Any

# Results are looked through so deep, one level after the other, and so many items of them.
_MAX_DEPTH = 6
_MAX_ITEMS = 20_000

_DICTS = (dict, OrderedDict, defaultdict)
_ATOMS = (str, bytes, int, float, bool, complex, type(None), type)


def give_back(result: Any, wrappers: Sequence[Any]) -> Any:
    """``result`` with the receivers in place of their wrappers.

    Lists, dicts, sets and objects are changed in place, so that they stay the very objects;
    tuples and frozensets are made anew, if a wrapper is in them. Something that lies deeper, or
    that can't be looked into, keeps its wrapper: that goes on calling its receiver.
    """
    search = _Search(wrappers)
    for depth in range(1, _MAX_DEPTH + 1):
        if not search.is_needed():
            break
        result = search.replaced(result, depth)
    return result


class _Search:
    def __init__(self, wrappers: Sequence[Any]) -> None:
        self._wrappers = wrappers
        self._receivers = {id(each): each._signals_panel_receiver for each in wrappers}
        self._seen: set[int] = set()
        self._left = _MAX_ITEMS

    def is_needed(self) -> bool:
        """Whether something else than ``wrappers`` refers to any of them."""
        self._seen.clear()
        control = [object(), *self._wrappers]
        counts = [sys.getrefcount(each) for each in control]
        # The first is referred to by ``control`` alone, the others by ``wrappers``, too.
        return self._left > 0 and any(count > counts[0] + 1 for count in counts[1:])

    def replaced(self, value: Any, depth: int) -> Any:
        """The receiver for a wrapper, or a value with those in it replaced."""
        receiver = self._receivers.get(id(value), self)
        if receiver is not self:
            return receiver
        kind = type(value)
        if depth <= 0 or self._left <= 0 or kind in _ATOMS or id(value) in self._seen:
            return value
        self._left -= 1
        if issubclass(kind, tuple):
            items = [self.replaced(item, depth - 1) for item in tuple.__iter__(value)]
            if all(new is old for new, old in zip(items, tuple.__iter__(value), strict=True)):
                return value
            # A named tuple's own way of being made takes its fields one by one.
            return tuple.__new__(kind, items)
        if kind is frozenset:
            if not any(id(item) in self._receivers for item in value):
                return value
            return frozenset(self._receivers.get(id(item), item) for item in value)
        self._seen.add(id(value))
        self._replace_in(value, kind, depth - 1)
        return value

    def _replace_in(self, value: Any, kind: type, depth: int) -> None:
        if issubclass(kind, list):
            for index, item in enumerate(list.__iter__(value)):
                new = self.replaced(item, depth)
                if new is not item:
                    list.__setitem__(value, index, new)
        elif kind in _DICTS:
            self._replace_in_dict(value, depth)
        elif kind is set:
            for item in [item for item in value if id(item) in self._receivers]:
                value.discard(item)
                value.add(self._receivers[id(item)])
        elif kind is deque:
            for index, item in enumerate(list(value)):
                new = self.replaced(item, depth)
                if new is not item:
                    value[index] = new
        elif kind is FunctionType:
            for cell in value.__closure__ or ():
                _replace_in_cell(cell, self.replaced, depth)
        else:
            for name, item in list(_attributes(value, kind).items()):
                new = self.replaced(item, depth)
                if new is not item:
                    object.__setattr__(value, name, new)

    def _replace_in_dict(self, value: dict[Any, Any], depth: int) -> None:
        items = list(value.items())
        keys = [self.replaced(key, 1 if type(key) is tuple else 0) for key, _ in items]
        if any(new is not key for new, (key, _) in zip(keys, items, strict=True)):
            # In their order: all are put in again, once it is sure that all have a hash.
            renewed = dict(zip(keys, (item for _, item in items), strict=True))
            value.clear()
            value.update(renewed)
        for key, (_, item) in zip(keys, items, strict=True):
            new = self.replaced(item, depth)
            if new is not item:
                value[key] = new


def _replace_in_cell(cell: Any, replaced: Any, depth: int) -> None:
    try:
        item = cell.cell_contents
    except ValueError:
        return
    new = replaced(item, depth)
    if new is not item:
        cell.cell_contents = new


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
