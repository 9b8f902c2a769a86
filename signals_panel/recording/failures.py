"""The exceptions that receivers raise, and what became of them."""

from __future__ import annotations

from signals_panel.describe import Place, ReceiverName

# What became of an exception that a receiver raised.
PASSED_ON = "passed on"
"""It left the send; the recording doesn't say what happened to it then."""
SWALLOWED = "swallowed"
"""The method that sent the signal caught it, as ``send_robust`` does."""
CAUGHT = "caught"
"""It left the send, and was caught by the code around it."""
ENDED = "ended"
"""It ended the view or middleware that it happened in, or the block that records."""


class Failure:
    """An exception that a receiver raised, in words. It isn't kept alive."""

    __slots__ = ("exception_id", "fate", "is_nested", "not_called", "text", "traceback")

    def __init__(self, error: BaseException, text: str, traceback: list[Place]) -> None:
        # Together with the text it tells the exception while it is on its way.
        self.exception_id = id(error)
        self.text = text
        self.traceback = traceback
        self.fate = PASSED_ON
        # It came out of a dispatch nested in the receiver: another one had raised it.
        self.is_nested = False
        # The receivers that would have come after this one.
        self.not_called: list[ReceiverName] = []

    def is_of(self, error: BaseException, text: str) -> bool:
        """Whether it was this exception."""
        return self.exception_id == id(error) and self.text == text
