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

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from django.core.signals import setting_changed

from signals_panel.conf import SETTING
from signals_panel.describe.delegating import delegates, may_delegate
from signals_panel.describe.frame_kinds import (
    DJANGO,
    HANDED_OVER,
    OURS,
    PACKAGE,
    PROJECT,
    STOP,
    kind_of,
)
from signals_panel.describe.passing_on import may_pass_on, passes_on
from signals_panel.describe.source import Place, SourceLine

# A stack deeper than this without a frame of the project is given up.
_MAX_FRAMES = 256
# Call sites remembered; more than any program has, unless it makes code as it runs.
_MAX_PLACES = 20_000
_MAX_VIA = 10


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
        return self.place.source_line if self.kind is not DJANGO else None

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
        self.delegates = may_delegate(frame.f_code) and delegates(frame.f_code, frame.f_lasti)
        self._may_pass_on = may_pass_on(frame)
        # The project's, and nothing about it needs a second look: it is the line, if it is the
        # first to be found.
        self.is_line = kind is PROJECT and not (self._may_pass_on or self.delegates)

    def passes_on(self, frame: FrameType, called: FrameType | None) -> bool:
        """Whether ``frame``, which stands here, hands a request to what it is wrapped around."""
        # Not remembered: other functions may be wrapped by the same decorator.
        return called is not None and self._may_pass_on and passes_on(frame, called)


class _KnownCode:
    """A code object: whose it is, and the places in it."""

    __slots__ = ("code", "kind", "places")

    def __init__(self, code: CodeType, module: Any) -> None:
        # Kept, so that its id can't be anybody else's.
        self.code = code
        self.places: dict[int, _Place] = {}
        self.kind = kind_of(code, module)

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


def known_code(frame: FrameType) -> _KnownCode:
    """The code that a frame runs, with the places known in it."""
    return _codes.get(id(frame.f_code)) or _know(frame)


# The search ----------------------------------------------------------------------------


def find_site(
    frame: FrameType | None, get_handed_over: Callable[[], CallSite | None]
) -> CallSite | None:
    """The call site that led to a send, from ``frame`` outwards.

    ``get_handed_over`` gives where the work was handed to this thread; it is asked where this
    thread has no line of the project's own. Without one anywhere, it is the nearest frame of an
    installed package; else the framework's, which isn't shown.
    """
    get_code = _codes.get
    if frame is not None and (known_here := get_code(id(frame.f_code))) is not None:
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
        known = get_code(id(frame.f_code)) or _know(frame)
        kind = known.kind
        if kind is PROJECT:
            place = known.places.get(frame.f_lasti) or known.add(frame)
            if place.is_line:
                return place.site
            found = _look_closer(start, PROJECT, get_handed_over())
            if found is not None:
                return found
            # Every one of them only passes a request on.
            break
        if kind is PACKAGE:
            package = package or frame
        elif kind is DJANGO:
            framework = framework or frame
        elif kind is STOP:
            break
        frame = frame.f_back
    handed_over = get_handed_over()
    if handed_over is not None and (handed_over.kind is PROJECT or package is None):
        return handed_over
    if package is not None:
        return _look_closer(start, PACKAGE, None)
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
        if kind is STOP:
            is_handed_over = id(frame.f_code) in HANDED_OVER
            break
        if kind is wanted:
            place = _place_of(frame)
            if place.delegates:
                via.append(place)
            elif not place.passes_on(frame, called):
                return _chain(place, via, wanted)
        if kind is not OURS:
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
