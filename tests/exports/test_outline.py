"""The outline: the cascade as text to hand on."""

from __future__ import annotations

from django.db.models.signals import post_save
from django.dispatch import Signal
from reports import build

from shop.models import Product
from signals_panel import record_signals
from signals_panel.exports import outline

robust = Signal()


def fails(**kwargs):
    raise ValueError("no stock")


def saves(**kwargs):
    Product(name="x", price=1).save()


class Forwarding(Product):
    class Meta:
        proxy = True
        app_label = "shop"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)


def test_a_receiver_that_raised(connect):
    connect(robust, fails)
    with record_signals() as recording:
        robust.send_robust(sender=None)
    first, second = outline(build(recording)).splitlines()[-2:]
    assert first.lstrip().startswith("robust from no sender (send_robust) - ")
    assert second.lstrip().startswith(f"{__name__}.fails - ")
    assert second.endswith("raised ValueError: no stock")


def test_lines_that_only_delegate(connect, db):
    connect(post_save, lambda **kwargs: None, sender=Forwarding)
    with record_signals() as recording:
        Forwarding(name="x", price=1).save()
    line = next(each for each in outline(build(recording)).splitlines() if "Forwarding" in each)
    assert 'Forwarding(name="x", price=1).save()' in line
    assert f", via {__file__}:" in line


def test_phases_and_what_has_no_room(visit, settings):
    settings.SIGNALS_PANEL = {"MAX_ROWS": 2}
    report = visit("/shop/cascade/").report
    kinds = [row["kind"] for row in report["rows"]]
    assert kinds[-2:] == ["phase", "more"]
    # Nothing follows the phase: what has no room is of all of them.
    head, more = outline(report).splitlines()
    assert head.startswith("Signals: ")
    assert more.startswith("… ")
    assert " receiver calls, " in more
