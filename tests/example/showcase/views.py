"""One view for each thing that signals can do."""

from django.db import transaction
from django.db.models import F
from django.http import JsonResponse, StreamingHttpResponse
from django.template.loader import render_to_string

from example.pages import page_context, show
from shop.models import AuditLog, Product, QuietProduct
from showcase.models import Shelf, Tag
from showcase.senders import Depot, Order, Report, Warehouse
from showcase.signals import order_placed, order_shipped, report_ready, stock_checked


def raises(request):
    """Send to a receiver that raises, and catch what it raised."""
    try:
        stock_checked.send(sender=Warehouse, item="Desk lamp")
    except ValueError as error:
        outcome = f"The view caught a ValueError: {error}."
    return show(request, "showcase:raises", outcome)


def swallowed(request):
    """Send to a receiver that raises, and let the signal catch it."""
    responses = stock_checked.send_robust(sender=Warehouse, item="Desk lamp")
    errors = [response for _, response in responses if isinstance(response, Exception)]
    outcome = f"{len(responses)} receivers were called; {len(errors)} of them failed."
    return show(request, "showcase:swallowed", outcome)


def caught(request):
    """Send to a receiver that deals with its own failure."""
    responses = stock_checked.send(sender=Depot, item="Desk lamp")
    outcome = f"{len(responses)} receivers were called, and none of them failed."
    return show(request, "showcase:caught", outcome)


def custom_signal(request):
    """Place an order; one of its receivers sends a signal of its own."""
    order = Order(item="Desk lamp")
    order_placed.send(sender=Order, order=order)
    return show(request, "showcase:custom-signal", f"{order.item} was ordered.")


async def async_receivers(request):
    """Send from an asynchronous view to asynchronous receivers."""
    responses = await report_ready.asend(sender=Report, title="Desk lamp")
    outcome = f"{len(responses)} receivers have answered."
    return show(request, "showcase:async", outcome)


def loop(request):
    """Save two hundred products one by one."""
    with transaction.atomic():
        for product in new_products(200):
            product.save()
    return show(request, "showcase:loop", "200 products were saved.")


def bulk(request):
    """Save two hundred products at once."""
    Product.objects.bulk_create(new_products(200))
    return show(request, "showcase:bulk", "200 products were saved.")


def new_products(number):
    """Return products that are not saved yet."""
    return [Product(name=f"Bulb {i}", price="2.50") for i in range(1, number + 1)]


def prices_in_a_loop(request):
    """Raise the price of twenty products, one by one."""
    for product in stocked_products(20):
        product.price += 1
        product.save(update_fields=["price"])
    return show(request, "showcase:prices-loop", "20 prices were raised.")


def prices_at_once(request):
    """Raise the price of twenty products at once."""
    stocked_products(20).update(price=F("price") + 1)
    return show(request, "showcase:prices-update", "20 prices were raised.")


def stocked_products(number):
    """Return products that were saved without anybody hearing of it."""
    saved = QuietProduct.objects.bulk_create(
        QuietProduct(name=f"Candle {i}", price="1.50") for i in range(1, number + 1)
    )
    return Product.objects.filter(pk__in=[product.pk for product in saved])


def deferred(request):
    """Ship an order in a transaction that is committed."""
    order = Order(item="Desk lamp")
    with transaction.atomic():
        ship(order)
    return show(request, "showcase:deferred", f"{order.item} was shipped.")


def rolled_back(request):
    """Ship an order in a transaction that is rolled back."""
    order = Order(item="Desk lamp")
    try:
        with transaction.atomic():
            ship(order)
            raise ValueError("the van is full")
    except ValueError as error:
        outcome = f"{order.item} was not shipped: {error}."
    return show(request, "showcase:rolled-back", outcome)


def ship(order):
    """Write the audit log, and send ``order_shipped``."""
    AuditLog.objects.create(action="shipped", object_repr=order.item)
    order_shipped.send(sender=Order, order=order)


def m2m(request):
    """Add tags to a shelf, remove one, and remove all."""
    shelf = Shelf.objects.create(name="Aisle 4")
    fragile = Tag.objects.create(name="fragile")
    heavy = Tag.objects.create(name="heavy")
    shelf.tags.add(fragile, heavy)
    shelf.tags.remove(fragile)
    shelf.tags.clear()
    return show(request, "showcase:m2m", f"The tags of {shelf} changed three times.")


def nothing(request):
    """Render a page, and do nothing else."""
    return show(request, "showcase:nothing", "Nothing happened.")


def streaming(request):
    """Save a product while the body of the response is on its way."""

    def body():
        outcome = "This page was sent before a product was saved."
        context = page_context("showcase:streaming", outcome)
        yield render_to_string("page.html", context, request)
        product = Product.objects.create(name="Wall lamp", price="49.00")
        yield f"<!-- {product} was created as product {product.pk}. -->\n"

    return StreamingHttpResponse(body())


def ajax(request):
    """Show a button that fetches ``ajax_data``."""
    outcome = "Nothing happened yet: press the button."
    return show(request, "showcase:ajax", outcome, template="ajax.html")


def ajax_data(request):
    """Create a product and answer with JSON, which has no page to show a toolbar in."""
    product = Product.objects.create(name="Night light", price="12.00")
    return JsonResponse({"id": product.pk, "name": product.name})
