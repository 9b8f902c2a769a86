"""Why a receiver wasn't called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.wording.numbers import count_text

_MAX_SENDERS = 3


def reason_text(silent: Mapping[str, Any]) -> str:
    """Why it wasn't called, from its ``reason`` and ``parameters``."""
    reason, parameters = silent["reason"], silent["parameters"]
    if reason == "other sender":
        sent_by = _some(parameters["sent_by"])
        which = "the signals were" if silent["more_signals"] else "the signal was"
        wanted = parameters["wanted"]
        several = f"{len(wanted)} other senders" if len(wanted) > 1 else ""
        named = several or wanted[0] or "another sender"
        return f"connected for {named}; {which} sent by {sent_by}"
    if reason == "bypassed":
        number = parameters["rows"]
        written = count_text(number, "row") if number else "rows"
        return _BYPASSED.format(**parameters, written=written)
    if reason == "not sent" and silent["more_signals"]:
        return "none of its signals was sent"
    text = _REASONS.get(reason)
    # One that another version has stored may have no words here.
    return text.format(**parameters) if text is not None else str(reason)


_BYPASSED = "{operation} of {model} sent no signals for its {written}"
_REASONS = {
    "never imported": "never imported: nothing has imported {module}, so it isn't connected",
    "not sent": "its signal wasn't sent",
    "not recorded": "its signal was sent, but went past the recorder",
    "no room": "its signal isn't among those that there was room for",
    "earlier raised": "an earlier receiver raised: {receiver}, {error}",
    "own method": "{method} didn't call it",
    "not kept": "not called in what was kept in detail",
    "connected late": "connected only after the signal was sent",
    "collected": "connected with a weak reference, and garbage-collected before the send",
}


def others_text(number: int) -> str:
    """The heading of those that aren't the project's."""
    return f"{count_text(number, 'receiver')} of Django and other packages"


def hint_text(row: Mapping[str, Any]) -> str:
    """``notes.receivers.tidy is not called here: never imported``, for one whose name is typed."""
    short = _SHORT.get(row["reason"], row["reason"])
    return f"{row['receiver']} is not called here: {short}"


_SHORT = {
    "other sender": "connected for another sender",
    "earlier raised": "an earlier receiver raised",
    "own method": "left out by the signal's own class",
    "not kept": "not in what was kept",
    "connected late": "connected too late",
    "collected": "garbage-collected",
    "bypassed": "bypassed by a bulk operation",
    "not sent": "its signal wasn't sent",
    "not recorded": "its signal went past the recorder",
    "no room": "its signal had no room in the report",
}


def advice_text(row: Mapping[str, Any]) -> str:
    """What to do about it; empty where there is nothing to be done."""
    reason, parameters = row["reason"], row["parameters"]
    if reason == "other sender":
        return _RELATED.get(parameters.get("related"), "").format(**parameters)
    if reason == "never imported" and not parameters["has_config"]:
        return _WITHOUT_CONFIG.format(**parameters)
    return _ADVICE.get(reason, "").format(**parameters)


_RELATED = {
    "proxy": "Proxy models send their own class: {model} is a proxy of {of}. Connect the receiver "
    "for each of the two.",
    "parent": "A model sends its own class, and not its parents': {model} inherits from {of}. "
    "Connect the receiver for each of the two.",
    "abstract": "An abstract model sends nothing: connect the receiver for {model}, which "
    "inherits from {of}.",
}
_WITHOUT_CONFIG = (
    "The app has no configuration of its own: define {config}(AppConfig) in {app}.apps, and import "
    "it in its ready()."
)
_ADVICE = {
    "never imported": "Import it in {config}.ready().",
    "bypassed": "Save the objects one by one, or call what the receiver does yourself.",
    "earlier raised": "send() ends with the first exception; send_robust() goes on.",
    "connected late": "Import its module in its app's ready(), which runs before any request.",
    "collected": "Keep a reference to it, or connect it with weak=False.",
}


def _some(names: list[str]) -> str:
    """The first three, and how many more there are."""
    more = len(names) - _MAX_SENDERS
    shown = ", ".join(names[:_MAX_SENDERS])
    return f"{shown} and {more:,} more" if more > 0 else shown
