"""The cascade: what saving a product sets off.

Receivers are called in the order in which they were connected, which is the order
of this file. The last three act only on a product with ``announce`` set, and yet
they are called for every product that is saved.
"""

import json
import logging
from http.client import HTTPException
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.db.models.signals import post_save
from django.dispatch import receiver

from shop.models import AuditLog, Product

logger = logging.getLogger(__name__)


@receiver(post_save, sender=Product)
def log_product_change(sender, instance, created, **kwargs):
    """Write the audit log, whose own saving is a signal again."""
    AuditLog.objects.create(action="created" if created else "changed", object_repr=str(instance))


@receiver(post_save, sender=Product)
def email_stock_team(sender, instance, **kwargs):
    """Tell the stock team."""
    if not instance.announce:
        return
    send_mail(
        subject=f"Product saved: {instance}",
        message=f"{instance.stock} in stock, {instance.price} each.",
        from_email="shop@example.com",
        recipient_list=["stock@example.com"],
    )


@receiver(post_save, sender=Product)
def clear_catalogue_cache(sender, instance, **kwargs):
    """Forget the cached catalogue."""
    if not instance.announce:
        return
    cache.delete("shop:catalogue")


@receiver(post_save, sender=Product)
def announce_to_api(sender, instance, **kwargs):
    """Tell another system; while it answers, the visitor waits."""
    if not instance.announce:
        return
    request = Request(
        settings.EXAMPLE_API_URL,
        data=json.dumps({"product": instance.name, "stock": instance.stock}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=5):
            pass
    except (OSError, HTTPException):
        logger.warning("%s was not announced", instance, exc_info=True)


@receiver(post_save, sender=AuditLog)
def count_audit_entries(sender, **kwargs):
    """Keep the length of the audit log at hand, at one query for every entry."""
    cache.set("shop:audit-entries", AuditLog.objects.count())
