"""Configuration of the reactions app."""

from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    """What is set off by devices, which belong to another app."""

    name = "reactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Connect the receivers."""
        from reactions import connecting, repetition, transactions, waiting  # noqa: F401
