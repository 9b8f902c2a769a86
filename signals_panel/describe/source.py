"""Lines of source code: which line sent a signal, where a receiver is defined."""

from __future__ import annotations

import asyncio
import linecache
import os
import re
import sys
import sysconfig
from types import CodeType, FrameType
from typing import NamedTuple

from asgiref.sync import SyncToAsync

# A stack deeper than this without a frame of the project is given up.
_MAX_FRAMES = 256
# Frames kept of a stack or traceback.
_MAX_STACK = 50
# Call sites remembered; more than any program has, unless it makes code as it runs.
_MAX_PLACES = 20_000


class SourceLine(NamedTuple):
    """One line of source code."""

    path: str
    """The file, as Python knows it."""
    line: int
    """Its number, from 1."""
    function: str
    """The function it stands in, ``<module>`` outside of any."""
    text: str
    """The line itself without indentation; empty where the source can't be read."""


# Whose code is it? ---------------------------------------------------------------------

_OWN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
# realpath too: a virtual environment's library may be reached through a link.
_LIBRARIES = tuple(
    sorted(
        {
            os.path.join(real, "")
            for name in ("stdlib", "platstdlib", "purelib", "platlib")
            for path in [sysconfig.get_path(name)]
            if path
            for real in (path, os.path.realpath(path))
        }
        | {_OWN}
    )
)
_is_project: dict[str, bool] = {}


def is_project_file(path: str) -> bool:
    """Whether a file is the project's own: not Python's, not installed, not this panel's.

    What is typed at a prompt (``<stdin>``, ``<console>``, an IPython cell) is the project's.
    """
    known = _is_project.get(path)
    if known is None:
        if len(_is_project) >= _MAX_PLACES:
            _is_project.clear()
        known = _is_project[path] = _judge(path)
    return known


def _judge(path: str) -> bool:
    if path.startswith("<"):
        return path.startswith(("<stdin>", "<console>", "<ipython-input", "<python-input"))
    if "/site-packages/" in path or "/dist-packages/" in path or "\\site-packages\\" in path:
        return False
    # Django from a checkout, as its own contributors use it, is still Django.
    return not path.startswith((*_LIBRARIES, _package_folder("django"), _package_folder("asgiref")))


def _package_folder(name: str) -> str:
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None) or name
    return os.path.join(os.path.dirname(file), "")


# Call sites ----------------------------------------------------------------------------


class Place:
    """A call site: a code object and how far into it. Its line is worked out when read."""

    __slots__ = ("_code", "_instruction", "_line")

    def __init__(self, code: CodeType, instruction: int) -> None:
        self._code = code
        self._instruction = instruction
        self._line: SourceLine | None = None

    @property
    def source_line(self) -> SourceLine:
        """The line as it is on disk when this is first read."""
        if self._line is None:
            code = self._code
            number = code.co_firstlineno
            for start, end, line in code.co_lines():
                if start <= self._instruction < end:
                    number = line or number
                    break
            self._line = source_line(code, number)
        return self._line


# What is further out than these is not what led here: the thread or event loop does work
# that was handed to it.
_BOUNDARIES = frozenset(
    {
        id(asyncio.Handle._run.__code__),
        id(SyncToAsync.thread_handler.__code__),
    }
)


_PASS, _PROJECT, _OURS, _STOP = object(), object(), object(), object()


class _KnownCode:
    """A code object: whose it is, and the call sites in it.

    There is one ``Place`` for each, so that dispatches can be grouped by identity.
    """

    __slots__ = ("code", "kind", "places")

    def __init__(self, code: CodeType) -> None:
        # Kept, so that its id can't be anybody else's.
        self.code = code
        self.places: dict[int, Place] = {}
        if is_project_file(code.co_filename):
            self.kind = _PROJECT
        elif code.co_filename.startswith(_OWN):
            self.kind = _OURS
        else:
            self.kind = _STOP if id(code) in _BOUNDARIES else _PASS

    def add(self, instruction: int) -> Place:
        """The place of a call site that wasn't known."""
        global _number_of_places
        _number_of_places += 1
        if _number_of_places >= _MAX_PLACES:
            _number_of_places = 0
            _codes.clear()
        return self.places.setdefault(instruction, Place(self.code, instruction))


_codes: dict[int, _KnownCode] = {}
_number_of_places = 0


def _know(code: CodeType) -> _KnownCode:
    if len(_codes) >= _MAX_PLACES:
        _codes.clear()
    return _codes.setdefault(id(code), _KnownCode(code))


def find_place(frame: FrameType | None) -> Place | None:
    """The nearest frame of the project's code, from ``frame`` outwards.

    None where there is none in this thread, or in this step of the event loop.
    """
    known_code = _codes.get
    for _ in range(_MAX_FRAMES):
        if frame is None:
            return None
        code = frame.f_code
        known = known_code(id(code)) or _know(code)
        kind = known.kind
        if kind is _PROJECT:
            return known.places.get(frame.f_lasti) or known.add(frame.f_lasti)
        if kind is _STOP:
            return None
        frame = frame.f_back
    return None


def find_stack(frame: FrameType | None) -> list[Place]:
    """All frames from ``frame`` outwards, whosever code they are; the panel's own left out."""
    places: list[Place] = []
    known_code = _codes.get
    while frame is not None and len(places) < _MAX_STACK:
        code = frame.f_code
        known = known_code(id(code)) or _know(code)
        if known.kind is not _OURS:
            # The same objects again and again, which know their lines already.
            places.append(known.places.get(frame.f_lasti) or known.add(frame.f_lasti))
        if known.kind is _STOP:
            break
        frame = frame.f_back
    return places


def traceback_places(error: BaseException) -> list[Place]:
    """Where an exception came through, from the outermost frame that has seen it so far."""
    places: list[Place] = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not code.co_filename.startswith(_OWN):
            places.append(Place(code, traceback.tb_lasti))
        traceback = traceback.tb_next
    return places[-_MAX_STACK:]


def definition_line(code: CodeType) -> SourceLine:
    """The line of a function's ``def`` (its code object begins with its first decorator)."""
    number = code.co_firstlineno
    is_def = re.compile(rf"\s*(async\s+)?def\s+{re.escape(code.co_name)}\b").match
    lines = linecache.getlines(code.co_filename)
    # A decorator may span lines, but the def follows before the body's first line does.
    last = min((line for _, _, line in code.co_lines() if line and line > number), default=number)
    for candidate in range(number, last + 1):
        if candidate <= len(lines) and is_def(lines[candidate - 1]):
            return source_line(code, candidate)
    return source_line(code, number)


def source_line(code: CodeType, number: int) -> SourceLine:
    """The ``number``-th line of the file that ``code`` comes from."""
    # co_qualname names the class too, but came only with Python 3.11.
    function = getattr(code, "co_qualname", code.co_name)
    text = linecache.getline(code.co_filename, number).strip()
    return SourceLine(code.co_filename, number, function, text)
