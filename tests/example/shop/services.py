"""What creating a product means, in a plain function."""

from django.core.cache import cache

from shop.models import AuditLog, QuietAuditLog, QuietProduct


def create_product_with_audit(name, price, stock=0):
    """Create a product and write the audit log, one line after the other."""
    product = QuietProduct.objects.create(name=name, price=price, stock=stock)
    QuietAuditLog.objects.create(action="created", object_repr=str(product))
    cache.set("shop:audit-entries", AuditLog.objects.count())
    return product
