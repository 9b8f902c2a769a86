"""What happened inside of a receiver: as comments below its call, and as functions of its own."""

from __future__ import annotations

from signals_panel.exports.written_out.context import Context
from signals_panel.exports.written_out.parts import Part
from signals_panel.exports.written_out.receivers import is_projects_own
from signals_panel.exports.written_out.source import comment, plain
from signals_panel.wording import count_text, written_out as words

# So many lines below one call.
_MAX_LINES = 8


def own_dispatches(part: Part) -> list[Part]:
    """A dispatch, or those that an operation sent of its own model."""
    if part.kind == "dispatch":
        return [part]
    return [each for each in part.of("dispatch") if each.row["sender"] == part.row["model"]]


def has_receivers(part: Part) -> bool:
    """Whether it has receivers of the project's that can be called by name."""
    if part.kind not in ("dispatch", "operation"):
        return False
    return any(
        is_projects_own(call.row)
        for dispatch in own_dispatches(part)
        for call in dispatch.of("call")
    )


def lines_of(context: Context, call: Part, indent: int) -> list[str]:
    """What a receiver sent, saved and put off, as comments."""
    lines = [
        line
        for depth, text in _texts(context, call, call.row["receiver"], 0)
        for line in comment(text, indent, "    " + "  " * depth)
    ]
    if len(lines) > _MAX_LINES:
        more = count_text(len(lines) - _MAX_LINES, "line")
        lines = [*lines[:_MAX_LINES], *comment(words.MORE.format(more), indent)]
    return lines


def _texts(context: Context, part: Part, around: str, depth: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    # A stack would read no better: calls are not gone into, so this is as deep as effects nest.
    for child in part.parts:
        if child.kind == "deferred":
            found.append((depth, words.put_off_text(child.row)))
            found += _texts(context, child, child.row["name"], depth + 1)
        elif child.kind in ("effect", "line"):
            found += _texts(context, child, around, depth)
        elif has_receivers(child):
            function, is_lost = context.inner(child, plain(around))
            place = context.place(child.row["sent_from"])
            found.append((depth, words.nested_text(child.row, place, function, is_lost)))
        elif child.kind == "operation":
            found += _texts(context, child, around, depth)
    return found
