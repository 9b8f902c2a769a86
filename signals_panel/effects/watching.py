"""The probe on everything that causes an effect: the same hook, whatever the kind."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from signals_panel.clock import perf_counter_ns
from signals_panel.conf import get_config
from signals_panel.describe import clean, error_text, is_interruption, is_own_fault
from signals_panel.effects.kinds import Described, Operation, Owner, Watch, load, watches
from signals_panel.effects.passing import passing_through
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.probes.steps import Stepped
from signals_panel.recording import (
    CallNode,
    EffectNode,
    Node,
    Root,
    add_effect,
    add_fault,
    begin_effect,
    current,
    end_effect,
    live,
    logger,
    parent_of,
    take_fault,
)


def _is_fault(watch: Watch, error: Exception) -> bool:
    """Whether it is a mistake in describing; a timeout is the program's to have."""
    # A kind of the project's own may raise anything.
    return is_own_fault(error) if watch.is_own else not is_interruption(error)


def _described(watch: Watch, root: Root, operation: Operation) -> tuple[str, str, str, Any]:
    try:
        found = watch.describe(operation)
        if watch.is_own and type(found) is tuple:
            # It knows what it says.
            return found
        text, alias, note, data = Described(found) if isinstance(found, str) else Described(*found)
        if not type(text) is type(alias) is type(note) is str:
            raise TypeError(f"described with {type(text).__name__}, not str")
        limit = watch.kind.max_text
        if len(text) > limit:
            text = f"{text[: limit - 1]}…"
        return clean(text), alias, note, data
    except Exception as error:
        if not _is_fault(watch, error):
            raise
        add_fault(root, f"the description of an effect ({watch.kind.name})", error)
        return f"{operation.method} (can't be described)", "", "", None


def _result(watch: Watch, root: Root, operation: Operation, value: Any) -> str | None:
    if watch.result is None:
        return None
    try:
        found = watch.result(operation, value)
        return found if type(found) is str else None
    except Exception as error:
        if not _is_fault(watch, error):
            raise
        add_fault(root, f"the result of an effect ({watch.kind.name})", error)
        return None


# What nothing is part of ----------------------------------------------------------------


def _leaf(watch: Watch, name: str, is_method: bool, original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        failure = None
        value: Any = None
        start = perf_counter_ns()
        try:
            value = original(*args, **kwargs)
            return value
        except BaseException as error:
            failure = error_text(error)
            raise
        finally:
            end = perf_counter_ns()
            called = (name, args[0], args[1:], kwargs) if is_method else (name, None, args, kwargs)
            # An Operation without the function that makes one.
            operation = tuple.__new__(Operation, called)
            _add_leaf(watch, node, operation, value, start, end, failure)

    return watched


def _add_leaf(
    watch: Watch,
    node: Node,
    operation: Operation,
    value: Any,
    start: int,
    end: int,
    failure: str | None,
) -> None:
    try:
        found = node if node.root.is_open else live(node)
        if found is None:
            return
        text, alias, note, data = _described(watch, found.root, operation)
        parent = found if type(found) is CallNode else parent_of(found)
        kind = watch.kind.name
        effect = EffectNode(kind, text, alias, parent, note, data, failure, start, end)
        if watch.result is not None and failure is None:
            effect.result = _result(watch, found.root, operation, value)
        add_effect(effect)
    except Exception as error:
        if not take_fault(node.root, f"an effect ({watch.kind.name})", error):
            raise


# What others may be part of -------------------------------------------------------------


def _is_inner(watch: Watch, node: Node | None) -> bool:
    """Whether what happens while a node is current is a part of an operation of its kind."""
    return type(node) is EffectNode and node.kind == watch.kind.name


def _hand_on(watch: Watch, node: Node, operation: Operation, value: Any) -> None:
    """An operation inside another has given this."""
    if type(node) is EffectNode and node.method in watch.inner and node.result is None:
        node.result = _result(watch, node.root, operation, value)


def _begin(watch: Watch, node: Node, operation: Operation) -> EffectNode | None:
    """The effect that begins; None inside of another of its kind, or where nobody records."""
    try:
        found = node if node.root.is_open else live(node)
        if found is None or _is_inner(watch, found):
            return None
        text, alias, note, data = _described(watch, found.root, operation)
        effect = EffectNode(watch.kind.name, text, alias, parent_of(found), note, data)
        effect.method = operation.method
        begin_effect(effect)
    except Exception as error:
        if not take_fault(node.root, f"an effect ({watch.kind.name})", error):
            raise
        return None
    return effect


def _end(
    watch: Watch, effect: EffectNode, operation: Operation, value: Any, error: BaseException | None
) -> None:
    effect.end = effect.end or perf_counter_ns()
    try:
        if error is not None:
            effect.error = error_text(error)
        elif effect.result is None:
            effect.result = _result(watch, effect.root, operation, value)
        end_effect(effect)
    except Exception as fault:
        if not take_fault(effect.root, f"an effect ({watch.kind.name})", fault):
            raise


def _around(watch: Watch, name: str, is_method: bool, original: Method, layer: Layer) -> Method:
    if inspect.iscoroutinefunction(original):
        recorded = _around_coroutine(watch, name, is_method, original, layer)
    else:
        recorded = _around_function(watch, name, is_method, original, layer)
    # Nothing of the method's own is lost on the way: its attributes, and who it says it is.
    return functools.wraps(original)(passing_through(original, recorded))


def _around_function(
    watch: Watch, name: str, is_method: bool, original: Method, layer: Layer
) -> Method:
    @functools.wraps(original)
    def operation(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return original(*args, **kwargs)
        owner, rest = (args[0], args[1:]) if is_method else (None, args)
        called = Operation(name, owner, rest, kwargs)
        effect = _begin(watch, node, called)
        if effect is None:
            value = original(*args, **kwargs)
            _hand_on(watch, node, called, value)
            return value
        # A timeout may be raised at any line: what was current is put back twice.
        try:
            try:
                current.set(effect)
                effect.start = perf_counter_ns()
                value = original(*args, **kwargs)
                effect.end = perf_counter_ns()
            except BaseException as error:
                _end(watch, effect, called, None, error)
                raise
            finally:
                current.set(node)
        except BaseException:
            current.set(node)
            raise
        _end(watch, effect, called, value, None)
        return value

    return operation


def _around_coroutine(
    watch: Watch, name: str, is_method: bool, original: Method, layer: Layer
) -> Method:
    @functools.wraps(original)
    async def operation(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return await original(*args, **kwargs)
        owner, rest = (args[0], args[1:]) if is_method else (None, args)
        called = Operation(name, owner, rest, kwargs)
        effect = _begin(watch, node, called)
        if effect is None:
            value = await original(*args, **kwargs)
            _hand_on(watch, node, called, value)
            return value
        effect.start = perf_counter_ns()
        try:
            value = await Stepped(original(*args, **kwargs), current, effect)
        except BaseException as error:
            _end(watch, effect, called, None, error)
            raise
        _end(watch, effect, called, value, None)
        return value

    return operation


# Where they are hooked ------------------------------------------------------------------


class WatchProbe:
    """The hooks of all watches; owners are found when they have been imported."""

    def __init__(self) -> None:
        self._patches: dict[tuple[int, int], Patches] = {}
        # The modules of the setting that were loaded, or couldn't be.
        self._asked: set[str] = set()

    def install(self) -> None:
        """Hook all owners that are there."""
        self._load_own_kinds()
        for patches in self._patches.values():
            patches.install()
        self.refresh()

    def refresh(self) -> None:
        """Hook owners that have been imported since, and new subclasses of others."""
        for number, watch in enumerate(watches):
            for owner in _owners(watch):
                key = (number, id(owner))
                if key not in self._patches:
                    # It refers to the owner, whose id stays its own so.
                    self._patches[key] = patches = Patches(owner, _makers(watch, owner))
                    patches.install()

    def seams(self) -> list[tuple[type | ModuleType, str]]:
        """What is replaced, of owners that are there."""
        return [
            (owner, name)
            for watch in watches
            for owner in _owners(watch)
            for name in _makers(watch, owner)
        ]

    def _load_own_kinds(self) -> None:
        for path in get_config().effects:
            if path not in self._asked:
                self._asked.add(path)
                wrong = load(path)
                if wrong is not None:
                    logger.error("SIGNALS_PANEL['EFFECTS'] names %r, but %s.", path, wrong)

    def uninstall(self) -> None:
        """Take out what is still ours."""
        for patches in list(self._patches.values()):
            patches.uninstall()


def _makers(watch: Watch, owner: type | ModuleType) -> dict[str, Any]:
    make = _leaf if watch.is_leaf else _around
    is_method = not isinstance(owner, ModuleType)
    return {
        name: functools.partial(make, watch, name, is_method)
        for name in watch.methods
        if callable(vars(owner).get(name))
    }


def _owners(watch: Watch) -> Iterator[type | ModuleType]:
    for each in watch.owners:
        owner = _imported(each)
        if owner is not None:
            yield owner
            if watch.with_subclasses and isinstance(owner, type):
                yield from _subclasses(owner)


def _imported(owner: Owner) -> Any:
    """A class or module by its path; None as long as nobody has imported it."""
    if type(owner) is not str:
        return owner
    module = sys.modules.get(owner)
    if module is not None:
        return module
    home, _, name = owner.rpartition(".")
    return vars(sys.modules[home]).get(name) if home in sys.modules else None


def _subclasses(cls: type) -> Iterator[type]:
    found: list[type] = type.__subclasses__(cls)
    for subclass in found:
        yield subclass
        yield from _subclasses(subclass)


probe = WatchProbe()
