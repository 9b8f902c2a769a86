"""Configuration of the profiles app."""

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    """Profiles, for whichever user model the project has."""

    name = "profiles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Connect the receivers."""
        from profiles import receivers  # noqa: F401
