"""What programs are made of: signals, senders, values, exceptions, a database.

They have names in this module, by which a recording knows them, and outlive the programs. The
names that it must tell are written out here.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models.signals import post_save
from django.dispatch import Signal

from shop.models import Product

_HERE = __name__


class OwnSignal(Signal):
    """Calls its receivers itself, and has results of its own shapes."""

    def send(self, sender: Any, **named: Any) -> Any:
        sync_receivers, _ = self._live_receivers(sender)
        responses = [
            (receiver, receiver(signal=self, sender=sender, **named)) for receiver in sync_receivers
        ]
        responses.reverse()
        return responses

    def send_robust(self, sender: Any, **named: Any) -> Any:
        responses = []
        for receiver in self._live_receivers(sender)[0]:
            try:
                response = receiver(signal=self, sender=sender, **named)
            except Exception as error:  # noqa: BLE001 - as Django's own does
                response = error
            responses.append((receiver, response))
        return tuple(responses)

    async def asend(self, sender: Any, **named: Any) -> Any:
        sync_receivers, async_receivers = self._live_receivers(sender)
        responses = {}
        for receiver in async_receivers:
            responses[receiver] = await receiver(signal=self, sender=sender, **named)
        for receiver in sync_receivers:
            responses[receiver] = receiver(signal=self, sender=sender, **named)
        return responses


class OverridingSignal(Signal):
    """Does something of its own, then what Django's class does."""

    def send(self, sender: Any, **named: Any) -> Any:
        named["via"].in_override()
        return super().send(sender, **named)

    def send_robust(self, sender: Any, **named: Any) -> Any:
        responses = super().send_robust(sender, **named)
        named["via"].in_override()
        return responses

    async def asend(self, sender: Any, **named: Any) -> Any:
        responses = await super().asend(sender, **named)
        named["via"].in_override()
        return responses


plain_a = Signal()
plain_b = Signal()
plain_c = Signal()
cached_a = Signal(use_caching=True)
cached_b = Signal(use_caching=True)
own = OwnSignal()
overriding = OverridingSignal()

_NAMES = ("plain_a", "plain_b", "plain_c", "cached_a", "cached_b", "own", "overriding")
SIGNALS: dict[str, Signal] = {name: globals()[name] for name in _NAMES}
SIGNALS["post_save"] = post_save
SIGNAL_NAMES = {name: f"{_HERE}.{name}" for name in SIGNALS}
SIGNAL_NAMES["post_save"] = "django.db.models.signals.post_save"
CACHED = ("cached_a", "cached_b", "post_save")


class Alpha:
    """A sender."""


class Beta:
    """Another."""


def gamma() -> None:
    """A sender that is a function."""


_delta = Beta()

SENDERS: dict[str, Any] = {
    "Alpha": Alpha,
    "Beta": Beta,
    "Product": Product,
    "gamma": gamma,
    "delta": _delta,
    "none": None,
}
SENDER_NAMES = {
    "Alpha": f"{_HERE}.Alpha",
    "Beta": f"{_HERE}.Beta",
    "Product": "shop.Product",
    "gamma": f"{_HERE}.gamma",
    "delta": f"{_HERE}.Beta",
    "none": None,
}


class Value:
    """Something that is handed around, known by its identity."""


VALUES: dict[str, Any] = {"none": None, "one": Value(), "two": [], "false": False}


class FuzzError(Exception):
    """What receivers raise."""


class FuzzExit(BaseException):
    """What goes past ``except Exception``."""


RAISED = {"error": FuzzError, "exit": FuzzExit}

_settings = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": ":memory:",
    "ATOMIC_REQUESTS": False,
    "AUTOCOMMIT": True,
    "CONN_HEALTH_CHECKS": False,
    "CONN_MAX_AGE": 0,
    "OPTIONS": {},
    "TIME_ZONE": None,
    "USER": "",
    "PASSWORD": "",
    "HOST": "",
    "PORT": "",
    "TEST": {},
}
# One for all threads: threads that connect would send a signal of Django's own.
database: Any = DatabaseWrapper(_settings, alias="fuzz")


@contextlib.contextmanager
def in_use() -> Iterator[None]:
    """The database can be used from anywhere, and Django's signals have no other receivers."""
    others = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    kept = {name: list(signal.receivers) for name, signal in SIGNALS.items()}
    for signal in SIGNALS.values():
        disconnect_all(signal)
    database.inc_thread_sharing()
    database.connect()
    # Not by a cursor of Django's: that is what is recorded.
    database.connection.execute("CREATE TABLE fuzz (id INTEGER PRIMARY KEY, word TEXT)")
    try:
        yield
    finally:
        database.dec_thread_sharing()
        database.connection.close()
        database.connection = None
        for name, signal in SIGNALS.items():
            disconnect_all(signal)
            signal.receivers.extend(kept[name])
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        if others is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = others


def disconnect_all(signal: Any) -> None:
    signal.receivers = []
    signal.sender_receivers_cache.clear()
    signal._dead_receivers = False
