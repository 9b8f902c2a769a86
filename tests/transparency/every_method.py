"""The methods that send a signal, each called in the same way."""

from __future__ import annotations

import asyncio

METHODS = ("send", "send_robust", "asend", "asend_robust")


def send(signal, method="send", sender=None, **named):
    result = getattr(signal, method)(sender=sender, **named)
    return asyncio.run(result) if method.startswith("a") else result
