"""Receivers that raised."""

from __future__ import annotations

from collections.abc import Iterator

from signals_panel.analysis import Analysis
from signals_panel.findings.reading import sent
from signals_panel.findings.rules import ERRORS, Found, rule


@rule("raised", ERRORS)
def raised(analysis: Analysis, threshold: float) -> Iterator[Found]:
    """An exception of a receiver, told where it was raised and not where it passed through."""
    for each in analysis.tree.calls:
        call = each.call
        failure = call.failure
        if not call.errors or (failure is not None and failure.is_nested):
            continue
        yield Found(
            "raised",
            call,
            {
                "receiver": call.key.receiver.text,
                **sent(each.dispatch),
                "error": call.error,
                "errors": call.errors,
                "calls": call.count,
                "fate": failure.fate if failure is not None else None,
                "method": each.dispatch.key.method,
                "not_called": [name.text for name in failure.not_called] if failure else [],
            },
        )
