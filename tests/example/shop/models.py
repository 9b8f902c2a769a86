"""Products and their audit log."""

from django.db import models


class Product(models.Model):
    """A product. Saving one sets off the receivers in ``shop.receivers``."""

    # Not a field: set it on an instance, and its saving is announced to the world.
    announce = False

    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)

    def __str__(self):
        return self.name


class QuietProduct(Product):
    """A product whose saving no receiver hears.

    It shares the table of ``Product``, but a proxy model sends its own signals. The
    service uses it, so that the audit isn't written twice.
    """

    class Meta:
        proxy = True


class AuditLog(models.Model):
    """One line of the audit log: what was done, and to what."""

    action = models.CharField(max_length=50)
    object_repr = models.CharField(max_length=200)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"{self.action}: {self.object_repr}"


class QuietAuditLog(AuditLog):
    """A line of the audit log whose saving no receiver hears; the service writes it."""

    class Meta:
        proxy = True
