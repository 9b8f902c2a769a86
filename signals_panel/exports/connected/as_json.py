"""As JSON, for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from signals_panel.exports.connected.contents import Contents
from signals_panel.wiring import ConnectedReceiver, Run

VERSION = 1
"""Of the shapes below; new keys don't change it."""


def as_json(contents: Contents) -> str:
    """The signals with their receivers, and what runs for each model by their names.

    ::

        {"version": 1,
         "signals": [{"signal": "django.db.models.signals.post_save", "origin": "django",
                      "receivers": [{"receiver": "shop.receivers.log", "sender": "shop.Product",
                                     "file": "shop/receivers.py", "line": 25, "weak": true,
                                     "dispatch_uid": null, "async": false,
                                     "origin": "project"}]}],
         "models": [{"model": "shop.Product",
                     "saved": [{"signal": ..., "sender": ..., "receivers": ["shop..."]}],
                     "deleted": [...], "deleted_with": [...], "related": [...]}]}

    ``sender`` is null for all senders; ``file`` and ``line`` are null where there is no Python
    code.
    """
    return (
        json.dumps(
            {
                "version": VERSION,
                "signals": [
                    {
                        "signal": each.signal,
                        "origin": each.origin,
                        "receivers": [_receiver(one) for one in each.receivers],
                    }
                    for each in contents.signals
                ],
                "models": [
                    {
                        "model": each.model,
                        "saved": _runs(each.saved),
                        "deleted": _runs(each.deleted),
                        "deleted_with": _runs(each.deleted_with),
                        "related": _runs(each.related),
                    }
                    for each in contents.runs
                ],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _receiver(each: ConnectedReceiver) -> dict[str, Any]:
    return {
        "receiver": each.receiver,
        "sender": each.sender,
        "file": each.file,
        "line": None if each.defined_at is None else each.defined_at.line,
        "weak": each.weak,
        "dispatch_uid": each.dispatch_uid,
        "async": each.is_async,
        "origin": each.origin,
    }


def _runs(runs: Iterable[Run]) -> list[dict[str, Any]]:
    return [
        {
            "signal": run.signal,
            "sender": run.sender,
            "receivers": [each.receiver for each in run.receivers],
        }
        for run in runs
    ]
