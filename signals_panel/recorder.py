"""``record_signals()``: the recorder without a toolbar."""

from __future__ import annotations

from types import TracebackType

from signals_panel.probes.transactions import note_open_transactions
from signals_panel.recording import (
    BLOCK,
    Node,
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
from signals_panel.results import Recording


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
