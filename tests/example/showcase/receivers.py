"""What listens to the project's own signals, and to a change of tags."""

import asyncio

from django.core.cache import cache
from django.core.mail import send_mail
from django.db.models.signals import m2m_changed
from django.dispatch import receiver

from blog.models import Article
from shop.models import AuditLog, Product
from showcase.models import Shelf
from showcase.senders import Depot, Order, Report, Warehouse
from showcase.signals import order_placed, report_ready, stock_checked, stock_low

# One signal sets off another


@receiver(order_placed, sender=Order)
def confirm_order(sender, order, **kwargs):
    """Send the customer a confirmation."""
    send_mail(
        subject=f"Your order: {order.item}",
        message="Thank you!",
        from_email="shop@example.com",
        recipient_list=["customer@example.com"],
    )


@receiver(order_placed, sender=Order)
def reserve_stock(sender, order, **kwargs):
    """Find that little is left, and send a signal in turn."""
    stock_low.send(sender=Warehouse, item=order.item)


@receiver(stock_low, sender=Warehouse)
def reorder_item(sender, item, **kwargs):
    """Note in the audit log that more was ordered."""
    AuditLog.objects.create(action="reordered", object_repr=item)


# A receiver that fails


@receiver(stock_checked, sender=Warehouse)
def refuse_empty_stock(sender, item, **kwargs):
    """Fail, as receivers sometimes do."""
    raise ValueError("no stock")


@receiver(stock_checked, sender=Depot)
def report_empty_stock(sender, item, **kwargs):
    """Fail in the same way, and deal with it, as nobody else can."""
    try:
        refuse_empty_stock(sender, item)
    except ValueError as error:
        cache.set("showcase:last-problem", f"{item}: {error}")


@receiver(stock_checked, sender=Warehouse)
@receiver(stock_checked, sender=Depot)
def remember_stock_check(sender, item, **kwargs):
    """Run after the one that fails, if at all."""
    cache.set("showcase:last-checked", item)


# Asynchronous receivers


@receiver(report_ready, sender=Report)
async def fetch_prices(sender, **kwargs):
    """Wait for a while, then count the products."""
    await asyncio.sleep(0.02)
    return await Product.objects.acount()


@receiver(report_ready, sender=Report)
async def fetch_reviews(sender, **kwargs):
    """Wait for a little longer, then count the articles."""
    await asyncio.sleep(0.03)
    return await Article.objects.acount()


@receiver(report_ready, sender=Report)
async def store_summary(sender, title, **kwargs):
    """Write the audit log, whose saving is heard by a receiver in turn."""
    await AuditLog.objects.acreate(action="reported", object_repr=title)


@receiver(report_ready, sender=Report)
def remember_report(sender, title, **kwargs):
    """Run as a plain function beside the asynchronous ones."""
    cache.set("showcase:last-report", title)


# Many-to-many relations


@receiver(m2m_changed, sender=Shelf.tags.through)
def refresh_tag_count(sender, instance, action, **kwargs):
    """Count a shelf's tags after each change; it is told before each change too."""
    if action.startswith("post_"):
        cache.set(f"showcase:tags:{instance.pk}", instance.tags.count())
