"""What is put off until the transaction is committed: work that no rollback could take back."""

import json
import logging
from functools import partial
from http.client import HTTPException
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.dispatch import receiver

from showcase.senders import Order
from showcase.signals import order_shipped

logger = logging.getLogger(__name__)


@receiver(order_shipped, sender=Order)
def tell_after_commit(sender, order, **kwargs):
    """Tell nobody of an order that the database may yet forget."""
    transaction.on_commit(partial(mail_customer, order.item))
    transaction.on_commit(partial(tell_carrier, order.item))


def mail_customer(item):
    """Tell the customer."""
    send_mail(
        subject=f"Shipped: {item}",
        message="It is on its way.",
        from_email="shop@example.com",
        recipient_list=["customer@example.com"],
    )


def tell_carrier(item):
    """Tell another system; the visitor still waits, but the transaction doesn't."""
    request = Request(
        settings.EXAMPLE_API_URL,
        data=json.dumps({"ship": item}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=5):
            pass
    except (OSError, HTTPException):
        logger.warning("the carrier was not told of %s", item, exc_info=True)
