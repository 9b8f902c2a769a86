"""Creating products, and the API that hears of them."""

from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt

from example.pages import show
from shop.models import Product
from shop.services import create_product_with_audit


def product_by_signal(request):
    """Create a product; a receiver writes the audit log."""
    product = Product.objects.create(name="Desk lamp", price="39.90", stock=12)
    return show(request, "shop:product-signal", created(product))


def product_by_service(request):
    """Create a product by calling the function that writes the audit log too."""
    product = create_product_with_audit("Desk lamp", price="39.90", stock=12)
    return show(request, "shop:product-service", created(product))


def cascade(request):
    """Save one product and set off everything that listens."""
    product = Product(name="Floor lamp", price="89.00", stock=3)
    product.announce = True
    product.save()
    return show(request, "shop:cascade", created(product))


def created(product):
    """Say which product was created."""
    return f"{product} was created as product {product.pk}."


@csrf_exempt
def stock_api(request):
    """Stand in for the other system that new products are announced to."""
    return JsonResponse({"ok": True})
