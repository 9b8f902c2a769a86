"""Configuration of the showcase app."""

from django.apps import AppConfig


class ShowcaseConfig(AppConfig):
    """One page for each thing that signals can do."""

    name = "showcase"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Connect the receivers."""
        from showcase import receivers, shipping  # noqa: F401
