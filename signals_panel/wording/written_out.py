"""The sentences of a flow that is written out as code; they stand in its comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.wording.numbers import count_text, duration_text, effects_text
from signals_panel.wording.rows import deferred_text

NOTHING = "Nothing can be written out here: none of the project's receivers was called."
NO_RECEIVERS = (
    "This recording has nothing to write out: none of the project's receivers was called."
)
NOT_ONE = "Give written_out() a dispatch or an operation of this recording, or nothing."
NOT_SHOWN = (
    "There is no row for it in the report of this recording. It may be of another recording, or "
    "beyond what MAX_KEPT and MAX_ROWS keep."
)

STAYS = {
    "other's": "is no code of this project",
    "unnamed": "has no name to import it by",
    "broad": "is connected for all senders, and would be missing at the others",
    "uid": "is connected with a dispatch_uid that can't be written down",
    "signal": "is connected to a signal that has no name to import it by",
}

ATOMIC = "Django does all of this in one transaction."
KEYS = "Receivers of post_delete see the key, which delete() takes away."
OVERRIDDEN = (
    "{model} has a {method}() of its own: receivers ran in the middle of it, and run before and "
    "after all of it here."
)
MORE = "{} more inside of these receivers, not written out here."
LOGGED = "A receiver failed."
SIDE = "From the side of {model}, as the line that asked for it doesn't tell which it was."
BELOW = "counted below"


def cost_text(row: Mapping[str, Any]) -> str:
    """``6.3 ms, 2 queries``, or ``200 times: 1.2 s, 400 queries, raised ValueError: no stock``."""
    return _cost(row, row["ms"], row["effects"])


def own_cost_text(row: Mapping[str, Any]) -> str:
    """What an operation cost without its receivers."""
    return _cost(row, row["self_ms"], row["own_effects"])


def _cost(row: Mapping[str, Any], ms: float, effects: Mapping[str, int]) -> str:
    times = f"{count_text(row['count'], 'time')}: " if row["count"] > 1 else ""
    parts = [duration_text(ms), effects_text(effects)]
    if row.get("error"):
        parts.append(f"raised {row['error']}")
    return times + ", ".join(part for part in parts if part)


def head_texts(row: Mapping[str, Any], place: str, statement: str) -> list[str]:
    """What was written out, and from where."""
    what = f"`{statement}`" if statement else _what(row)
    at = f" at {place}" if place else ""
    return [f"Written out by django-signals-panel: what {what}{at} set off. {cost_text(row)}."]


def use_texts(row: Mapping[str, Any], call: str, is_sent: bool, is_awaited: bool) -> list[str]:
    """How the function is put to use."""
    where = "there" if is_sent else f"there, and wherever else {_done(row)}"
    texts = [f"Call {call} {where}; and disconnect what it calls (take away @receiver):"]
    if is_awaited:
        texts.insert(0, "It isn't async: from an async function, call it with sync_to_async.")
    if row["count"] > 1:
        texts.insert(0, f"It is for one of the {row['count']:,}: call it in a loop.")
    return texts


def _done(row: Mapping[str, Any]) -> str:
    if row["operation"] == "m2m":
        return "this relation is changed in this way"
    return f"objects of {row['model']} are {_VERBS[row['operation']]}"


_VERBS = {"save": "saved", "delete": "deleted"}


def inside_texts(
    row: Mapping[str, Any], function: str, place: str, statement: str, call: str
) -> list[str]:
    """Of a function for what a receiver does inside: where it would be called."""
    what = f"`{statement}`" if statement else _what(row)
    at = f", at {place}" if place else ""
    return [
        f"Inside of {function}{at}: {what}. {cost_text(row)}.",
        f"To have it written out as well, call {call} there, and disconnect what that calls:",
    ]


STAYS_CONNECTED = "Stays connected, and is called by the signal as before:"
STILL_SENT = "for the receivers that stay connected"


def stays_text(receiver: str, why: str, place: str) -> str:
    """Why a receiver isn't called by name."""
    at = f" at {place}" if place else ""
    return f"{receiver}{at}: {STAYS[why]}"


def nested_text(row: Mapping[str, Any], place: str, function: str, is_lost: bool) -> str:
    """What happened inside of a receiver, and which function writes it out."""
    at = f" at {place}" if place else ""
    text = f"Inside: {_what(row)}{at}, {cost_text(row)}"
    if is_lost:
        return f"{text}. Its receivers hear nothing of it any more: call {function}() there"
    return f"{text}; see {function}()" if function else text


def put_off_text(row: Mapping[str, Any]) -> str:
    """What a receiver put off until the commit."""
    using = f", using={row['alias']!r}" if row["alias"] != "default" else ""
    never = deferred_text(row)
    return f"Inside: transaction.on_commit({row['name']}{using}), {never or cost_text(row)}"


def guarded_text(is_created: bool) -> str:
    """What the recording shows of a receiver that is called under a guard."""
    other = "changed" if is_created else "created"
    return f"Called for one that was {other}, it caused nothing in this recording."


def not_called_text(receiver: str) -> str:
    """Of a receiver that an exception of an earlier one kept from being called."""
    return f"not called, because {receiver.rpartition('.')[2]} raised"


def _what(row: Mapping[str, Any]) -> str:
    if row["kind"] == "operation":
        verb = f"{row['note']}()" if row["operation"] == "m2m" else f"{row['operation']}()"
        return f"{verb} of {row['model']}"
    signal = row["signal"].rpartition(".")[2]
    return f"{signal} from {row['sender'] or 'no sender'}"


def doc_text(row: Mapping[str, Any], name: str) -> str:
    """The docstring of the function; ``name`` is that of the model or signal."""
    if row["kind"] == "dispatch":
        return f"Do what the receivers of {name} did."
    verb = {"save": "Save", "delete": "Delete"}.get(row["operation"], "Change")
    return f"{verb} {name}, and do what its receivers did."
