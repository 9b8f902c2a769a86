"""A stand-in for a signal whose receivers have been looked up already."""

from __future__ import annotations

from typing import Any

from django.dispatch import Signal

from signals_panel.probes.signals.wrappers import unwrap


class StandIn:
    """What Django's own method is called on, in place of a signal whose receivers are known.

    To it there are some, none are cached, and these are what a look-up gives: so the signal is
    asked no second time, and neither is the sender for its hash.
    """

    __slots__ = ("_found", "_signal")

    receivers = (None,)

    def __init__(self, signal: Signal, found: tuple[Any, Any]) -> None:
        self._signal = signal
        self._found = found

    @property
    def sender_receivers_cache(self) -> StandIn:
        """The cache in which Django looks for a sender without receivers."""
        return self

    def get(self, sender: Any) -> None:
        """It isn't known."""

    def _live_receivers(self, sender: Any) -> tuple[Any, Any]:
        return self._found

    def _log_robust_failure(self, receiver: Any, error: Exception) -> None:
        self._signal._log_robust_failure(unwrap(receiver), error)  # type: ignore[attr-defined] # not in the stubs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._signal, name)
