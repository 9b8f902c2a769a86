"""What changed between two recordings."""

from __future__ import annotations

from collections.abc import Mapping

from signals_panel.effects import kind_of
from signals_panel.wording.numbers import count_text, duration_text

_MINUS = "\N{MINUS SIGN}"

NOT_TWO = (
    "compare() takes two recordings of record_signals(), or two reports as the toolbar's store "
    "has them, and not {}."
)
NOT_READY = (
    "This report isn't finished: it holds figures alone until its response has been sent. "
    "Open its panel first."
)
OTHER_VERSION = (
    "This report was stored by another version of the panel. Make the request again to compare it."
)


def verdict_text(
    *,
    new: int,
    gone: int,
    calls: int,
    raised: int,
    effects: Mapping[str, int],
    ms: float,
    receiver_ms: float,
) -> str:
    """``+1 receiver, +2 queries, +68 ms``: what was added, and what became less.

    Calls are named where there aren't as many as receivers that came and went. Where nothing but
    time differs, the receivers' part of it is said, too: it may even have gone the other way.
    """
    parts = [
        *([signed_count(raised, "error of receivers", "errors of receivers")] if raised else []),
        *([signed_count(new, "receiver")] if new else []),
        *([signed_count(-gone, "receiver")] if gone else []),
        *([signed_count(calls, "receiver call")] if calls != new - gone else []),
        *(
            signed_count(number, kind_of(name).singular, kind_of(name).plural)
            for name, number in effects.items()
            if number
        ),
    ]
    if not parts:
        same = f"The same receivers and effects, {signed_duration(ms)}"
        return f"{same} ({signed_duration(receiver_ms)} in receivers)"
    return ", ".join([*parts, signed_duration(ms)])


def signed_count(number: float, singular: str, plural: str | None = None) -> str:
    """``+2 queries``, with a minus sign for what became less."""
    return f"{_sign(number)}{count_text(int(abs(number)), singular, plural)}"


def signed_number(number: float) -> str:
    """``+2``; nothing for 0."""
    return f"{_sign(number)}{int(abs(number)):,}" if number else ""


def signed_duration(ms: float) -> str:
    """``+68 ms``; what is too short to be shown has no sign."""
    return f"{_sign(ms) if abs(ms) >= _LEAST_MS else ''}{duration_text(abs(ms))}"


# Less is written as "<0.01 ms".
_LEAST_MS = 0.005


def _sign(number: float) -> str:
    return "+" if number > 0 else _MINUS if number < 0 else ""


# On the page ----------------------------------------------------------------------------

STILL_SENT = "The response of this request is still being sent. Open “Compared” again in a moment."
OTHER_STILL_SENT = "The response of that request is still being sent. Choose it again in a moment."
OTHER_GONE = "The toolbar doesn't keep that request any more. Choose another one."
NO_EARLIER = (
    "The toolbar keeps no earlier request to {}. Load the page again to compare it with this one"
)
OR_ANOTHER = ", or choose another request."
OUTSIDE = "Outside of receivers"
REST = "In no row: the sending of signals, what overlaps, and what had no room"
WHOLE = "The whole request"


def no_earlier_text(request: Mapping[str, object] | None, *, has_others: bool) -> str:
    """That there is nothing to compare with by itself, and what can be done."""
    address = f"{request['method']} {request['path']}" if request else "this address"
    return NO_EARLIER.format(address) + (OR_ANOTHER if has_others else ".")


def left_out_text(lists: Mapping[str, float]) -> str:
    """That some rows had no room; empty where all had."""
    if not lists:
        return ""
    named = ", ".join(f"{int(number):,} {name}" for name, number in lists.items())
    return (
        f"The reports had no room for all rows ({named} left out): what is shown as new or gone "
        "may be among them."
    )


def request_choice_text(request: Mapping[str, object], when: str, headline: str) -> str:
    """``16:03:22 GET /shop/cascade/ (5 receivers · 4 queries · 139 ms)``."""
    return f"{when} {request['method']} {request['path']} ({headline})"


def since_text(request: Mapping[str, object], when: str) -> str:
    """What a verdict is the difference to."""
    return f"since {request['method']} {request['path']} at {when}"
