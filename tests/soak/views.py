"""Pages whose senders, receivers, errors and queries carry the mark of their request.

Each request has a mark of its own in its address. Facts of one request that turn up in the
panel of another are told by it.
"""

import asyncio
import contextlib
import time

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.dispatch import Signal
from django.http import HttpResponse, StreamingHttpResponse

from signals_panel import record_signals

marked, inner, innermost, refused, by_sender, arrived = (Signal() for _ in range(6))
nobody_listens = Signal()

_IS_SHOWN = "signals_panel.panel.FiredSignalsPanel" in settings.DEBUG_TOOLBAR_PANELS
# Without the panel nothing of ours is to run.
_block = record_signals if _IS_SHOWN else contextlib.nullcontext


def _ask(mark):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [mark])


def asks(sender, mark, **kwargs):
    _ask(mark)


def sends_on(sender, mark, **kwargs):
    inner.send(sender=sender, mark=mark)


def sends_further(sender, mark, **kwargs):
    innermost.send_robust(sender=sender, mark=mark)


def refuses(sender, mark, **kwargs):
    raise ValueError(f"refused {mark}")


async def waits_and_asks(sender, mark, **kwargs):
    await asyncio.sleep(0.001)
    await sync_to_async(_ask)(mark)
    await inner.asend(sender=sender, mark=mark)


for _signal, *_receivers in (
    (marked, asks, sends_on),
    (inner, asks, sends_further),
    (innermost, asks, refuses),
    (refused, asks, refuses),
    (arrived, waits_and_asks, waits_and_asks, asks),
):
    for _number, _receiver in enumerate(_receivers):
        _signal.connect(_receiver, dispatch_uid=_number)


def _page(mark):
    return HttpResponse(f"<!doctype html><title>{mark}</title><body><p>{mark}</p></body></html>")


def queries(request):
    """Ask in receivers and outside of them, each time in other words."""
    mark = request.GET["mark"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT '{mark}'")
        cursor.execute("DELETE FROM shop_auditlog WHERE action = %s", [mark])
    for _ in range(5):
        marked.send(sender=None, mark=mark)
    return _page(mark)


def nested(request):
    """Send in receivers of receivers, in blocks in a block."""
    mark = request.GET["mark"]
    with _block():
        marked.send(sender=str, mark=mark)
        with _block():
            marked.send_robust(sender=str, mark=mark)
    return _page(mark)


def fresh(request):
    """Send from a class, to receivers and on a signal that only this request has."""
    mark = request.GET["mark"]
    sender = type(f"Of_{mark}", (), {})
    # The panel tells all that is connected at the end, for other requests' senders too: this
    # one has no mark.
    plain = type("OfOneRequest", (), {})
    signal = Signal(use_caching=True)

    def hears(**kwargs):
        _ask(mark)

    signal.connect(hears)
    # Never disconnected: it dies with this call.
    by_sender.connect(hears, sender=plain)
    for each, own in ((signal, sender), (by_sender, plain)):
        each.send(sender=own)
        each.send(sender=own())
    return _page(mark)


def unheard(request):
    """Send what nobody hears, from senders that come and go."""
    mark = request.GET["mark"]
    for number in range(50):
        nobody_listens.send(sender=type(f"Of_{mark}_{number}", (), {}))
    marked.send(sender=None, mark=mark)
    return _page(mark)


async def async_page(request):
    """Wait for receivers side by side."""
    mark = request.GET["mark"]
    await arrived.asend(sender=int, mark=mark)
    await asyncio.gather(*(arrived.asend_robust(sender=int, mark=mark) for _ in range(2)))
    return _page(mark)


def streams(request):
    """Send while the body is on its way, which takes its time."""
    mark = request.GET["mark"]

    def body():
        yield f"<!doctype html><title>{mark}</title><body><p>{mark}</p>"
        for _ in range(3):
            marked.send(sender=None, mark=mark)
            time.sleep(0.002)
            yield "<p>…</p>"
        yield "</body></html>"

    return StreamingHttpResponse(body())


async def astreams(request):
    """As ``streams``, in an event loop."""
    mark = request.GET["mark"]

    async def body():
        yield f"<!doctype html><title>{mark}</title><body><p>{mark}</p>"
        for _ in range(3):
            await arrived.asend(sender=None, mark=mark)
            yield "<p>…</p>"
        yield "</body></html>"

    return StreamingHttpResponse(body())


def raises(request):
    """Send to a receiver that raises, and answer with status 500."""
    mark = request.GET["mark"]
    refused.send(sender=None, mark=mark)
    return _page(mark)
