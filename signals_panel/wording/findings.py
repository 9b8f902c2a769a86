"""What rules found, why it matters, and the one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from signals_panel.effects import kind_of
from signals_panel.wording.numbers import count_text, duration_text

Figures = Mapping[str, Any]

_MAX_NAMES = 3


class FindingText(NamedTuple):
    """A finding in words."""

    subject: str
    """What it is about: mostly a receiver."""
    said: str
    """What was found, as the rest of a sentence that begins with the subject."""
    why: str
    """Why it matters."""
    advice: str
    """One thing to do."""


_DOCS = "https://github.com/django-signals-panel/django-signals-panel/blob/main/docs/findings.md"


def docs_of(code: str) -> str:
    """The address of the section about a rule."""
    return f"{_DOCS}#{code}"


def mark_text(code: str) -> str:
    """A rule's code as the mark of a row: ``connected twice``."""
    return code.replace("-", " ")


def finding_text(code: str, figures: Figures) -> FindingText:
    """The sentences for a code and its figures; see ``signals_panel.findings``."""
    make = _TEXTS.get(code)
    if make is None:
        # One that another version has stored may have no words here.
        return FindingText(str(figures.get("receiver") or code), code, "", "")
    text, package = make(figures), figures.get("package")
    if package:
        # Nobody changes that.
        advice = f"See whether {package} has a setting that spares it or leaves it to a task."
        return text._replace(advice=advice)
    return text


def _raised(figures: Figures) -> FindingText:
    errors, fate = figures["errors"], figures["fate"]
    times = f" {errors:,} times, first" if errors > 1 else ""
    after = {
        "ended": ", which ended the request",
        "caught": ", which was caught further out",
        "swallowed": f", which {figures['method']}() swallowed",
    }.get(fate, "")
    not_called = figures["not_called"]
    left = f"; not called because of it: {_names(not_called)}" if not_called else ""
    if fate == "swallowed":
        why = "The signal's other receivers were called, and the error is only in the log."
        advice = "Fix the receiver; its traceback is in the log, under django.dispatch."
    else:
        why = "The first exception ends a send: receivers that come later aren't called."
        advice = "Catch in the receiver what may fail, so that the sender doesn't depend on it."
    return FindingText(
        figures["receiver"], f"raised{times} {figures['error']}{after}{left}.", why, advice
    )


def _slow(figures: Figures) -> FindingText:
    parts = figures["parts"]
    most = next(iter(parts), "python")
    advice = {
        "sql": "Look at its slowest query, in the details: an index or asking for less may do.",
        "python": "Do only what the response needs here; leave the rest to a background job.",
        "cache": "Look at the cache's backend, and ask for several keys at once.",
    }.get(most, "Do less of it here, or leave it to a background job.")
    share = figures["share"]
    of_all = f", {share:.0%} of the time" if share >= 0.01 else ""
    return FindingText(
        figures["receiver"],
        f"took {duration_text(figures['ms'])} of its own{_in_calls(figures)}{of_all}: "
        f"{_parts(figures)}.",
        "The code that sent the signal waits until it has returned.",
        advice,
    )


def _background(figures: Figures) -> FindingText:
    deferred = figures.get("deferred")
    waited = f"waited {duration_text(figures['ms'])} for {_kinds(figures)}{_in_calls(figures)}"
    if deferred:
        return FindingText(
            deferred,
            f"was put off with on_commit, and then {waited}.",
            "on_commit runs it after the commit, and still before the response.",
            "Enqueue a background job there instead.",
        )
    return FindingText(
        figures["receiver"],
        f"{waited}.",
        "The visitor waits for it, and longer still when the other end is slow or down.",
        "Leave it to a background job, enqueued with transaction.on_commit.",
    )


def _irreversible(figures: Figures) -> FindingText:
    what = {"mail": "sent mail", "http": "called an API"}
    done = " and ".join(what.get(kind, kind) for kind in figures["kinds"])
    return FindingText(
        figures["receiver"],
        f"{done} inside a transaction{_times(figures)}{_undone(figures)}.",
        "A rollback takes the rows back, and not what was sent.",
        "Put it off with transaction.on_commit.",
    )


def _enqueued_early(figures: Figures) -> FindingText:
    return FindingText(
        figures["receiver"],
        f"enqueued {count_text(figures['times'], 'task')} inside a transaction{_undone(figures)}.",
        "A worker may begin before the commit, and find no row.",
        "Enqueue it in transaction.on_commit.",
    )


def _waits(figures: Figures) -> FindingText:
    return FindingText(
        figures["receiver"],
        f"waited {duration_text(figures['ms'])} for {_kinds(figures)} inside a transaction.",
        "The rows that the transaction has changed stay locked meanwhile.",
        "Do it after the commit, with transaction.on_commit, or before the transaction.",
    )


def _repeated(figures: Figures) -> FindingText:
    times, calls, statement = figures["times"], figures["calls"], figures["text"]
    is_sql = figures["kind"] == "sql"
    what = "query" if is_sql else kind_of(figures["kind"]).singular
    cost = duration_text(figures["ms"])
    if figures["is_once_per_send"]:
        said = f"ran the same {what} on every send: {times:,} times, {cost}."
        advice = _FOR_ALL.get(statement.partition(" ")[0].upper()) if is_sql else None
        advice = advice or "Do it once for all objects, in a function called after saving them."
    else:
        in_calls = f" in {count_text(calls, 'call')}" if calls > 1 else ""
        said = f"ran the same {what} {times:,} times{in_calls}, {cost}."
        advice = "Ask once for all of them, before the loop."
    why = "Each is a round trip to the database." if is_sql else "Each costs as much as the first."
    return FindingText(figures["receiver"], said, why, advice)


_FOR_ALL = {
    "SELECT": "Fetch what it needs once, before the objects are saved: one query would do.",
    "INSERT": "Write these rows with one bulk_create, after the objects are saved.",
    "UPDATE": "Write these rows with one QuerySet.update, after the objects are saved.",
    "DELETE": "Delete these rows with one QuerySet.delete, after the objects are saved.",
}


def _switch(figures: Figures) -> FindingText:
    names, ms = _names(figures["receivers"]), duration_text(figures["ms"])
    if figures["is_awaited"]:
        return FindingText(
            _signal(figures),
            f"was sent with {figures['method']}(), and took {ms} to come to sync receivers "
            f"and back: {names}.",
            "A sync receiver is handed to a thread, and the coroutine waits for it.",
            "Write the receiver with async def.",
        )
    return FindingText(
        _signal(figures),
        f"was sent with {figures['method']}(), and took {ms} to come to async receivers "
        f"and back: {names}.",
        "An async receiver needs an event loop, which is started for it.",
        "Send the signal with asend(), or write the receiver with def.",
    )


def _slow_delete(figures: Figures) -> FindingText:
    rows, names = count_text(figures["rows"], "row"), figures["receivers"]
    return FindingText(
        figures["sender"],
        f"was deleted row by row, {rows} in {duration_text(figures['ms'])}, since "
        f"{_names(names)} {'listens' if len(names) == 1 else 'listen'}.",
        "With no receiver of pre_delete and post_delete Django deletes them in one statement.",
        "Do what the receiver does for all rows at once, where they are deleted.",
    )


def _recursion(figures: Figures) -> FindingText:
    ended = f", and raised {figures['error']}" if figures["error"] else ""
    return FindingText(
        figures["receiver"],
        f"saves the very {figures['sender']} that it was called for, and so was called within its "
        f"own call, {figures['depth']:,} deep{ended}.",
        "Each save sends its signals again.",
        "Set the field in pre_save, or write it with QuerySet.update, which sends nothing.",
    )


def _per_object(figures: Figures) -> FindingText:
    queries = f"{figures['queries']:.3g} queries"
    return FindingText(
        f"Each {figures['sender']} saved",
        f"costs {queries} in {count_text(figures['number'], 'receiver')}: "
        f"{_names(figures['receivers'])}.",
        "The cost grows with every object that is saved.",
        "Do their work once for all objects, in a function called after saving them.",
    )


def _connected_twice(figures: Figures) -> FindingText:
    return FindingText(
        figures["receiver"],
        f"is connected {figures['ways']} times, and called as often for each send.",
        "Its work is done more than once.",
        "Connect it in one place, with a dispatch_uid; import its module under one name only.",
    )


def _bypassed(figures: Figures) -> FindingText:
    rows, names = count_text(figures["rows"], "row"), figures["receivers"]
    one = len(names) == 1
    return FindingText(
        f"{figures['model']}.objects.{figures['operation'].replace('raw delete', 'delete')}()",
        f"wrote {rows} without calling {_names(names)}.",
        "Bulk operations send no signals for the rows they write.",
        f"Do what {'this receiver does' if one else 'these receivers do'}, for the rows, beside "
        "the bulk operation.",
    )


def _raw(figures: Figures) -> FindingText:
    return FindingText(
        figures["receiver"],
        f"ran {count_text(figures['queries'], 'query', 'queries')} for "
        f"{count_text(figures['sends'], 'object')} that a fixture loaded (raw=True).",
        "What a fixture's object refers to may not be loaded yet.",
        "Begin it with: if raw: return",
    )


def _weak(figures: Figures) -> FindingText:
    return FindingText(
        figures["receiver"],
        "is a local function, and connected with a weak reference.",
        "Where nothing else holds it, it is gone without a word; with DEBUG Django's cache of "
        "signatures holds it.",
        "Define it in the module, or connect it with weak=False.",
    )


def _broadly(figures: Figures) -> FindingText:
    useful = figures["useful_for"]
    return FindingText(
        figures["receiver"],
        f"is connected to all senders, and did nothing in {figures['idle']:,} of its "
        f"{figures['calls']:,} calls, for {count_text(figures['senders'], 'sender')}.",
        "It is called for whatever is saved, in every request.",
        f"Connect it with sender={', '.join(useful[:_MAX_NAMES]) or '...'}.",
    )


def _same_app(figures: Figures) -> FindingText:
    names = figures["receivers"]
    one = len(names) == 1
    return FindingText(
        _names(names),
        f"{'belongs' if one else 'belong'} to the same app as the sender, {figures['sender']}.",
        "Within one app a signal hides what a direct function call would make obvious.",
        f"Call {'it' if one else 'them'} directly from the code that {_does(figures)}.",
    )


def _does(figures: Figures) -> str:
    """What was sent about: ``saves shop.Product``."""
    if figures["signal"] == "m2m_changed":
        return f"changes {figures['sender']}"
    verb = {"save": "saves", "delete": "deletes"}.get(figures["signal"].partition("_")[2], "makes")
    return f"{verb} {figures['sender']}"


_TEXTS: dict[str, Callable[[Figures], FindingText]] = {
    "raised": _raised,
    "slow": _slow,
    "background": _background,
    "irreversible": _irreversible,
    "enqueued-early": _enqueued_early,
    "waits-in-transaction": _waits,
    "repeated": _repeated,
    "switch": _switch,
    "slow-delete": _slow_delete,
    "recursion": _recursion,
    "per-object": _per_object,
    "connected-twice": _connected_twice,
    "bypassed": _bypassed,
    "raw": _raw,
    "weak": _weak,
    "connected-broadly": _broadly,
    "same-app": _same_app,
}


# Parts of sentences ---------------------------------------------------------------------


def _names(names: list[str]) -> str:
    """Some of them, without the modules that they are in."""
    shown = [name.rstrip(")").rpartition(".")[2] for name in names[:_MAX_NAMES]]
    more = len(names) - len(shown)
    if more > 0:
        return f"{', '.join(shown)} and {more:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _parts(figures: Figures) -> str:
    # What an async receiver awaits besides its effects can't be told from its own work.
    rest = "Python and awaiting" if figures["is_async"] else "Python"
    return ", ".join(
        f"{duration_text(ms)} {rest if kind == 'python' else _title(kind)}"
        for kind, ms in figures["parts"].items()
    )


def _title(kind: str) -> str:
    title = kind_of(kind).title
    return title if title.isupper() else title.lower()


def _kinds(figures: Figures) -> str:
    return " and ".join(_WAITS.get(kind, kind) for kind in figures["kinds"])


_WAITS = {"mail": "mail", "http": "HTTP", "process": "a process"}


def _in_calls(figures: Figures) -> str:
    calls = figures["calls"]
    return f" in {count_text(calls, 'call')}" if calls > 1 else ""


def _times(figures: Figures) -> str:
    return f", {figures['times']:,} times" if figures["times"] > 1 else ""


def _undone(figures: Figures) -> str:
    return ", which was rolled back" if figures["rolled_back"] else ""


def _signal(figures: Figures) -> str:
    sender = figures["sender"]
    return f"{figures['signal']} from {sender}" if sender else figures["signal"]
