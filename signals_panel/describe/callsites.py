"""Call sites: the line that a developer would name as the one that sent a signal.

From the send outwards, frames are looked at until one of the project's own code is found.
Passed over on the way are

- what the setting ``SKIP_MODULES`` names;
- frames that only delegate: ``super().save(...)`` in a ``save()``, a call of a manager in one;
  they are kept as *via*, and the line is the next one of the project further out;
- frames that only pass a request on to what they wrap: decorators around a view.

The search ends where Django calls the view or a middleware, and where a command or a task
begins: what is further out has passed the request on, and didn't send anything.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

from asgiref.sync import SyncToAsync
from django.core.signals import setting_changed
from django.http import HttpRequest

from signals_panel.conf import SETTING, get_config
from signals_panel.describe.faults import traceback_of
from signals_panel.describe.owners import OWN, is_djangos, is_installed, is_project_file
from signals_panel.describe.source import Place, SourceLine, call_text, parsed

# A stack deeper than this without a frame of the project is given up.
_MAX_FRAMES = 256
# Frames kept of a stack or traceback.
_MAX_STACK = 50
# Call sites remembered; more than any program has, unless it makes code as it runs.
_MAX_PLACES = 20_000
_MAX_VIA = 10


# What a frame is to the search ---------------------------------------------------------

_PASS, _PROJECT, _PACKAGE, _DJANGO, _OURS, _STOP = range(6)

# What is further out than these is not what led here: a thread or an event loop does work that
# was handed to it.
_HANDED_OVER = frozenset(
    {
        id(asyncio.Handle._run.__code__),
        id(SyncToAsync.thread_handler.__code__),
    }
)

# Likewise these: Django calls a view or a middleware, a command or a task begins. By the end of
# their file's path and their name, since none but the first few need be installed.
_BEGINNINGS = frozenset(
    {
        ("django/core/handlers/base.py", "_get_response"),
        ("django/core/handlers/base.py", "_get_response_async"),
        ("django/core/handlers/exception.py", "inner"),
        ("django/core/management/base.py", "run_from_argv"),
        ("django/tasks/backends/immediate.py", "_execute_task"),
        ("celery/app/trace.py", "trace_task"),
        ("dramatiq/worker.py", "process_message"),
        ("huey/api.py", "_execute"),
        ("rq/job.py", "_execute"),
    }
)
_BEGINNING_NAMES = frozenset(name for _, name in _BEGINNINGS)

# Their frames are never the line, though they are neither Django's nor Python's: they stand
# around the program's code and call it.
_AROUND = frozenset({"asgiref", "debug_toolbar", "django", "sentry_sdk", "signals_panel"})


def _is_beginning(code: CodeType) -> bool:
    if code.co_name not in _BEGINNING_NAMES:
        return False
    path = code.co_filename.replace("\\", "/")
    return any(name == code.co_name and path.endswith(f"/{end}") for end, name in _BEGINNINGS)


def _kind_of(code: CodeType, module: Any) -> int:
    path = code.co_filename
    if path.startswith(OWN):
        return _OURS
    if id(code) in _HANDED_OVER or _is_beginning(code):
        return _STOP
    if type(module) is str and _is_skipped(module):
        return _PASS
    if is_project_file(path):
        return _PROJECT
    if path.startswith("<"):
        return _PASS
    package = module.partition(".")[0] if type(module) is str else ""
    if is_djangos(path) or package in _AROUND:
        # An app of Django's is an app like any other; the rest is the framework.
        if type(module) is str and module.startswith("django.contrib."):
            return _PACKAGE
        is_core = type(module) is str and module.startswith(("django.db.", "django.dispatch."))
        return _PASS if is_core or package != "django" else _DJANGO
    return _PACKAGE if is_installed(path) else _PASS


def _is_skipped(module: str) -> bool:
    """Whether ``SKIP_MODULES`` names this module, or a package that it is in."""
    patterns = get_config().skip_modules
    while patterns and module:
        if any(fnmatchcase(module, pattern) for pattern in patterns):
            return True
        module = module.rpartition(".")[0]
    return False


class CallSite:
    """The line that sent a signal, and the lines it came by that only delegated.

    There is one object for each such chain of places, so that dispatches are grouped by it.
    """

    __slots__ = ("kind", "place", "via")

    def __init__(self, place: Place, kind: int, via: tuple[Place, ...] = ()) -> None:
        self.place = place
        self.kind = kind
        self.via = via

    @property
    def line(self) -> SourceLine | None:
        """The line a developer would name; None where only the framework stood."""
        # The framework's own line tells groups apart, and says nothing to a developer.
        return self.place.source_line if self.kind is not _DJANGO else None

    @property
    def via_lines(self) -> list[SourceLine]:
        """The delegating lines between the send and ``line``, innermost first."""
        return [place.source_line for place in self.via]


class _Place(Place):
    """A place that the search has come by, with what it has learnt about it."""

    __slots__ = ("_may_pass_on", "delegates", "is_line", "site")

    def __init__(self, frame: FrameType, kind: int) -> None:
        super().__init__(frame.f_code, frame.f_lasti)
        self.site = CallSite(self, kind)
        # The call made here is that of the method overridden, or of a manager.
        self.delegates = _may_delegate(frame.f_code) and _delegates(frame.f_code, frame.f_lasti)
        self._may_pass_on = _may_pass_on(frame)
        # The project's, and nothing about it needs a second look: it is the line, if it is the
        # first to be found.
        self.is_line = kind is _PROJECT and not (self._may_pass_on or self.delegates)

    def passes_on(self, frame: FrameType, called: FrameType | None) -> bool:
        """Whether ``frame``, which stands here, hands a request to what it is wrapped around."""
        # Not remembered: other functions may be wrapped by the same decorator.
        return called is not None and self._may_pass_on and _passes_on(frame, called)


class _KnownCode:
    """A code object: whose it is, and the places in it."""

    __slots__ = ("code", "kind", "places")

    def __init__(self, code: CodeType, module: Any) -> None:
        # Kept, so that its id can't be anybody else's.
        self.code = code
        self.places: dict[int, _Place] = {}
        self.kind = _kind_of(code, module)

    def add(self, frame: FrameType) -> _Place:
        """The place of a call site that wasn't known."""
        global _number_of_places
        _number_of_places += 1
        if _number_of_places >= _MAX_PLACES:
            _forget()
        return self.places.setdefault(frame.f_lasti, _Place(frame, self.kind))


_codes: dict[int, _KnownCode] = {}
_chains: dict[tuple[Place, ...], CallSite] = {}
_number_of_places = 0


def _forget() -> None:
    global _number_of_places
    _number_of_places = 0
    _codes.clear()
    _chains.clear()


def _forget_for_setting(*, setting: str, **kwargs: Any) -> None:
    if setting == SETTING:
        _forget()


setting_changed.connect(_forget_for_setting, dispatch_uid="signals_panel.callsites")


def _know(frame: FrameType) -> _KnownCode:
    if len(_codes) >= _MAX_PLACES:
        _forget()
    code = frame.f_code
    return _codes.setdefault(id(code), _KnownCode(code, frame.f_globals.get("__name__")))


# The search ----------------------------------------------------------------------------


def find_site(
    frame: FrameType | None, get_handed_over: Callable[[], CallSite | None]
) -> CallSite | None:
    """The call site that led to a send, from ``frame`` outwards.

    ``get_handed_over`` gives where the work was handed to this thread; it is asked where this
    thread has no line of the project's own. Without one anywhere, it is the nearest frame of an
    installed package; else the framework's, which isn't shown.
    """
    known_code = _codes.get
    if frame is not None and (known_here := known_code(id(frame.f_code))) is not None:
        # Most often it is the very frame that sends.
        here = known_here.places.get(frame.f_lasti)
        if here is not None and here.is_line:
            return here.site
    start = frame
    package: FrameType | None = None
    framework: FrameType | None = None
    for _ in range(_MAX_FRAMES):
        if frame is None:
            break
        known = known_code(id(frame.f_code)) or _know(frame)
        kind = known.kind
        if kind is _PROJECT:
            place = known.places.get(frame.f_lasti) or known.add(frame)
            if place.is_line:
                return place.site
            found = _look_closer(start, _PROJECT, get_handed_over())
            if found is not None:
                return found
            # Every one of them only passes a request on.
            break
        if kind is _PACKAGE:
            package = package or frame
        elif kind is _DJANGO:
            framework = framework or frame
        elif kind is _STOP:
            break
        frame = frame.f_back
    handed_over = get_handed_over()
    if handed_over is not None and (handed_over.kind is _PROJECT or package is None):
        return handed_over
    if package is not None:
        return _look_closer(start, _PACKAGE, None)
    return _place_of(framework).site if framework is not None else None


def _place_of(frame: FrameType) -> _Place:
    known = _codes.get(id(frame.f_code)) or _know(frame)
    return known.places.get(frame.f_lasti) or known.add(frame)


def _look_closer(
    frame: FrameType | None, wanted: int, handed_over: CallSite | None
) -> CallSite | None:
    """The first frame of a kind that neither delegates nor passes on, and those that delegate."""
    via: list[Place] = []
    called: FrameType | None = None
    is_handed_over = False
    for _ in range(_MAX_FRAMES):
        if frame is None:
            break
        kind = (_codes.get(id(frame.f_code)) or _know(frame)).kind
        if kind is _STOP:
            is_handed_over = id(frame.f_code) in _HANDED_OVER
            break
        if kind is wanted:
            place = _place_of(frame)
            if place.delegates:
                via.append(place)
            elif not place.passes_on(frame, called):
                return _chain(place, via, wanted)
        if kind is not _OURS:
            called = frame
        frame = frame.f_back
    if is_handed_over and handed_over is not None and handed_over.kind is wanted:
        return _chain(handed_over.place, [*via, *handed_over.via], wanted)
    # Nobody further out: the innermost of those that delegate is the line.
    return via[0].site if via else None  # type: ignore[attr-defined] # made by _place_of


def _chain(place: Place, via: list[Place], wanted: int) -> CallSite:
    key = (place, *via[:_MAX_VIA])
    known = _chains.get(key)
    if known is None:
        if not via and isinstance(place, _Place):
            return place.site
        if len(_chains) >= _MAX_PLACES:
            _chains.clear()
        known = _chains.setdefault(key, CallSite(place, wanted, key[1:]))
    return known


# Delegating ----------------------------------------------------------------------------

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


def _may_delegate(code: CodeType) -> bool:
    return "super" in code.co_names or code.co_name in _WRITES


def _delegates(code: CodeType, instruction: int) -> bool:
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
    """What is called in a call, or in the statement that it makes up."""
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


# Passing a request on ------------------------------------------------------------------

_VARARGS = 0x04


def _may_pass_on(frame: FrameType) -> bool:
    """Whether it may be a wrapper: it has something to call, and is given something.

    Other frames of the same code may be wrapped around other functions, and be given other
    things; that a closure has a function to call is the same for all of them.
    """
    code = frame.f_code
    if not code.co_argcount + bool(code.co_flags & _VARARGS):
        return False
    if code.co_name == "__call__":
        return True
    around = frame.f_locals if code.co_freevars else {}
    return any(
        type(around.get(name)) in (FunctionType, MethodType, partial) for name in code.co_freevars
    )


def _passes_on(frame: FrameType, called: FrameType) -> bool:
    """Whether a frame calls what it has wrapped, with the request that it was given itself."""
    return (
        _has_request(frame)
        and _has_request(called)
        and any(called.f_code is code for each in _wrapped_by(frame) for code in _codes_of(each))
    )


def _wrapped_by(frame: FrameType) -> list[Any]:
    around = frame.f_locals
    wrapped = [around.get(name) for name in frame.f_code.co_freevars]
    if frame.f_code.co_name == "__call__" and frame.f_code.co_argcount:
        # Of a class: what it wraps is an attribute of the object.
        owner = around.get(frame.f_code.co_varnames[0])
        with contextlib.suppress(AttributeError):
            wrapped += list(object.__getattribute__(owner, "__dict__").values())
    return wrapped


def _has_request(frame: FrameType) -> bool:
    code = frame.f_code
    has_args, has_kwargs = bool(code.co_flags & _VARARGS), bool(code.co_flags & 0x08)
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + has_args + has_kwargs]
    values = [frame.f_locals.get(name) for name in names]
    values += [item for value in values if type(value) is tuple for item in value[:5]]
    return any(issubclass(type(value), HttpRequest) for value in values)


def _codes_of(wrapped: Any) -> Iterator[CodeType]:
    """The code of a function, and of those it wraps in turn; nothing of theirs is run."""
    for _ in range(20):
        if type(wrapped) is MethodType:
            wrapped = wrapped.__func__
        elif type(wrapped) is partial:
            wrapped = wrapped.func
        elif type(wrapped) is FunctionType:
            yield wrapped.__code__
            wrapped = wrapped.__dict__.get("__wrapped__")
        else:
            return


# Stacks --------------------------------------------------------------------------------


class Stack:
    """The frames from a send outwards, as far as they are its own.

    ``is_nested`` says that they end where a receiver was called: from there on the stack is
    that of the dispatch around it.
    """

    __slots__ = ("is_nested", "places")

    def __init__(self, places: list[Place], is_nested: bool) -> None:
        self.places = places
        self.is_nested = is_nested


receiver_callers: set[int] = set()
"""The ids of the code of those functions of ours that call receivers."""


def find_stack(frame: FrameType | None) -> Stack:
    """All frames from ``frame`` outwards, whosever code they are; the panel's own left out.

    It ends where one of the ``receiver_callers`` has called a receiver.
    """
    places: list[Place] = []
    while frame is not None and len(places) < _MAX_STACK:
        code_id = id(frame.f_code)
        if code_id in receiver_callers:
            return Stack(places, True)
        known = _codes.get(code_id) or _know(frame)
        if known.kind is not _OURS:
            # The same objects again and again, which know their lines already.
            places.append(known.places.get(frame.f_lasti) or known.add(frame))
        if code_id in _HANDED_OVER:
            break
        frame = frame.f_back
    return Stack(places, False)


def traceback_places(error: BaseException) -> list[Place]:
    """Where an exception came through, from the outermost frame that has seen it so far."""
    places: list[Place] = []
    traceback = traceback_of(error)
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not code.co_filename.startswith(OWN):
            places.append(Place(code, traceback.tb_lasti))
        traceback = traceback.tb_next
    return places[-_MAX_STACK:]
