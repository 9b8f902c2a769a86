"""Whole stacks: of the first send from a line, and of an exception."""

from __future__ import annotations

from types import CodeType, FrameType

from signals_panel.describe.callsites import known_code
from signals_panel.describe.faults import traceback_of
from signals_panel.describe.frame_kinds import HANDED_OVER, OURS
from signals_panel.describe.owners import OWN
from signals_panel.describe.source import Place

# Frames kept of a stack or traceback.
_MAX_STACK = 50
# A receiver is looked for in so many: between it and a query stand ten to thirty.
_MAX_BETWEEN = 120


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


def stack_from(frame: FrameType | None) -> Stack:
    """All frames from ``frame`` outwards, whosever code they are; the panel's own left out.

    It ends where one of the ``receiver_callers`` has called a receiver.
    """
    places: list[Place] = []
    while frame is not None and len(places) < _MAX_STACK:
        code_id = id(frame.f_code)
        if code_id in receiver_callers:
            return Stack(places, True)
        known = known_code(frame)
        if known.kind is not OURS:
            # The same objects again and again, which know their lines already.
            places.append(known.places.get(frame.f_lasti) or known.add(frame))
        if code_id in HANDED_OVER:
            break
        frame = frame.f_back
    return Stack(places, False)


def instruction_in(code: CodeType, frame: FrameType | None) -> int:
    """Which instruction of a receiver's code is running, seen from ``frame`` outwards.

    -1 where the receiver isn't on the stack: its code may run in another thread or task, and a
    decorator may act in its place.
    """
    callers = receiver_callers
    for _ in range(_MAX_BETWEEN):
        if frame is None:
            break
        here = frame.f_code
        if here is code:
            return frame.f_lasti
        if id(here) in callers:
            # What is further out is another receiver's.
            break
        frame = frame.f_back
    return -1


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
