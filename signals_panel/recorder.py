"""``record_signals()``: the recorder without a toolbar."""

from __future__ import annotations

from types import TracebackType
from typing import Any, NamedTuple

from signals_panel import exports, findings, report, results
from signals_panel.analysis import analyse
from signals_panel.conf import get_config
from signals_panel.describe import short_path
from signals_panel.probes.transactions import note_open_transactions
from signals_panel.recording import (
    BLOCK,
    CallNode,
    DeferredNode,
    DispatchNode,
    Group,
    Node,
    OperationNode,
    Root,
    begin_recording,
    current,
    dissolve,
    encloses,
    end_failures,
    end_recording,
    live,
    place_after,
    settle_failures,
)
from signals_panel.results import Dispatch, Operation
from signals_panel.wording import finding_text, written_out


class Finding(NamedTuple):
    """What a rule found in a recording; see ``docs/findings.md``."""

    code: str
    """The rule's: ``slow``, ``repeated``."""
    message: str
    """What was found, in one sentence."""
    advice: str
    """One thing to do about it."""
    receiver: str | None
    """The dotted path of the receiver that it is about, if it is about one."""
    dispatch: Dispatch | None
    """The first of the sends that it is about, if one was kept."""
    figures: dict[str, Any]
    """What the message is made of; times are in milliseconds."""


class Recording(results.Recording):
    """All that was captured for one request or one ``record_signals()`` block."""

    __slots__ = ()

    @property
    def findings(self) -> list[Finding]:
        """What the rules have found, errors first, then by the time that could be saved."""
        return [_finding(found) for found in findings.findings(analyse(self), get_config())]

    def written_out(self, dispatch: Dispatch | Operation | None = None) -> str:
        """The flow that a dispatch or operation made, as code that reads from top to bottom.

        The source of a module with one function: what was saved, deleted or changed, and the
        calls of its receivers in their order, each with its cost; its heading says what to
        disconnect. Without an argument, the outermost one that took longest. A dispatch that an
        operation sent is written out with that operation.

        Raises ``ValueError`` where no receiver of the project's was called, or none that was kept,
        and ``TypeError`` for anything else than a dispatch or operation.
        """
        built, groups = report.with_groups(analyse(self), get_config())
        if dispatch is None:
            number = exports.costliest(built)
            if number is None:
                raise ValueError(written_out.NO_RECEIVERS)
        else:
            if not isinstance(dispatch, (Dispatch, Operation)):
                raise TypeError(written_out.NOT_ONE)
            view: Any = dispatch
            node = results.node_of(view)
            found = (
                number
                for number, group in groups.items()
                if any(member is node for member in group.members or ())
            )
            number = next(found, None)
            if number is None:
                raise ValueError(written_out.NOT_SHOWN)
        return exports.written_out(built, number, short_path)


def _finding(found: findings.Found) -> Finding:
    text = finding_text(found.code, found.figures)
    return Finding(
        code=found.code,
        message=f"{text.subject} {text.said}",
        advice=text.advice,
        receiver=found.figures.get("receiver"),
        dispatch=_dispatch_of(found.group),
        figures=found.figures,
    )


def _dispatch_of(group: Group) -> Dispatch | None:
    for member in group.members or ():
        node: Any = member.registered if type(member) is DeferredNode else member
        if type(node) is OperationNode:
            node = next((each for each in node.children if type(each) is DispatchNode), None)
        if type(node) is CallNode:
            node = node.around
        if type(node) is DispatchNode:
            return Dispatch(node)
    return None


class record_signals:
    """Record every signal sent in this block, by this thread or task and those it starts.

    Works in sync and in async code::

        with record_signals() as recording:
            Product.objects.create(name="Laptop")

    A block inside another, or inside a request that the panel records, is seen by both.
    A thread started with ``threading.Thread`` has a context of its own and isn't followed;
    ``asyncio.to_thread``, ``sync_to_async`` and tasks are.
    """

    _root: Root
    _before: Node | None

    def __enter__(self) -> Recording:
        if hasattr(self, "_root"):
            raise RuntimeError("A record_signals() is for one block; call it again for another.")
        self._before = current.get()
        self._root = Root(BLOCK, self._before and live(self._before))
        try:
            begin_recording(self._root)
            note_open_transactions(self._root)
            current.set(self._root)
            return Recording(self._root)
        except BaseException:
            # Without an __enter__ there is no __exit__.
            end_recording(self._root)
            current.set(self._before)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is not None:
                end_failures(self._root, error)
            settle_failures(self._root)
            end_recording(self._root)
            self._leave()
            dissolve(self._root)
        except BaseException:
            # Interrupted by a timeout, which is as good as any other end.
            end_recording(self._root)
            self._leave()
            raise

    def _leave(self) -> None:
        here = current.get()
        # Left in another context than entered, as a generator can be, there is nothing of ours
        # to take back; left before a block inside it, that one does so.
        if here is not None and encloses(self._root, here):
            inner = here.root
            if not (inner.is_open and inner.kind == BLOCK):
                current.set(place_after(self._root, self._before))
