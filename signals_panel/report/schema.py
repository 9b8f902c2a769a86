"""The shapes of a report: plain JSON types, as the toolbar's store keeps them.

Times are in milliseconds, sums over ``count``; ``start_ms``, ``spans`` and ``boxes`` are on
the request's own axis. Whatever people read is made of codes and figures in
``signals_panel.wording``.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

VERSION = 1

Line = list[Any]
"""A line of source: ``[path, number, function, text]``; other places have its index."""

Counts = dict[str, int]
"""How many effects of each kind, such as ``{"sql": 2, "cache": 1}``."""

Boxes = dict[str, list[int]]
"""When rows ran, by a row's index: ``[start, length, start, length, ...]`` in whole microseconds on
the request's own axis, sorted. Those of a row that ran very often are put together where they are
closest; one that nothing was kept of has none. A row's boxes lie between the first and the last of
the row above it, but for deferred work, and for async receivers that outlive their send."""


class PhaseRow(TypedDict, total=False):
    """A part of a request."""

    kind: Literal["phase"]
    key: str
    level: int
    name: str
    open: bool


class DispatchRow(TypedDict, total=False):
    """Dispatches of one signal by one sender from one line."""

    kind: Literal["dispatch"]
    key: str
    level: int
    count: int
    kept: int
    """How many of them were kept one by one; so for the other rows."""
    ms: float
    longest_ms: float
    signal: str
    sender: str | None
    method: str
    said: list[list[Any]]
    """What senders said of it, such as ``created``: ``[text, count]``."""
    atomic: list[str]
    """The databases in whose transaction it began; so for the other rows."""
    rolled_back: int
    """How many of those kept were in a transaction that was rolled back."""
    concurrent: bool
    recursive: bool
    """It stands below a dispatch of the same signal and sender."""
    effects: Counts
    """All that happened in it."""
    start_ms: float | None
    spans: list[int]
    """When it ran, in thousandths of the request: ``[start, length, start, length, ...]``."""
    housekeeping: bool
    """Nothing but Django's own receivers of its own signals was called."""
    sent_from: int | None
    """An index into the report's lines."""
    via: list[int]
    """Such indexes, innermost first: the lines that only delegated."""
    package: str | None
    """The package that the line is in, where it isn't the project's."""
    marks: list[str]
    open: bool


class CallRow(TypedDict, total=False):
    """Calls of one receiver in alike dispatches."""

    kind: Literal["call"]
    key: str
    level: int
    count: int
    kept: int
    ms: float
    longest_ms: float
    receiver: str
    sent_by: str
    """The method that called it."""
    origin: str
    """``project``, ``third-party`` or ``django``."""
    housekeeping: bool
    is_async: bool
    self_ms: float
    errors: int
    error: str | None
    """The first."""
    fate: str | None
    """What became of it: "ended", "caught", "swallowed" or "passed on"."""
    from_nested: bool
    """A receiver called inside had raised it."""
    not_called: list[str]
    """The receivers that weren't called because of it."""
    connected_twice: bool
    atomic: list[str]
    rolled_back: int
    unfinished: int
    own_effects: Counts
    effects: Counts
    """With those of nested receivers."""
    start_ms: float | None
    spans: list[int]
    defined_at: int | None
    marks: list[str]
    """The codes of what was found here; so for the other rows."""
    open: bool


class OperationRow(TypedDict, total=False):
    """Operations of one model that the program asked for in one line, such as ``save()``."""

    kind: Literal["operation"]
    key: str
    level: int
    count: int
    kept: int
    ms: float
    longest_ms: float
    operation: str
    """``save``, ``delete``, ``update``, ``bulk_create``, ...: see ``results.Operation``."""
    model: str
    note: str
    table_rows: int
    """How many rows of the database they were about, as far as it is known."""
    bypassed: list[str]
    """Receivers of this model's signals that a bulk operation sends nothing to."""
    atomic: list[str]
    rolled_back: int
    self_ms: float
    """Without the dispatches in them."""
    errors: int
    error: str | None
    unfinished: int
    own_effects: Counts
    effects: Counts
    """With those of receivers."""
    start_ms: float | None
    spans: list[int]
    sent_from: int | None
    via: list[int]
    package: str | None
    marks: list[str]
    open: bool


class DeferredRow(TypedDict, total=False):
    """What was put off with ``transaction.on_commit``, below what put it off."""

    kind: Literal["deferred"]
    key: str
    level: int
    count: int
    kept: int
    ms: float
    """In nothing of what it stands below."""
    longest_ms: float
    name: str
    alias: str
    fate: str | None
    """``ran``, ``rolled back``, ``dropped``; None where its transaction was still open."""
    reason: str
    """What it was rolled back by, or dropped for."""
    errors: int
    error: str | None
    own_effects: Counts
    effects: Counts
    start_ms: float | None
    spans: list[int]
    defined_at: int | None
    open: bool


class LineRow(TypedDict, total=False):
    """Effects that one line caused outside of receivers and operations."""

    kind: Literal["line"]
    key: str
    level: int
    count: int
    kept: int
    ms: float
    longest_ms: float
    own_effects: Counts
    effects: Counts
    start_ms: float | None
    spans: list[int]
    sent_from: int | None
    via: list[int]
    package: str | None
    open: bool


class EffectRow(TypedDict, total=False):
    """Effects of one kind that are alike."""

    kind: Literal["effect"]
    key: str
    level: int
    count: int
    kept: int
    ms: float
    longest_ms: float
    effect: str
    """The name of its kind."""
    text: int | None
    """An index into the report's texts: of SQL the statement."""
    alias: str
    atomic: list[str]
    rolled_back: int
    note: str
    result: str | None
    data: str
    """What its kind keeps besides, of the first of them, such as a query's parameters."""
    errors: int
    error: str | None
    start_ms: float | None
    spans: list[int]
    open: bool


class MoreRow(TypedDict):
    """Counts of all that isn't kept in detail."""

    kind: Literal["more"]
    key: str
    level: int
    dispatches: int
    calls: int
    effects: Counts
    """In receivers."""
    outside: Counts


Row = PhaseRow | OperationRow | LineRow | DeferredRow | DispatchRow | CallRow | EffectRow | MoreRow


class ReceiverRow(TypedDict):
    """All calls of one receiver.

    Those inside of another of its calls are not in ``ms`` and ``effects``.
    """

    receiver: str
    origin: str
    housekeeping: bool
    is_async: bool
    calls: int
    ms: float
    self_ms: float
    longest_ms: float
    own_effects: Counts
    effects: Counts
    repeated: int
    """How many of its own effects were the same as an earlier one."""
    errors: int
    defined_at: int | None
    sent_from: list[int]
    """The lines that led to it."""


class SignalRow(TypedDict):
    """All sends of one signal by one sender."""

    signal: str
    sender: str | None
    heard: int
    unheard: int
    ms: float
    receivers: list[list[Any]]
    """``[name, calls]``."""
    more_receivers: int
    senders: int
    """How many it stands for; more than one for what is sent of each object, and unheard."""


class SameEffectRow(TypedDict):
    """What receivers caused with one text, such as all runs of one statement."""

    effect: str
    text: int
    alias: str
    result: str | None
    count: int
    ms: float
    longest_ms: float
    errors: int
    sends: int
    """How many receiver calls caused it."""
    receivers: list[list[Any]]
    """``[name, calls, count]``."""
    more_receivers: int
    sent_from: list[int]


class SilentRow(TypedDict):
    """A receiver that wasn't called; see ``signals_panel.analysis.silent``."""

    receiver: str | None
    signal: str
    more_signals: int
    sender: str | None
    reason: str
    parameters: dict[str, Any]
    defined_at: int | None


class RowTimeParts(TypedDict):
    """What the time of a row went to: see ``analysis.RowTime``. The parts are the row's ``ms``."""

    python: float
    effects: dict[str, float]
    signals: dict[str, float]
    deferred: float
    is_scaled: bool


class Details(TypedDict, total=False):
    """Shown when a row is opened."""

    time: RowTimeParts
    """Of dispatches, calls, operations and deferred work, where there is room for it."""
    lines: list[list[Any]]
    """The lines of a receiver's own function, or of what was put off, that effects, operations and
    sends came from, as far as those were kept; longest first.

    ``[number, ms, effects, count]``: the line in the function's file, what it took with all that is
    nested in it, the effects in that, and how many stood directly on the line."""
    each: list[list[Any]]
    """Every single one that was kept, where there are several.

    Slowest first: ``[start_ms, ms, effects, error, key, number]``. The key is the primary key of
    the instance that was sent, if any, the number that in the order in which they began.
    """
    each_more: int
    stack: list[list[Any]]
    """The lines that led to the first of these sends, innermost first:
    ``[line, is_project]``."""
    arguments: list[list[str]]
    """The arguments of the first dispatch, when the setting asks: ``[name, text]``."""
    connection: list[dict[str, Any]]
    """How a receiver is connected, once for each way: ``sender``, ``weak``, ``dispatch_uid``."""
    imported_as: list[str]
    """The names of a receiver's function where its file was imported under several."""
    traceback: list[int]
    """The lines that the exception of a call came through."""


class FindingRow(TypedDict):
    """What a rule found; see ``signals_panel.findings``."""

    code: str
    is_error: bool
    row: int | None
    """The index of the row that it is about."""
    key: str | None
    """That row's key."""
    figures: dict[str, Any]
    """What its sentence is made of."""
    saves_ms: float
    """The time that could be saved, at most."""


class Unrecorded(TypedDict):
    """Sends that went past the recorder."""

    signal: str
    reason: str
    """``async``, or ``by`` and the name of the function that asked for the receivers."""
    count: int


class MeasuredBy(TypedDict):
    """What other panels have to do with the times."""

    is_profiled: bool
    other_panels: list[str]


class RequestRow(TypedDict):
    """The request that was recorded."""

    method: str
    path: str
    """Without its query, which may hold what is secret."""
    status: int
    at: str
    """When its view had answered, in ISO 8601 and UTC."""


class Housekeeping(TypedDict):
    """What Django's own receivers of ``request_started`` and ``request_finished`` make up."""

    dispatches: int
    calls: int
    effects: Counts
    ms: float


class TimeParts(TypedDict):
    """What the time went to: see ``analysis.TimeSplit``. The parts are the whole."""

    outside: float
    python: float
    effects: dict[str, float]


class Report(TypedDict, total=False):
    """All that the panel shows of one recording."""

    version: int
    is_brief: bool
    """It has figures alone; the rest comes later."""
    totals: dict[str, Any]
    """``signals_panel.Totals``."""
    housekeeping: Housekeeping
    raised: int
    """Exceptions of receivers."""
    time: TimeParts

    phases: list[list[Any]]
    """``[name, start_ms]``."""
    rows: list[Row]
    """The cascade, depth first."""
    boxes: Boxes
    findings: list[FindingRow]
    """What the rules found, errors first, then by the time that could be saved."""
    details: dict[str, Details]
    """By a row's index."""
    receivers: list[ReceiverRow]
    signals: list[SignalRow]
    effects: list[SameEffectRow]
    silent: list[SilentRow]
    left_out: Counts
    """How many rows of each list had no room."""
    lines: list[Line]
    texts: list[str]
    bulk: list[list[str]]
    """Bulk operations that ran: ``[name, model]``."""
    no_room: Counts
    """How much wasn't kept and is in no sum: ``deferred``, ``transactions``."""
    unrecorded: list[Unrecorded]
    unheard: list[list[Any]]
    """``[signal, sender, count]``."""
    unheard_more: Counts
    faults: list[str]
    measured_by: MeasuredBy
    request: RequestRow
    """Of a request, as the panel has it; no block has one."""
