"""Kinds of effect: what the program causes beyond its own Python.

A kind is described in one module and registered with one line in ``signals_panel.effects`` or in
the setting ``SIGNALS_PANEL["EFFECTS"]``. The module makes an ``EffectKind``, and says with
``watch`` which methods cause it. All else is there once, for all kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from signals_panel.describe import clean, error_text, is_interruption, shorten
from signals_panel.recording import EffectNode

Owner = str | type | ModuleType


class Invocation(NamedTuple):
    """One call of a method that is watched."""

    method: str
    owner: Any
    """The object whose method it is; None for a function of a module."""
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def argument(self, index: int, name: str) -> Any:
        """An argument, given by position or by name; None where it isn't given."""
        return self.args[index] if len(self.args) > index else self.kwargs.get(name)


class Described(NamedTuple):
    """What happened, in a few words."""

    text: str
    """Without anything that may be secret; cut where it is too long."""
    alias: str = ""
    """Which of the project's databases, caches and so on it was."""
    note: str = ""
    """What else tells it from others with this text, in a word."""
    data: Any = None
    """What the kind keeps besides; made text by ``EffectKind.shown`` when it is read."""


Describe = Callable[[Invocation], "str | tuple[Any, ...]"]
Result = Callable[[Invocation, Any], "str | None"]
Ended = Callable[[EffectNode, Invocation, Any], None]


def _nothing(data: Any) -> str:
    return ""


@dataclass(frozen=True)
class EffectKind:
    """A kind of effect, and what it is called."""

    name: str
    """A short word, the key in all sums: ``"cache"``."""
    singular: str
    """One of them: ``"cache operation"``."""
    plural: str
    title: str
    """The heading of its columns and of its view: ``"Cache"``."""
    label: str
    """What stands before one of them in a text: ``"cache"``, ``"SQL"``."""
    shown: Callable[[Any], str] = _nothing
    """Makes text of the data kept of the first of several; see ``Described.data``."""
    max_text: int = 200
    """Characters of a text that are kept."""


class Watch(NamedTuple):
    """Which calls cause a kind of effect, and how they are described."""

    kind: EffectKind
    owners: tuple[Owner, ...] | Callable[[], Iterable[Owner]]
    methods: tuple[str, ...]
    describe: Describe
    result: Result | None
    with_subclasses: bool
    is_leaf: bool
    inner: frozenset[str]
    is_own: bool
    """It is described by this package."""
    error: Callable[[BaseException], str] = error_text
    """Makes text of what a method raises."""
    ended: Ended | None = None
    """Told of each effect that has ended without an error."""
    hook: Callable[..., Any] | None = None
    """Makes what stands in place of a method, where it isn't one of the usual hooks."""


watches: list[Watch] = []
_kinds: dict[str, EffectKind] = {}


def watch(
    kind: EffectKind,
    *,
    owners: Iterable[Owner] | Callable[[], Iterable[Owner]],
    methods: Iterable[str],
    describe: Describe,
    result: Result | None = None,
    with_subclasses: bool = False,
    is_leaf: bool = False,
    inner: Iterable[str] = (),
    error: Callable[[BaseException], str] = error_text,
    ended: Ended | None = None,
) -> None:
    """Record each call of these methods as an effect of this kind.

    ``owners`` are classes or modules, or their dotted paths (or a function that gives them): one
    that isn't imported, or not installed, is watched from the next recording on after it has
    been. Methods that an owner doesn't have are passed over. With ``with_subclasses`` methods that
    override them are watched, too. Where operations of one kind are inside one another, the
    outermost is recorded.

    ``describe`` tells what happened, as text or a ``Described``; ``result`` makes a word of what
    the method has returned. Both run inside the program: they must not query, send, or call
    methods of the program's objects. What they raise is a fault, shown in the panel.

    Nothing that happens inside an ``is_leaf`` is part of it; describing it may then look at what
    has been called. The methods named by ``inner`` have the result of the first operation inside
    them. ``error`` makes text of what a method raises, where its message may hold secrets.
    ``ended`` is told of each that has ended well, with the operation and what it gave.
    """
    register(kind)
    watches.append(
        Watch(
            kind,
            owners if callable(owners) else tuple(owners),
            tuple(methods),
            describe,
            result,
            with_subclasses,
            is_leaf,
            frozenset(inner),
            is_own=describe.__module__.startswith("signals_panel."),
            error=error,
            ended=ended,
        )
    )


def register(kind: EffectKind) -> EffectKind:
    """Make a kind known; raises ``ValueError`` if another one has its name."""
    known = _kinds.setdefault(kind.name, kind)
    if known is not kind and known != kind:
        raise ValueError(f"There are two kinds of effect called {kind.name!r}.")
    return known


def load(path: str) -> str | None:
    """Import a module that describes kinds of effect; what is wrong with it, if anything is."""
    before = len(watches)
    try:
        import_module(path)
    except Exception as error:
        if is_interruption(error):
            raise
        return f"it can't be imported: {error_text(error)}"
    if path not in _loaded:
        _loaded[path] = len(watches) > before or any(
            watch.describe.__module__ == path for watch in watches
        )
    return None if _loaded[path] else "it watches nothing"


_loaded: dict[str, bool] = {}


def kinds() -> list[EffectKind]:
    """All kinds, in the order of their columns."""
    return list(_kinds.values())


def data_text(name: str, data: Any) -> str:
    """The data that a kind keeps, as text."""
    try:
        text = kind_of(name).shown(data)
        return clean(shorten(text, _MAX_DATA)) if type(text) is str else ""
    except Exception as error:
        if is_interruption(error):
            raise
        return f"(can't be shown: {type(error).__name__})"


_MAX_DATA = 1_000


def kind_of(name: str) -> EffectKind:
    """The kind with this name; one that is known no longer is called by its name."""
    return _kinds.get(name) or EffectKind(name, name, name, name.capitalize(), name)
