"""Configuration of the blog app."""

from django.apps import AppConfig


class BlogConfig(AppConfig):
    """Articles, published in three ways."""

    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Connect the receivers."""
        from blog import receivers  # noqa: F401
