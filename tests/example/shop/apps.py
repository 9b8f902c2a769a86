"""Configuration of the shop app."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """Products, and a log of what was done to them."""

    name = "shop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Connect the receivers."""
        from shop import receivers  # noqa: F401
