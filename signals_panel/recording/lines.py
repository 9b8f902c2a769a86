"""Which line of a receiver's own function led to what it caused.

A line is kept as an instruction of the function's code, which is a number: what it is the line of
is known by the receiver.
"""

from __future__ import annotations

from types import CodeType, FrameType
from typing import Any

from signals_panel.describe import CallSite, instruction_in, line_number
from signals_panel.recording.current import handed_over_from
from signals_panel.recording.nodes import (
    CallNode,
    DeferredNode,
    DispatchNode,
    EffectNode,
    OperationNode,
    Parent,
)


def find_instruction(parent: Parent, site: CallSite | None, frame: FrameType | None) -> int:
    """The instruction of the receiver, or deferred function, that is directly around.

    -1 where there is none, and where ``site`` is in that function, so that it tells.
    """
    kind: Any = type(parent)
    if kind is CallNode:
        code = parent.receiver.code  # type: ignore[union-attr] # of a call
    elif kind is DeferredNode:
        code = parent.words.code  # type: ignore[union-attr] # of deferred work
    else:
        return -1
    if code is None or (site is not None and site.place.code is code):
        return -1
    instruction = instruction_in(code, frame)
    return instruction if instruction >= 0 else handed_over_instruction(code)


def handed_over_instruction(code: CodeType) -> int:
    """The instruction of a receiver's code that handed work to this thread; -1 if none did."""
    site = handed_over_from.get()
    if site is not None and site.place.code is code:
        return site.place.instruction
    return -1


def line_in(code: CodeType, node: DispatchNode | EffectNode | OperationNode) -> int | None:
    """The number of the line of a receiver's code that led to what is directly in it."""
    if node.at >= 0:
        return line_number(code, node.at)
    site = node.site
    if site is not None and site.place.code is code:
        return line_number(code, site.place.instruction)
    return None
