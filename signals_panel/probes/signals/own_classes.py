"""The probe on signal classes that send by themselves.

Their methods are found by what their code mentions, and are replaced while something is recorded.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

from django.dispatch import Signal

from signals_panel.describe import is_own_fault
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.probes.signals.own_methods import SENDS, own_method
from signals_panel.recording import add_fault, current, lock

# Signal's own, but for those that send: to connect isn't to send.
_NOT_SENDING = frozenset(vars(Signal)) - frozenset(SENDS)


def _mentioned(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _mentioned(constant)


def sending_methods(cls: type) -> dict[type, list[str]]:
    """The methods of a signal class that may send by themselves, by the class they stand in.

    Those that override one of Django's four, that ask for live receivers, and that call one of
    these.
    """
    methods: dict[tuple[type, str], frozenset[str]] = {}
    for owner in cls.__mro__:
        if owner in Signal.__mro__:
            continue
        for name, value in vars(owner).items():
            is_plain = type(value) is FunctionType and not name.startswith("__")
            if is_plain and name not in _NOT_SENDING:
                methods[owner, name] = frozenset(_mentioned(value.__code__))
    sending = {name for _, name in methods if name in SENDS}
    before = -1
    while len(sending) != before:
        before = len(sending)
        asks = sending | {"_live_receivers"}
        sending |= {name for (_, name), mentioned in methods.items() if mentioned & asks}
    found: dict[type, list[str]] = {}
    for owner, name in methods:
        if name in sending:
            found.setdefault(owner, []).append(name)
    return found


class OwnSends:
    """The methods of all subclasses of ``Signal``, those defined meanwhile included."""

    def __init__(self, live_receivers: Callable[[Method, Layer], Method]) -> None:
        self._live_receivers = live_receivers
        self._patches: dict[type, Patches] = {}
        self._hook: Any = None

    def install(self) -> None:
        """Replace them, and learn of new subclasses."""
        for cls in _subclasses(Signal):
            self._add(cls)
        if "__init_subclass__" not in vars(Signal):
            add = self._add_new

            def __init_subclass__(cls: type, /, **kwargs: Any) -> None:
                super(Signal, cls).__init_subclass__(**kwargs)  # type: ignore[misc] # a subclass
                add(cls)

            self._hook = classmethod(__init_subclass__)
            Signal.__init_subclass__ = self._hook  # type: ignore[method-assign]

    def refresh(self) -> None:
        """New subclasses have told of themselves."""

    def uninstall(self) -> None:
        """Give back what is still ours."""
        if self._hook is not None and vars(Signal).get("__init_subclass__") is self._hook:
            del Signal.__init_subclass__
        self._hook = None
        for cls in list(self._patches):
            # Taken out of the dict last: a timeout may be raised in between.
            patches = self._patches.get(cls)
            if patches is not None:
                patches.uninstall()
                self._patches.pop(cls, None)

    def _add_new(self, cls: type) -> None:
        node = current.get()
        try:
            with lock:
                if self._hook is not None:
                    self._add(cls)
        except Exception as error:
            if not is_own_fault(error):
                raise
            if node is not None:
                add_fault(node.root, "a new signal class", error)

    def _add(self, cls: type) -> None:
        makers: dict[type, dict[str, Any]] = {}
        for owner, names in sending_methods(cls).items():
            makers[owner] = {name: functools.partial(own_method, name) for name in names}
        for owner in cls.__mro__:
            if owner not in Signal.__mro__ and "_live_receivers" in vars(owner):
                makers.setdefault(owner, {})["_live_receivers"] = self._live_receivers
        for owner, of_owner in makers.items():
            if owner not in self._patches:
                self._patches[owner] = patches = Patches(owner, of_owner)
                patches.install()


def _subclasses(cls: type) -> Iterator[type]:
    found: list[type] = type.__subclasses__(cls)
    for subclass in found:
        yield subclass
        yield from _subclasses(subclass)
